import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Process } from '../../../src/correlate/processes/process.ts';
import { SocketTable } from '../../../src/correlate/processes/sockets.ts';
import type { ProcessEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';
import { timeOf } from '../../event-time.ts';

const REMOTE = { ip: '192.0.2.1', port: 443 };

function connectAt(second: number, errorUs: number): Timed<ProcessEvent> {
  const at = (second * 1e6) as Micros;
  const time = timeOf(at);
  const ref = { source: 'host.log', line: 1, offset: 0, bytes: 1 };
  const socket = { transport: 'tcp', local: { ip: '10.0.0.1', port: 40_000 + second }, remote: REMOTE };
  const event: ProcessEvent = {
    kind: 'process',
    clock: 'host',
    op: 'connect',
    format: 'x',
    ref,
    time,
    pid: 7,
    socket,
  };
  return { event, at, lo: at, hi: at, errorUs, host: 'a' };
}

it('finds all connections that can lie in a stretch of time, and few of many others (property)', () => {
  const second = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(second, fc.constantFrom(0, 1_000, 3_000_000)), { maxLength: 60 }),
      fc.tuple(second, second),
      (connects, [a, b]) => {
        const table = new SocketTable();
        const sorted = connects.map(([at, errorUs]) => connectAt(at, errorUs)).sort((x, y) => x.at - y.at);
        for (const timed of sorted) table.add(timed, {} as Process);
        const stretch = { from: Math.min(a, b) * 1e6, to: Math.max(a, b) * 1e6 };
        const wanted = sorted.filter(({ at, errorUs }) => at >= stretch.from - errorUs && at <= stretch.to + errorUs);
        for (const found of [
          table.connectsTo('a', REMOTE.ip, REMOTE.port, stretch),
          table.connectsToPort('a', REMOTE.port, stretch),
        ]) {
          const places = new Set(found.map(({ at }) => at));
          for (const { at } of wanted) expect(places).toContain(at);
          const most = Math.max(0, ...sorted.map(({ errorUs }) => errorUs)) + 1;
          for (const at of places) expect(at).toBeGreaterThanOrEqual(stretch.from - most);
          for (const at of places) expect(at).toBeLessThanOrEqual(stretch.to + most);
        }
        expect(table.connectsTo('b', REMOTE.ip, REMOTE.port, stretch)).toEqual([]);
      },
    ),
  );
});

it('knows the socket of a tuple', () => {
  const table = new SocketTable();
  table.add(connectAt(5, 0), {} as Process);
  expect(table.owners('tcp', { ip: '10.0.0.1', port: 40_005 }, REMOTE)).toHaveLength(1);
  expect(table.owners('tcp', { ip: '10.0.0.1', port: 40_006 }, REMOTE)).toHaveLength(0);
});
