import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import type { SyslogHeader } from '../../core/lines/syslog.ts';
import { headerOf } from '../../core/network/device.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { dnsEvent, nameOf } from '../../core/network/network.ts';
import { eventTime, parseEpoch, timeFromObserved } from '../../core/time/time.ts';
import type { DnsEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

/** `[pid:thread] level: message`, alone or behind `[epoch] unbound`. */
const MARK = /(?:^|[\s>]|unbound)\[\d+:[0-9a-f]+\] (info|query|reply|notice|warning|error|debug|verbose): (.*?)\s*$/;
const EPOCH = /^\[(\d{9,11}(?:\.\d+)?)\] unbound\[/;
const QUERY = /^(\S+) (\S+\.) ([A-Z][A-Z0-9]*) (IN|CH|HS|ANY|CLASS\d+)$/;
const REPLY = /^(\S+) (\S+\.) ([A-Z][A-Z0-9]*) (IN|CH|HS|ANY|CLASS\d+) ([A-Z][A-Z0-9]*) \d+\.\d+ [01] \d+/;
/** log-local-actions: zone, kind of zone, client@port, question. */
const LOCAL = /^(\S+\.) ([a-z_]+) ([0-9a-fA-F.:]+)@(\d+) (\S+\.) ([A-Z][A-Z0-9]*) (?:IN|CH|HS)$/;
/** RPZ: the policy that matched. */
const RPZ =
  /^rpz: applied (?:\[([^\]]*)\] )?(\S+) ([a-z-]+) ([0-9a-fA-F.:]+)@(\d+) (\S+\.) ([A-Z][A-Z0-9]*) (?:IN|CH|HS)$/;
const REFUSING =
  /^(?:(?:inform_)?deny|refuse|static|always_(?:refuse|nxdomain|nodata|deny|null)|nxdomain|nodata|drop|rpz-(?:nxdomain|nodata|drop|local-data|cname-override))/;

/** Unbound with log-queries, log-replies or log-local-actions. */
export const unbound: Format = {
  id: 'unbound',
  title: 'Unbound query log',
  roles: ['dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header, or epoch seconds before `unbound[pid:thread]`; one second',
  traps: ['log-queries and log-replies each write a line for one lookup', 'no client port but in local actions'],
  claims: ({ text }: SniffRecord): Sniff => {
    const body = MARK.exec(text)?.[2];
    if (body === undefined) return no('no [pid:thread] level:');
    if (/\bunbound\[/.test(text) || eventParts(body) !== undefined)
      return yes(0.96, '[pid:thread] and a question of Unbound');
    return no('another message');
  },
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const mark = MARK.exec(record.text);
  if (mark === null)
    return /\bunbound\b/.test(record.text) ? skipped('message that is no query') : failed('not an Unbound line');
  const parts = eventParts(mark[2] ?? '');
  if (parts === undefined) return skipped('message that is no query');
  const header = headerOf(record, context);
  // With `log-time-iso` the server's own tag stands where a host would.
  const host = header.host?.startsWith('unbound[') ? record.host : (header.host ?? record.host);
  const time = timeOfLine(record, header);
  const clock = header.stamp === undefined ? 'epoch' : 'header';
  return decoded(dnsEvent(record, { format: 'unbound', clock, time, host, ...parts }));
}

function timeOfLine(record: RawRecord, header: SyslogHeader): EventTime {
  const raw = EPOCH.exec(record.text)?.[1];
  const stamp = raw === undefined ? header.stamp : parseEpoch(raw);
  if (stamp === undefined) return timeFromObserved(record.observed);
  return eventTime(stamp, { raw: raw ?? header.rawTime, basis: 'event', observed: record.observed });
}

type Parts = Pick<DnsEvent, 'op' | 'name'> & Partial<DnsEvent>;

function eventParts(body: string): Parts | undefined {
  const query = QUERY.exec(body);
  if (query !== null) return withClient('query', query[1], undefined, query[2], query[3]);
  const reply = REPLY.exec(body);
  if (reply !== null)
    return { ...withClient('answer', reply[1], undefined, reply[2], reply[3]), rcode: reply[5] ?? '' };
  const local = LOCAL.exec(body);
  if (local !== null) {
    const parts = withClient('query', local[3], local[4], local[5], local[6]);
    const kind = local[2] ?? '';
    return {
      ...parts,
      rule: { id: kind, name: nameOf(local[1] ?? '') },
      ...(REFUSING.test(kind) ? { action: 'deny' } : {}),
    };
  }
  const rpz = RPZ.exec(body);
  if (rpz === null) return undefined;
  const parts = withClient('query', rpz[4], rpz[5], rpz[6], rpz[7]);
  const action = rpz[3] ?? '';
  const name = rpz[1] ?? nameOf(rpz[2] ?? '');
  return { ...parts, rule: { id: action, name }, ...policyOf(action) };
}

/** What is disabled only tells that it matched; an answer over TCP alone is none of both. */
function policyOf(action: string): Partial<DnsEvent> {
  if (REFUSING.test(action)) return { action: 'deny' };
  if (action === 'rpz-disabled') return { action: 'alert' };
  return action === 'rpz-passthru' ? { action: 'allow' } : {};
}

function withClient(
  op: DnsEvent['op'],
  client: string | undefined,
  port: string | undefined,
  name: string | undefined,
  qtype: string | undefined,
): Parts {
  return compact({
    op,
    name: nameOf(name ?? ''),
    qtype,
    client: compact({ ip: parseIp(client ?? ''), port: parsePort(port) }),
  }) as Parts;
}
