import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeaseColumns } from '../../src/core/lease-columns.ts';
import type { LeaseEvent } from '../../src/model/event.ts';
import { columnsOf, leaseEvents } from './lease-events.ts';

const lists = fc.array(leaseEvents, { maxLength: 12 });

describe('leases in columns', () => {
  it('come out equal to what went in, in order (property)', () => {
    fc.assert(
      fc.property(lists, (leases) => {
        const columns = columnsOf(leases);
        expect([...columns]).toStrictEqual(leases);
        expect(columns.length).toBe(leases.length);
      }),
    );
  });

  it('are the same in passing (property)', () => {
    fc.assert(
      fc.property(lists, (leases) => {
        const seen: unknown[] = [];
        columnsOf(leases).each((lease) => seen.push(JSON.parse(JSON.stringify(lease))));
        expect(seen).toEqual(JSON.parse(JSON.stringify(leases)));
      }),
    );
  });

  it('tell sandboxes, their last stated hosts and all addresses (property)', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom('s', 't', 'none'), (leases, id) => {
        const columns = columnsOf(leases);
        expect(columns.has(id)).toBe(leases.some(({ sandboxId }) => sandboxId === id));
        expect(columns.hostOf(id)).toBe(leases.findLast((it) => it.sandboxId === id && it.host !== undefined)?.host);
        expect(new Set(columns.ips())).toEqual(new Set(leases.flatMap(({ ip }) => ip ?? [])));
      }),
    );
  });

  it('take columns where a lease tells who held what address when', () => {
    const lease = {
      kind: 'lease',
      format: 'f',
      clock: 'c',
      ref: { source: 'a', line: 1, offset: 0, bytes: 9 },
      time: { at: 5, lo: 5, hi: 7, raw: '', basis: 'event', zone: 'explicit', stepUs: 1 },
      sandboxId: 's',
      ip: '10.0.0.1',
      start: 5,
      end: 7,
    } as LeaseEvent;
    const columns = new LeaseColumns();
    for (let n = 0; n < 100; n++) columns.push({ ...lease, sandboxId: `s-${n}` });
    expect([columns.plain.length, columns.whole.length]).toEqual([100, 0]);
    columns.push({ ...lease, episodeId: 'e' });
    expect(columns.whole).toHaveLength(1);
  });
});
