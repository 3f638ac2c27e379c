import type { Tuple } from '../../../src/correlate/trail/tuple.ts';
import type { NatEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';

export const SECOND = 1_000_000;
export const HOST = '10.70.0.11';

/** A flow that a host's log shows as it left, at a second. */
export function logged(second: number, from: string, port: number, became = port): Timed<NatEvent> {
  const at = (second * SECOND) as Micros;
  return {
    at,
    lo: at,
    hi: at,
    errorUs: 0,
    host: 'train-01',
    event: {
      kind: 'nat',
      phase: 'new',
      transport: 'tcp',
      src: { ip: from, port },
      dst: { ip: '203.0.113.9', port: 443 },
      replySrc: { ip: '203.0.113.9', port: 443 },
      replyDst: { ip: HOST, port: became },
      time: { stepUs: 1 },
      ref: { source: 'train-01-conntrack.log', line: second, offset: 0, bytes: 1 },
    },
  } as unknown as Timed<NatEvent>;
}

/** A flow of the host's address, as it is seen behind the host. */
export const flow = (port: number): Tuple => ({
  transport: 'tcp',
  srcIp: HOST,
  srcPort: port,
  dstIp: '203.0.113.9',
  dstPort: 443,
});
