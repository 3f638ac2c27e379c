import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseIp } from '../../core/ip.ts';
import { compact } from '../../core/json.ts';
import { eventTime, parseEpoch, timeFromObserved } from '../../core/time.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE = /^(\d{1,11}) (?:\d\d-)?([0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}) (\S+) (\S+) (\S+)\s*$/;

/** `dnsmasq.leases`. */
export const dnsmasqLeases: Format = {
  id: 'dnsmasq-leases',
  title: 'dnsmasq.leases',
  roles: ['lease'],
  framing: 'auto',
  status: 'documented',
  clock: 'epoch seconds of the expiry; when the lease began is not written',
  traps: ['only the leases that hold now', 'expiry 0 is a lease without end'],
  claims: ({ text }: SniffRecord): Sniff =>
    LINE.test(text) ? yes(0.97, 'expiry, hardware address, address, name, client id') : no('no lease line'),
  open: () => ({ decode }),
};

function decode(record: RawRecord): Decoded {
  if (/^duid /.test(record.text)) return skipped('server identity');
  const m = LINE.exec(record.text);
  const ip = parseIp(m?.[3] ?? '');
  if (m === null || ip === undefined) return failed('no lease line');
  const [, raw = '', mac = '', , name = '*'] = m;
  const end = parseEpoch(raw);
  return decoded(
    compact({
      kind: 'lease' as const,
      time: end === undefined ? timeFromObserved(record.observed) : eventTime(end, { raw, basis: 'snapshot' }),
      ref: record.ref,
      format: 'dnsmasq-leases',
      clock: 'expiry',
      host: record.host,
      sandboxId: name === '*' ? mac.toLowerCase() : name,
      ip,
      mac: mac.toLowerCase(),
      end: end?.at,
    }),
  );
}
