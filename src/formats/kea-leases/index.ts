import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import { rowObject } from '../../core/tables/table.ts';
import { eventTime, parseEpoch } from '../../core/time/time.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

const HEADER = /^address,(?:hwaddr|duid),(?:client_id,)?valid_lifetime,expire,/;
/** Address, identities, lifetime and expiry: the columns that every version begins with. */
const ROW = /^[0-9a-fA-F.:]+,[0-9a-fA-F:]*,(?:[0-9a-fA-F:]*,)?\d{1,10},\d{9,11},\d+,/;
/** Lifetime of a lease without end, seconds. */
const INFINITE = 4_294_967_295;
/** A prefix is delegated to a router: no single client holds it. */
const PREFIX = '2';

/** Lease files of Kea's memfile backend. Kea Administrator Reference Manual, "Memfile"; `lease_mgr` documents the columns. */
export const keaLeases: Format = {
  id: 'kea-leases',
  title: 'Kea lease files (kea-leases4.csv, kea-leases6.csv)',
  roles: ['lease'],
  framing: 'auto',
  status: 'documented',
  clock: '`expire`: epoch seconds; the lease began `valid_lifetime` seconds before',
  traps: [
    'a journal: renewals add rows, and a row of lifetime 0 deletes, without saying when',
    'states 1 to 3 are declined, reclaimed and released: nobody holds the address',
  ],
  claims,
  sniff: ({ records }) => records.map(claims).find(({ score }) => score > 0) ?? no('neither header nor lease'),
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.98, 'column header of a Kea lease file');
  return ROW.test(text) ? yes(0.9, 'row of a Kea lease file') : no('neither header nor lease');
}

function open(): Decoder {
  let header: readonly string[] | undefined;
  const decode = (record: RawRecord): Decoded => {
    if (HEADER.test(record.text)) {
      header = record.text.trim().split(',');
      return skipped('header');
    }
    if (!ROW.test(record.text)) return failed('no row of a Kea lease file');
    // Kea writes a comma of a name or context as `&#x2c`.
    return header === undefined ? failed('row before any header') : lease(record, header);
  };
  return { decode };
}

function lease(record: RawRecord, header: readonly string[]): Decoded {
  const row = rowObject(header, record.text.trim().split(','));
  const ip = parseIp(row['address'] ?? '');
  const mac = row['hwaddr']?.toLowerCase();
  const sandboxId = row['hostname']?.replace(/\.$/, '') || mac || row['client_id'] || row['duid'];
  const expiry = parseEpoch(row['expire'] ?? '');
  const seconds = Number(row['valid_lifetime']);
  if (ip === undefined || expiry === undefined) return failed('no address or expiry');
  if (row['lease_type'] === PREFIX) return skipped('delegated prefix');
  if (seconds === 0 || (row['state'] ?? '0') !== '0' || sandboxId === undefined)
    return skipped('address that nobody holds');
  const start = (expiry.at - seconds * 1_000_000) as Micros;
  const time = eventTime({ ...expiry, at: start }, { raw: row['expire'] ?? '', basis: 'event' });
  return decoded(
    compact({
      kind: 'lease' as const,
      time,
      ref: record.ref,
      format: 'kea-leases',
      clock: 'expire',
      host: record.host,
      sandboxId,
      ip,
      mac,
      start,
      end: seconds === INFINITE ? undefined : expiry.at,
    }),
  );
}
