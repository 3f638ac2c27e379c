import { expect, it } from 'vitest';
import { LeaseColumns } from '../../../src/core/leases/columns.ts';
import { stretchesBetween } from '../../../src/correlate/episodes/stretches.ts';
import { LeaseTable } from '../../../src/correlate/leases/leases.ts';
import type { LeaseEvent, NetworkEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';
import { timeOf } from '../../event-time.ts';

const time = timeOf(0 as Micros);
const ref = { source: 'leases.jsonl', line: 1, offset: 0, bytes: 1 };
const us = (seconds: number): Micros => (seconds * 1e6) as Micros;

function lease(sandboxId: string, more: Partial<LeaseEvent>): Timed<LeaseEvent> {
  const event: LeaseEvent = { kind: 'lease', format: 'leases', clock: 'start', time, ref, sandboxId, ...more };
  return { event, at: time.at, lo: time.lo, hi: time.hi, errorUs: 0, host: undefined };
}

const leases = new LeaseTable({
  leases: new LeaseColumns(),
  more: [
    lease('sb-1', { ip: '10.0.0.1', start: us(0), end: us(100) }),
    lease('sb-2', { ip: '10.0.0.1', start: us(100), end: us(200) }),
    lease('sb-3', { ip: '10.0.0.9', sharedIp: true, containerId: 'c0ffee00c0ffee00', start: us(0), end: us(200) }),
  ],
  correct: (event) => ({ event, at: time.at, lo: time.lo, hi: time.hi, errorUs: 0, host: undefined }),
  shift: (_, at) => at,
});

const call = (sandboxId: string, start: number, end?: number) => ({
  sandboxId,
  start: us(start),
  end: end === undefined ? undefined : us(end),
  earlyUs: 0,
  lateUs: 0,
  timing: 'recorded' as const,
  executed: true,
  host: undefined,
});

const alert = (more: Partial<NetworkEvent>): NetworkEvent => ({
  kind: 'network',
  type: 'alert',
  action: 'deny',
  format: 'suricata-eve',
  clock: 'timestamp',
  time,
  ref,
  src: { ip: '10.0.0.1', port: 40_000 },
  dst: { ip: '203.0.113.9', port: 443 },
  ...more,
});

const stretches = stretchesBetween(leases, () => [call('sb-1', 10, 20), call('sb-2', 110), call('sb-3', 30, 40)]);
/** For seconds whose stretches differ from the one before. */
const changesOf = (event: NetworkEvent): number[] | undefined => {
  const at = stretches(event);
  if (at === undefined) return undefined;
  return Array.from({ length: 221 }, (_, i) => i - 10).filter((second) => at(us(second)) !== at(us(second - 1)));
};

it.each([
  ['the sandboxes that held its address, one after the other', alert({}), [0, 10, 20, 100, 110, 200]],
  [
    'its opener’s, where the packet is an answer',
    alert({ initiator: 'dst', src: { ip: '198.51.100.1' }, dst: { ip: '10.0.0.1' } }),
    [0, 10, 20, 100, 110, 200],
  ],
  ['the sandbox that it names', alert({ sandboxId: 'sb-3' }), [0, 30, 40, 200]],
  ['the sandbox of its container', alert({ containerId: 'c0ffee00c0ffee00' }), [0, 30, 40, 200]],
  ['nobody: the address is the host’s', alert({ src: { ip: '10.0.0.9' } }), undefined],
  ['nobody: no lease names the address', alert({ src: { ip: '10.0.0.7' } }), undefined],
])('time is divided by the calls and leases of %s', (_, event, changes) => {
  expect(changesOf(event)).toEqual(changes);
});
