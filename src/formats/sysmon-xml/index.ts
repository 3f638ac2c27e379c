import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { domainName, parseIp, parsePort } from '../../core/ip.ts';
import { compact, numberOf } from '../../core/json.ts';
import { eventTime, parseIso } from '../../core/time.ts';
import type { DnsEvent, Endpoint, Event, ProcessEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const SOURCE = /<Provider Name=["'](?:Linux-Sysmon|Microsoft-Windows-Sysmon)["']/;
const DATA = /<Data Name=["'](\w+)["']>([^<]*)<\/Data>/g;
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const NO_GUID = /^\{[0-]+\}$/;

/** Sysmon events as XML, Windows and Linux. */
export const sysmonXml: Format = {
  id: 'sysmon-xml',
  title: 'Sysmon events, XML',
  roles: ['process', 'socket', 'dns'],
  framing: { startsRecord: /<Event[ >]/ },
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
  return SOURCE.test(text) ? yes(0.98, 'Sysmon provider') : no('no Sysmon provider');
}

function unescapeXml(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|apos);?/g, (_, name: string) => ENTITIES[name] ?? '');
}

function decode(record: RawRecord): Decoded {
  const { text } = record;
  if (!SOURCE.test(text))
    return text.includes('<Event ') || text.includes('<EventID')
      ? skipped('other provider')
      : failed('no Sysmon event');
  const id = /<EventID[^>]{0,40}>(\d+)</.exec(text)?.[1] ?? '';
  const data: Record<string, string> = {};
  for (const [, key = '', value = ''] of text.matchAll(DATA))
    if (value !== '' && value !== '-') data[key] = unescapeXml(value);
  const raw = data['UtcTime'] ?? '';
  const created = parseIso(/SystemTime=["']([^"']{10,40})["']/.exec(text)?.[1] ?? '');
  const own = parseIso(raw);
  const stamp = own === undefined ? created : { ...own, zone: 'explicit' as const };
  if (stamp === undefined) return failed('no time');
  const host = /<Computer>([^<]{1,255})</.exec(text)?.[1] ?? record.host;
  // The offset differs per event id, so each has a clock of its own.
  const base = compact({
    time: eventTime(stamp, { raw, basis: 'event', observed: created?.at ?? record.observed }),
    ref: record.ref,
    format: 'sysmon-xml',
    clock: `UtcTime.${id}${host === undefined ? '' : `@${host}`}`,
    host,
  });
  const event = eventOf(id, data);
  return event === undefined ? skipped('event id without meaning here') : decoded({ ...base, ...event } as Event);
}

function eventOf(id: string, data: Record<string, string>): Partial<ProcessEvent> | Partial<DnsEvent> | undefined {
  const guid = data['ProcessGuid'];
  const who = compact({
    kind: 'process' as const,
    pid: numberOf(data['ProcessId']),
    entityId: guid === undefined || NO_GUID.test(guid) ? undefined : guid,
    exe: /unknown process/.test(data['Image'] ?? '') ? undefined : data['Image'],
  });
  if (id === '1')
    return compact({
      ...who,
      op: 'exec' as const,
      ppid: numberOf(data['ParentProcessId']),
      parentEntityId: data['ParentProcessGuid'],
      commandLine: data['CommandLine'],
      cwd: data['CurrentDirectory'],
    });
  if (id === '5') return compact({ ...who, op: 'exit' as const });
  if (id === '22') return dnsEvent(data, who);
  if (id !== '3') return undefined;
  const out = data['Initiated'] !== 'false';
  const src = endpoint(data, 'Source');
  const dst = endpoint(data, 'Destination');
  // Linux writes UDP rows of zeros for sockets it could not read.
  if (src.port === 0 && dst.port === 0) return undefined;
  const socket = { transport: data['Protocol'] ?? 'ip', local: out ? src : dst, remote: out ? dst : src };
  return compact({ ...who, op: out ? ('connect' as const) : ('accept' as const), socket });
}

function endpoint(data: Record<string, string>, side: string): Endpoint {
  return compact({ ip: parseIp(data[`${side}Ip`] ?? ''), port: parsePort(data[`${side}Port`]) });
}

function dnsEvent(data: Record<string, string>, who: Partial<ProcessEvent>): Partial<DnsEvent> | undefined {
  const name = domainName(data['QueryName']);
  if (name === undefined) return undefined;
  const answers = (data['QueryResults'] ?? '').split(';').map((part) => parseIp(part.trim()) ?? '');
  const found = answers.filter((ip) => ip !== '');
  return compact({
    kind: 'dns' as const,
    op: 'answer' as const,
    name,
    answers: found,
    pid: who.pid,
    exe: who.exe,
    entityId: who.entityId,
  });
}
