import { expect, it } from 'vitest';
import { gvisor } from '../../src/formats/gvisor/index.ts';
import type { ProcessEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';

const LINE =
  'I1123 17:19:03.110301       1 strace.go:602] [   5:   5] curl X connect(0x3 socket:[7], 0x7e {Family: AF_INET, Addr: 203.0.113.90, Port: 3333}, 0x10) = 0 (0x0) (80.2µs)';

function eventIn(path: string, containerId?: string): ProcessEvent | undefined {
  const reference = (Date.parse('2026-11-24T00:00:00Z') * 1000) as Micros;
  const made = gvisor.open({ path, zoneOffsetMin: 0, reference }).decode({
    text: LINE,
    ref: { source: path, line: 1, offset: 0, bytes: LINE.length },
    ...(containerId === undefined ? {} : { containerId }),
  });
  const [event] = made.status === 'decoded' ? made.events : [];
  return event?.kind === 'process' ? event : undefined;
}

it('tells equal pids of two sandboxes apart', () => {
  const [a, b] = [eventIn('a/boot.log'), eventIn('b/boot.log')];
  expect([a?.pid, b?.pid]).toEqual([undefined, undefined]);
  expect(a?.entityId).not.toBe(b?.entityId);
});

it('tells them apart in one log by the container that an envelope names', () => {
  const [a, b] = [eventIn('all.log', 'a1'.repeat(32)), eventIn('all.log', 'b2'.repeat(32))];
  expect([a?.entityId, b?.entityId]).toEqual(['a1a1a1a1a1a1/5', 'b2b2b2b2b2b2/5']);
});

it('takes the container from the path of its log', () => {
  const id = '0123456789abcdef'.repeat(4);
  expect(eventIn(`runsc/${id}/gvisor.boot.log`)).toMatchObject({ containerId: id, entityId: '0123456789ab/5' });
  expect(eventIn(`runsc/${id}0/gvisor.boot.log`)?.containerId).toBeUndefined();
});
