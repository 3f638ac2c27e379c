import { describe, expect, it } from 'vitest';
import type { Process } from '../../../src/correlate/processes/process.ts';
import { ProcessTable } from '../../../src/correlate/processes/processes.ts';
import { openRounds } from '../../../src/correlate/processes/rounds.ts';
import type { ProcessEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';

const SECOND = 1_000_000;

type Seen = readonly [pid: number, second: number, ppid?: number, op?: ProcessEvent['op']];

const began = (pid: number, second: number) => ({ pid, at: (second * SECOND) as Micros });
const processOf = ([pid, second]: Seen): Process =>
  ({ pid, first: second * SECOND, seenTo: 'begin' }) as unknown as Process;

/** Pids go up to 4000, and begin anew at 300 in seconds 100 and 200. */
const NIGHT: readonly Seen[] = [0, 100, 200].flatMap((from) =>
  Array.from({ length: 38 }, (_, i): Seen => [300 + i * 100, from + i * 2]),
);

describe('a pid is handed out again', () => {
  it.each<[string, readonly Seen[], readonly [pid: number, from: Seen, to: Seen], boolean]>([
    ['when the round came past it', NIGHT, [1000, [1000, 14], [1100, 116]], true],
    ['not before that', NIGHT, [1000, [1000, 14], [900, 112]], false],
    ['not in the round in which it was', NIGHT, [1000, [1000, 14], [3900, 74]], false],
    ['when two rounds came', NIGHT, [1000, [1000, 14], [900, 212]], true],
    ['since a later sign, when it came past it again', NIGHT, [1000, [3900, 74], [1100, 116]], true],
    ['not since a sign of the same round', NIGHT, [1000, [1100, 116], [3900, 174]], false],
    ['never within ten seconds', NIGHT, [1000, [1000, 91], [1100, 100.9]], false],
    [
      'not by one that runs its program late',
      [...NIGHT.slice(0, 20), [400, 39], ...NIGHT.slice(20, 38)],
      [1000, [1000, 14], [3900, 74]],
      false,
    ],
    ['not where no process is seen to begin', [], [1000, [1000, 14], [1100, 116]], false],
  ])('%s', (_, night, [pid, from, to], expected) => {
    const isHandedOut = openRounds(night.map(processOf));
    expect(isHandedOut(pid, began(from[0], from[1]), began(to[0], to[1]))).toBe(expected);
  });
});

describe('the parent of a process', () => {
  /** When the parent of the last process began, by a night of others. */
  function parentOf(...seen: readonly Seen[]): number | undefined {
    const events = [...NIGHT, ...seen].map(([pid, second, ppid, op = 'exec'], line) => {
      const at = second * SECOND;
      const event = {
        kind: 'process',
        op,
        pid,
        ...(ppid === undefined ? {} : { ppid }),
        commandLine: `run ${line}`,
        time: { at, stepUs: 0 },
        ref: { source: 'audit', line, offset: line, bytes: 1 },
      } as unknown as ProcessEvent;
      return { event, at, lo: at, hi: at, errorUs: 0, host: 'h' } as unknown as Timed<ProcessEvent>;
    });
    const table = new ProcessTable(events);
    const [pid = 0, second = 0] = seen[seen.length - 1] ?? [];
    const child = table.at('h', pid, (second * SECOND) as Micros, 0);
    const parent = child === undefined ? undefined : table.parentOf(child);
    return parent === undefined ? undefined : parent.first / SECOND;
  }

  it.each<[string, readonly Seen[], number | undefined]>([
    [
      'is who had the pid',
      [
        [1005, 14.1, 1],
        [1011, 60, 1005],
      ],
      14.1,
    ],
    [
      'is not known where its pid was handed out since',
      [
        [1005, 14.1, 1],
        [1011, 116, 1005],
      ],
      undefined,
    ],
    [
      'is not known then of those behind it either',
      [
        [1005, 14.1, 1],
        [1011, 116, 1005],
        [1012, 117, 1005],
      ],
      undefined,
    ],
    [
      'is who had it where each round saw another of its children',
      [
        [1005, 14.1, 1],
        [1007, 20, 1005],
        [903, 112.5, 1005],
        [1011, 116, 1005],
      ],
      14.1,
    ],
    [
      'is who had it where it was seen since itself',
      [
        [1005, 14.1, 1],
        [1005, 116.5, 1, 'connect'],
        [1011, 116, 1005],
      ],
      14.1,
    ],
  ])('%s', (_, seen, expected) => expect(parentOf(...seen)).toBe(expected));
});
