import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LeaseTable } from '../../../src/correlate/leases/leases.ts';
import { openSenders } from '../../../src/correlate/trail/senders.ts';
import type { Trail } from '../../../src/correlate/trail/walk.ts';
import type { LeaseEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';
import { columnsOf } from '../../core/leases/lease-events.ts';

const correct = (event: LeaseEvent): Timed<LeaseEvent> => ({ ...event.time, event, errorUs: 3, host: event.host });
const shift = (_: unknown, at: Micros): Micros => at;
const SLACK_US = 2_000_000;

const leases = fc.array(
  fc
    .record(
      {
        sandboxId: fc.constantFrom('s', 't', 'u'),
        host: fc.constantFrom('h', 'i'),
        ip: fc.constantFrom('10.0.0.1', '10.0.0.2'),
        sharedIp: fc.constantFrom(true, false),
        start: fc.nat({ max: 20_000_000 }),
        end: fc.nat({ max: 20_000_000 }),
      },
      { requiredKeys: ['sandboxId'] },
    )
    .map(
      (own) => ({ kind: 'lease', time: {}, ref: { source: 'l', line: 1, offset: 0, bytes: 1 }, ...own }) as LeaseEvent,
    ),
  { maxLength: 12 },
);

const trails = fc.record({
  host: fc.constantFrom('h', 'i', 'none', undefined),
  ips: fc.subarray(['10.0.0.1', '10.0.0.2', '10.0.0.3']),
  begun: fc.nat({ max: 30_000_000 }),
  windowUs: fc.constantFrom(0, 5_000_000),
  hostOwned: fc.boolean(),
  stated: fc.constantFrom(undefined, undefined, undefined, 's'),
});

/** The same by a look at each lease. */
function plainly(trail: Trail, table: LeaseTable): ReadonlySet<string> | undefined {
  if (trail.explicitSandbox !== undefined) return new Set([trail.explicitSandbox.id]);
  if (trail.hostOwned) return new Set();
  const { begun, windowUs } = trail;
  const out = new Set<string>();
  for (const { srcIp } of trail.tuples)
    for (const { sandboxId, shared } of table.sandboxesByIp(srcIp, trail.host)) {
      const isThere = table
        .ofSandbox(sandboxId)
        .some(
          ({ start, end, errorUs }) =>
            begun < end + errorUs + SLACK_US && begun + windowUs >= start - errorUs - SLACK_US,
        );
      if (!shared || isThere) out.add(sandboxId);
    }
  if (out.size > 0) return out;
  const onHost = trail.host === undefined ? new Set<string>() : table.sandboxesOnHost(trail.host);
  return onHost.size > 0 ? onHost : undefined;
}

it('names the sandboxes that a look at each lease names, whoever was asked for before (property)', () => {
  fc.assert(
    fc.property(leases, fc.array(trails, { maxLength: 12 }), (events, all) => {
      const table = new LeaseTable({ leases: columnsOf(events), correct, shift });
      const sendersOf = openSenders(table);
      for (const { ips, stated, ...rest } of all) {
        const explicitSandbox = stated === undefined ? undefined : { id: stated };
        const trail = { ...rest, explicitSandbox, tuples: ips.map((srcIp) => ({ srcIp })) } as unknown as Trail;
        const expected = plainly(trail, table);
        const senders = sendersOf(trail);
        expect(senders?.sandboxes).toEqual(expected);
        expect(senders?.sorted).toEqual(expected === undefined ? undefined : [...expected].sort());
      }
    }),
    { numRuns: 500 },
  );
});

it('gives the same set for the same address', () => {
  const event = { kind: 'lease', sandboxId: 's', host: 'h', ip: '10.0.0.1', time: {}, ref: { source: 'l', line: 1 } };
  const table = new LeaseTable({ leases: columnsOf([event as LeaseEvent]), correct, shift });
  const sendersOf = openSenders(table);
  const trail = (begun: number): Trail => ({ begun, windowUs: 0, tuples: [{ srcIp: '10.0.0.1' }] }) as unknown as Trail;
  expect(sendersOf(trail(2))?.sorted).toEqual(['s']);
  expect(sendersOf(trail(2))).toBe(sendersOf(trail(1)));
});
