import { expect, it } from 'vitest';
import { Helpers } from '../../src/reading/helpers.ts';

it('opens the memory that all compare lines in once, whoever asks first', async () => {
  const helpers = new Helpers({ count: 0, fromBytes: 1 });
  const opened = helpers.open(true);
  expect(helpers.open(false)).toBe(opened);
  expect(opened.threads).toBeUndefined();
  expect(opened.memory.others).toEqual([]);
  await helpers.close();
  // A matcher would compare all bytes of both.
  expect(helpers.open(false) === opened).toBe(false);
});
