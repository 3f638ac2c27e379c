import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { securityPart, sysmonPart } from '../../core/products/windows.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const SOURCE = /<Provider Name=["'](?:Linux-Sysmon|Microsoft-Windows-Sysmon)["']/;
const DATA = /<Data Name=["'](\w+)["']>([^<]*)<\/Data>/g;
const ENTITIES = wordTable<string>({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" });
const SECURITY = /<Provider Name=["']Microsoft-Windows-Security-Auditing["']/;

/** Sysmon events as XML, Windows and Linux, and the process and connection events of the Security log. */
export const sysmonXml: Format = {
  id: 'sysmon-xml',
  title: 'Sysmon and Windows Security events, XML',
  roles: ['process', 'socket', 'dns'],
  framing: { startsRecord: /<Event[ >]/, endsRecord: /<\/Event>/ },
  status: 'real',
  clock: '`UtcTime`, milliseconds; the write time is kept as observed',
  traps: [
    'UtcTime may be days off, and differently per event id',
    'on Linux every thread exit says that the process ended',
    'some hosts write entities without their semicolon',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ text }: SniffRecord): Sniff {
  if (SOURCE.test(text)) return yes(0.98, 'Sysmon provider');
  return SECURITY.test(text) ? yes(0.96, 'Security auditing provider') : no('no provider known here');
}

function unescapeXml(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|apos);?/g, (_, name: string) => ENTITIES[name] ?? '');
}

/** What stands about the events of a document. */
const ABOUT = /^\s*<(?:\/?Events\b|\?xml\b)/;

function decode(record: RawRecord): Decoded {
  const { text } = record;
  if (ABOUT.test(text) && !text.includes('<Event ')) return skipped('no event');
  const security = SECURITY.test(text);
  if (!security && !SOURCE.test(text))
    return text.includes('<Event ') || text.includes('<EventID')
      ? skipped('other provider')
      : failed('no Sysmon event');
  const id = /<EventID[^>]{0,40}>(\d+)</.exec(text)?.[1] ?? '';
  const data: Record<string, string> = {};
  for (const [, key = '', value = ''] of text.matchAll(DATA))
    if (value !== '' && value !== '-') data[key] = unescapeXml(value);
  const systemTime = /SystemTime=["']([^"']{10,40})["']/.exec(text)?.[1] ?? '';
  const created = parseIso(systemTime);
  const own = parseIso(data['UtcTime'] ?? '');
  const raw = own === undefined ? systemTime : (data['UtcTime'] ?? '');
  const stamp = own === undefined ? created : { ...own, zone: 'explicit' as const };
  if (stamp === undefined) return failed('no time');
  const host = /<Computer>([^<]{1,255})</.exec(text)?.[1] ?? record.host;
  // The offset differs per event id, so each has a clock of its own.
  const base = compact({
    time: eventTime(stamp, {
      raw,
      basis: 'event',
      observed: own === undefined ? record.observed : (created?.at ?? record.observed),
    }),
    ref: record.ref,
    format: 'sysmon-xml',
    clock: `${own === undefined ? 'TimeCreated' : `UtcTime.${id}`}${host === undefined ? '' : `@${host}`}`,
    host,
  });
  const event = security ? securityPart(id, data) : sysmonPart(id, data);
  return event === undefined ? skipped('event id without meaning here') : decoded({ ...base, ...event } as Event);
}
