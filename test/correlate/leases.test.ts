import { expect, it } from 'vitest';
import { LeaseTable } from '../../src/correlate/leases.ts';
import type { LeaseEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import type { Timed } from '../../src/model/timed.ts';

const lease = (host: string, ip?: string): Timed<LeaseEvent> =>
  ({
    event: { kind: 'lease', sandboxId: `s-${host}`, host, ip, ref: { source: 'l', line: 1, offset: 0, bytes: 1 } },
    at: 0,
    lo: 0,
    hi: 0,
    errorUs: 0,
    host,
  }) as unknown as Timed<LeaseEvent>;

it('takes sandboxes for hosts of their own only where a lease or the sandbox network says so', () => {
  const nets = [{ host: 'netted', inside: () => true }];
  const table = new LeaseTable([lease('leased', '10.1.0.2'), lease('shared')], (_, at: Micros) => at, nets);
  expect(['leased', 'netted', 'shared', 'unknown'].map((host) => table.statesIpsOn(host))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
