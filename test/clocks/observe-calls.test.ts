import { expect, it } from 'vitest';
import { observe } from '../../src/clocks/observe.ts';
import { CallColumns, type CallLog } from '../../src/core/calls/columns.ts';
import type { ToolCallEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';

/** Of few kinds, so many that no kind of sighting is remembered in full. */
const CALLS = 150_000;
const COMMANDS = [
  'ls',
  'python3 /repo/run.py --seed 1',
  'python3 /repo/run.py --seed 2 and more than forty-eight characters',
  'curl http://192.0.2.7:8080/x',
  'sleep 100000000000000',
  undefined,
];

function call(n: number): ToolCallEvent {
  const at = (1_795_464_000_000_000 + n * 1000) as Micros;
  const command = n % 9 === 0 ? `make target-number-${n % 1000}` : COMMANDS[n % COMMANDS.length];
  return {
    kind: 'tool-call',
    format: 'x',
    clock: 'x',
    time: { at, lo: at, hi: at, raw: '', basis: n % 31 === 0 ? 'none' : 'request-start', zone: 'epoch', stepUs: 1 },
    ref: { source: 'x', line: n, offset: n, bytes: 5 },
    episodeId: `episode ${n % 7}`,
    index: n,
    name: 'bash',
    startBasis: n % 11 === 0 ? 'id-epoch' : 'recorded',
    endBasis: n % 13 === 0 ? 'none' : 'recorded',
    slack: { earlyUs: 0, lateUs: 0 },
    executed: n % 17 === 0 ? 'no' : 'yes',
    trust: 'outside',
    end: (at + (n % 10)) as Micros,
    ...(n % 19 === 0 ? {} : { start: at }),
    ...(n % 23 === 0 ? {} : { callId: n % 29 === 0 ? `Ω${n}` : `call_${n >> 1}` }),
    ...(command === undefined ? {} : { command }),
    ...(n % 3 === 0 ? {} : { host: `train-0${n % 2}` }),
    ...(n % 5 === 0 ? { sandboxId: `rock-${n % 4}` } : {}),
  };
}

const context = {
  domainOf: ({ host }: { readonly host?: string }) => host ?? 'x',
  // As in a night: a sandbox stands on a host.
  hostOf: (event: object) => {
    const { host, sandboxId } = event as ToolCallEvent;
    return host ?? (sandboxId === undefined ? undefined : `host of ${sandboxId}`);
  },
  hostOfIp: () => undefined,
  isProxy: () => false,
  isNumbered: () => true,
};

it('calls in columns, of which most are passed over, tell clocks what a look at each tells', () => {
  const calls = Array.from({ length: CALLS }, (_, n) => call(n));
  const columns = new CallColumns();
  for (const event of calls) columns.push(event);
  const observed = (log: CallLog) => {
    const { meeting, eachStamp } = observe(({ seeCalls }) => seeCalls(log), context);
    const stamps: unknown[] = [];
    eachStamp((...stamp) => stamps.push(stamp));
    return { meeting, stamps };
  };
  const expected = observed(calls);
  expect(expected.stamps.length).toBeGreaterThan(50_000);
  expect(expected.meeting.length).toBeGreaterThan(1000);
  expect(observed(columns)).toStrictEqual(expected);
});

it('what is foretold of the calls of a long log changes nothing, also where it is wrong', () => {
  const all = Array.from({ length: 2 * CALLS }, (_, n) => call(n));
  const step = Math.floor(all.length / 2000);
  const withoutIds = all.map(({ callId, command, ...event }, n) =>
    n % step === 0 ? { ...event, callId: `call_${n}`, command: `make target-number-${n}` } : event,
  );
  for (const calls of [all, withoutIds]) {
    const observed = (...logs: readonly CallLog[]) => {
      let passes = 0;
      const { meeting, eachStamp } = observe(({ seeCalls }) => {
        passes++;
        for (const log of logs) seeCalls(log);
      }, context);
      const stamps: unknown[] = [];
      eachStamp((...stamp) => stamps.push(stamp));
      // Which kind of sightings comes before another is not promised.
      const kindOf = ({ key }: { readonly key: string }): string => key.slice(0, key.indexOf('|'));
      const sorted = meeting.toSorted((a, b) => (kindOf(a) < kindOf(b) ? -1 : kindOf(a) > kindOf(b) ? 1 : 0));
      return { passes, meeting: sorted, stamps: stamps.map(String).sort() };
    };
    // Of shorter logs nothing is foretold.
    const expected = observed(calls.slice(0, CALLS), calls.slice(CALLS));
    expect(expected.passes).toBe(1);
    expect(expected.stamps.length).toBeGreaterThan(2000);
    expect(observed(calls)).toStrictEqual({ ...expected, passes: calls === all ? 1 : 2 });
  }
});
