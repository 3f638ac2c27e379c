import { expect, test } from 'vitest';
import { openEpisodeNames } from '../../../src/correlate/episodes/episode-names.ts';
import type { Episode } from '../../../src/correlate/episodes/episodes.ts';

const EPISODES = new Map([['e', { run: 'r', group: 'g', step: 3, task: undefined } as Episode]]);

test('an episode is named by what is known of it, and by the sandbox it is asked for in', () => {
  const named = openEpisodeNames(EPISODES);
  expect(named('e', 'sb')).toStrictEqual({ id: 'e', run: 'r', group: 'g', step: 3, sandboxId: 'sb' });
  expect(named('e', undefined)).toStrictEqual({ id: 'e', run: 'r', group: 'g', step: 3 });
  expect(named('unknown', 'sb')).toStrictEqual({ id: 'unknown', sandboxId: 'sb' });
});

test('its name is one object while it comes again, and no more are kept than may be', () => {
  const named = openEpisodeNames(EPISODES, 1);
  const first = named('e', 'sb');
  expect(named('e', 'sb')).toBe(first);
  expect(named('e', 'sc')).toStrictEqual({ ...first, sandboxId: 'sc' });
  named('other', 'sb');
  expect(named('e', 'sc')).toStrictEqual({ ...first, sandboxId: 'sc' });
});
