import { expect, it } from 'vitest';
import type { Counted } from '../../../src/fold/records.ts';
import type { NetworkEvent } from '../../../src/model/event.ts';
import type { AlertGlance } from '../../../src/model/format.ts';
import type { Skimmed } from '../../../src/model/skimmed.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Retention } from '../../../src/reach/keeping/retention.ts';
import { Counting } from '../../../src/reach/passes/counting.ts';
import { Quiet } from '../../../src/reach/skimming/quiet.ts';

const glanceAt = (text: string): AlertGlance | undefined =>
  text === 'strange'
    ? undefined
    : {
        kind: 'alert',
        key: text,
        port: 0,
        at: 0 as Micros,
        url: text === 'asked' ? '/evil' : undefined,
        userAgent: undefined,
      };

/** A counting for which every violation is of kind 7, and what it counted. */
function newCounting() {
  const counted: (Counted & { kind: number })[] = [];
  const retention = {
    settledKind: () => 7,
    count: (kind: number, record: Counted) => void counted.push({ kind, ...record }),
  } as unknown as Retention;
  const rules = { ips: new Set<string>(), nets: [], urls: [/evil/], userAgents: [] };
  const counting = new Counting(retention, new Quiet(rules, new Uint8Array(65536)));
  counting.begin({ look: glanceAt, templateOf: () => undefined });
  const learn = (text: string) =>
    counting.learn([{ kind: 'network', time: { at: 50, lo: 40, hi: 53 } } as NetworkEvent], {
      text,
      ref: { source: 'x', line: 1, offset: 0, bytes: 1 },
    });
  return { counting, counted, learn };
}

const skimmed = (...lines: readonly number[][]): Skimmed =>
  ({ from: 10, counted: Uint32Array.from(lines.flat()) }) as unknown as Skimmed;

it('tells once under which number the like of a line is counted', () => {
  const { learn } = newCounting();
  expect(['a', 'strange', 'a', 'asked', 'b'].map((text) => learn(text)?.known)).toEqual([
    1,
    undefined,
    undefined,
    undefined,
    2,
  ]);
});

it('tries no more lines where too many tell nothing', () => {
  const { learn } = newCounting();
  for (let i = 0; i < 256; i++) learn('strange');
  expect(learn('a')).toBe(undefined);
});

it('counts what was skimmed before the line that is read, with the interval of its like', () => {
  const { counting, counted, learn } = newCounting();
  learn('a');
  counting.left(skimmed([0, 10, 30, 1, 2, 500_000], [3, 60, 90, 1, 3, 0]), { line: 100, offset: 1000 });
  counting.countTo(103);
  const first = { kind: 7, at: 2_500_000, lo: 2_499_990, hi: 2_500_003, line: 100, offset: 1000, bytes: 20 };
  expect(counted).toEqual([first]);
  counting.left(skimmed(), { line: 200, offset: 2000 });
  expect(counted.slice(1)).toEqual([
    { ...first, at: 3e6, lo: 3e6 - 10, hi: 3e6 + 3, line: 103, offset: 1050, bytes: 30 },
  ]);
});
