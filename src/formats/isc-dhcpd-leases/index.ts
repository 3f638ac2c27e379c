import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, parseEpoch, parseIso, timeFromObserved } from '../../core/time/time.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEAD = /^lease ([0-9a-fA-F.:]+) \{/;

/** `dhcpd.leases` of ISC dhcpd. */
export const iscDhcpdLeases: Format = {
  id: 'isc-dhcpd-leases',
  title: 'ISC dhcpd.leases',
  roles: ['lease'],
  framing: { startsRecord: /^lease [0-9a-fA-F.:]+ \{/ },
  status: 'real',
  clock: '`starts` and `ends`, UTC with a weekday digit, or `epoch` seconds',
  traps: ['an address has many blocks: each is one stretch of its history', '`never` ends nothing'],
  claims,
  open: () => ({ decode }),
};

function claims({ text }: SniffRecord): Sniff {
  if (HEAD.test(text)) return yes(0.98, 'lease block');
  return /^# The format of this file is documented in the dhcpd\.leases/m.test(text)
    ? yes(0.98, 'dhcpd.leases banner')
    : no('no lease block');
}

/** Value of a statement of the block; statements stand one a line. */
function statement(text: string, name: string): string | undefined {
  const at = text.indexOf(`\n  ${name} `);
  const end = at < 0 ? -1 : text.indexOf(';', at);
  return end < 0 ? undefined : text.slice(at + name.length + 4, end).trim();
}

function stampOf(value: string | undefined): Stamp | undefined {
  if (value === undefined || value === 'never') return undefined;
  const epoch = /^epoch (\d+)/.exec(value)?.[1];
  if (epoch !== undefined) return parseEpoch(epoch);
  const stamp = parseIso(value.replace(/^\d\s+/, ''));
  return stamp === undefined ? undefined : { ...stamp, zone: 'explicit' };
}

function decode(record: RawRecord): Decoded {
  const text = record.text.replace(/\r/g, '').replace(/\n[ \t]+/g, '\n  ');
  const ip = parseIp(HEAD.exec(text)?.[1] ?? '');
  if (ip === undefined)
    return /^\s*(?:#|authoring|server-duid|failover)/.test(text) ? skipped('banner') : failed('no lease block');
  const state = statement(text, 'binding state');
  if (state === 'abandoned' || state === 'backup') return skipped('address that nobody holds');
  const mac = /^\S+ ([0-9a-fA-F:]+)$/.exec(statement(text, 'hardware') ?? '')?.[1]?.toLowerCase();
  const name = /^"(.*)"$/.exec(statement(text, 'client-hostname') ?? '')?.[1];
  const holder = name ?? mac ?? statement(text, 'uid');
  if (holder === undefined) return skipped('block without a holder');
  const raw = statement(text, 'starts') ?? '';
  const start = stampOf(raw);
  const end = stampOf(statement(text, 'ends'));
  const time = start === undefined ? timeFromObserved(record.observed) : eventTime(start, { raw, basis: 'event' });
  return decoded(
    compact({
      kind: 'lease' as const,
      time,
      ref: record.ref,
      format: 'isc-dhcpd-leases',
      clock: 'starts',
      sandboxId: holder,
      ip,
      mac,
      state,
      start: start?.at,
      end: end?.at,
    }),
  );
}
