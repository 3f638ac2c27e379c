import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeaseColumns } from '../../../src/core/leases/columns.ts';
import type { LeaseEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import { columnsOf, leaseEvents } from './lease-events.ts';

const lists = fc.array(leaseEvents, { maxLength: 12 });

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

const startingAt = (at: number) => ({
  start: at as Micros,
  time: { ...lease.time, at: at as Micros, lo: at as Micros },
});

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

  it('tell by a few of them which hosts and clocks there are, and between which moments (property)', () => {
    const toldBy = (each: (see: (lease: LeaseEvent) => void) => void) => {
      const told = new Map<string, readonly [number, number]>();
      each(({ format, clock, host, sharedIp, ref: { source }, time: { at, basis, zone, stepUs } }) => {
        const kind = JSON.stringify([source, host, format, clock, sharedIp, basis, zone, stepUs]);
        const [first, last] = told.get(kind) ?? [at, at];
        told.set(kind, [Math.min(first, at), Math.max(last, at)]);
      });
      return [...told];
    };
    fc.assert(
      fc.property(lists, (leases) => {
        const columns = columnsOf(leases);
        expect(toldBy((see) => columns.eachTelling(see))).toEqual(toldBy((see) => leases.forEach(see)));
      }),
    );
  });

  it('are all told where they are not plain, and three of many that are', () => {
    const seen: string[] = [];
    const columns = new LeaseColumns();
    for (let n = 0; n < 100; n++) columns.push({ ...lease, sandboxId: `s-${n}`, ...startingAt((n * 37) % 100) });
    columns.push({ ...lease, episodeId: 'e', sandboxId: 'whole' });
    columns.eachTelling(({ sandboxId }) => seen.push(sandboxId));
    expect(seen).toEqual(['s-0', 's-27', 'whole']);
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
    const columns = new LeaseColumns();
    for (let n = 0; n < 100; n++) columns.push({ ...lease, sandboxId: `s-${n}` });
    expect([columns.plain.length, columns.whole.length]).toEqual([100, 0]);
    columns.push({ ...lease, episodeId: 'e' });
    expect(columns.whole).toHaveLength(1);
  });
});
