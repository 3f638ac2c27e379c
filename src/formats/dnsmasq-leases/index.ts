import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import { eventTime, parseEpoch, timeFromObserved } from '../../core/time/time.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE = /^(\d{1,11}) (?:\d\d-)?([0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}) (\S+) (\S+) (\S+)\s*$/;
/** DHCPv6: an association id (`T` before temporary addresses) in place of the hardware address, and the client's DUID. */
const LINE6 = /^(\d{1,11}) T?\d{1,10} ([0-9a-fA-F:]*:[0-9a-fA-F:]*) (\S+) ((?:[0-9a-fA-F]{2}:)+[0-9a-fA-F]{2}|\*)\s*$/;

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
    LINE.test(text) || LINE6.test(text)
      ? yes(0.97, 'expiry, hardware address, address, name, client id')
      : no('no lease line'),
  open: () => ({ decode }),
};

interface Lease {
  readonly raw: string;
  readonly mac: string | undefined;
  readonly address: string;
  readonly name: string;
  readonly client: string;
}

function leaseIn(text: string): Lease | undefined {
  const four = LINE.exec(text);
  if (four !== null) {
    const [, raw = '', mac = '', address = '', name = '*', client = '*'] = four;
    return { raw, mac: mac.toLowerCase(), address, name, client };
  }
  const six = LINE6.exec(text);
  if (six === null) return undefined;
  const [, raw = '', address = '', name = '*', client = '*'] = six;
  return { raw, mac: undefined, address, name, client };
}

function decode(record: RawRecord): Decoded {
  if (/^duid /.test(record.text)) return skipped('server identity');
  const lease = leaseIn(record.text);
  const ip = parseIp(lease?.address ?? '');
  if (lease === undefined || ip === undefined) return failed('no lease line');
  const { raw, mac, name } = lease;
  const end = parseEpoch(raw);
  return decoded(
    compact({
      kind: 'lease' as const,
      time: end === undefined ? timeFromObserved(record.observed) : eventTime(end, { raw, basis: 'snapshot' }),
      ref: record.ref,
      format: 'dnsmasq-leases',
      clock: 'expiry',
      host: record.host,
      sandboxId: name === '*' ? (mac ?? lease.client) : name,
      ip,
      mac,
      end: end?.at,
    }),
  );
}
