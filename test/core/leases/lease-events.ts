import fc from 'fast-check';
import { compact } from '../../../src/core/json/json.ts';
import { LeaseColumns } from '../../../src/core/leases/columns.ts';
import type { LeaseEvent } from '../../../src/model/event.ts';
import type { EventTime, Micros } from '../../../src/model/time.ts';

const micros = fc.integer({ min: 0, max: 4 }).map((value) => (value * 1e15) as Micros);
const few = fc.constantFrom('a', 'b');
const yes = fc.constant(true as const);

/** Every field of the model: one that is new there has to be named here. */
type Fields<T> = { readonly [K in keyof T]-?: fc.Arbitrary<Exclude<T[K], undefined>> };

const time: Fields<EventTime> = {
  at: micros,
  lo: micros,
  hi: micros,
  raw: fc.constantFrom('', '5'),
  basis: fc.constantFrom('event', 'none'),
  zone: fc.constantFrom('explicit', 'assumed'),
  stepUs: fc.constantFrom(1, 1e6),
  yearAssumed: yes,
  observed: micros,
};
const common = {
  kind: fc.constant('lease'),
  ref: fc.record(
    { source: few, line: fc.nat({ max: 3 }), offset: fc.maxSafeNat(), bytes: fc.nat() },
    { noNullPrototype: true },
  ),
  format: few,
  clock: few,
  host: fc.constantFrom('h', 'i'),
  sandboxId: fc.constantFrom('s', 't', 'u'),
  ip: fc.constantFrom('10.0.0.1', '10.0.0.2'),
  sharedIp: yes,
} as const;
const others: Omit<Fields<LeaseEvent>, keyof typeof common | 'time' | 'start' | 'end'> = {
  episodeId: few,
  group: few,
  uid: fc.nat({ max: 2 }),
  containerId: few,
  rootPid: fc.nat({ max: 2 }),
  portFrom: fc.nat(),
  portTo: fc.nat(),
  mac: few,
  exit: fc.nat(),
  state: few,
};
const requiredKeys = ['kind', 'ref', 'format', 'clock', 'sandboxId', 'time'] as const;

const anything: fc.Arbitrary<LeaseEvent> = fc.record(
  {
    ...common,
    ...others,
    time: fc.record(time, {
      requiredKeys: ['at', 'lo', 'hi', 'raw', 'basis', 'zone', 'stepUs'],
      noNullPrototype: true,
    }),
    start: micros,
    end: micros,
  },
  { requiredKeys: [...requiredKeys], noNullPrototype: true },
);

/** As logs of sandboxes write them. */
const plain = fc
  .tuple(anything, micros, micros)
  .map(([{ kind, ref, format, clock, host, sandboxId, ip, ...rest }, start, end]) =>
    compact({
      kind,
      ref,
      format,
      clock,
      host,
      sandboxId,
      ip,
      start,
      end,
      time: compact({
        ...rest.time,
        at: start,
        lo: start,
        hi: end,
        raw: '',
        yearAssumed: undefined,
        observed: undefined,
      }),
      sharedIp: rest.sharedIp,
    }),
  );

/** Plain but for one thing. */
const nearly = fc
  .tuple(
    plain,
    anything,
    fc.constantFrom<keyof LeaseEvent>('time', 'start', 'end', 'episodeId', 'exit', 'state', 'uid'),
  )
  .map(
    ([lease, other, key]) =>
      compact({ ...lease, [key]: key in other ? other[key] : (lease as LeaseEvent)[key] }) as LeaseEvent,
  );

export const leaseEvents: fc.Arbitrary<LeaseEvent> = fc.oneof(plain, plain, nearly, anything);

export function columnsOf(leases: readonly LeaseEvent[]): LeaseColumns {
  const columns = new LeaseColumns();
  for (const lease of leases) columns.push(lease);
  return columns;
}
