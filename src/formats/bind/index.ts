import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { headerOf } from '../../core/device.ts';
import { parseIp, parsePort } from '../../core/ip.ts';
import { compact } from '../../core/json.ts';
import { dnsEvent, nameOf, networkEvent } from '../../core/network.ts';
import { eventTime, parseDayMonth, type Stamp, timeFromObserved } from '../../core/time.ts';
import type { DnsEvent, Endpoint } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

/** named's own print-time: `24-Nov-2025 21:55:02.041`. */
const OWN_TIME = /^(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})?) /;
const CLIENT =
  /\bclient (?:@0x[0-9a-f]+ )?([0-9a-fA-F.:]+)#(\d+)(?:\/key \S+)?(?: \(([^()\s]+)\))?: (?:view [^\s:]+: )?/;
const QUESTION = /^query: (\S+) (\S+) (\S+) (\S+)/;
const ANSWER = /^(?:answer|response): (\S+) (\S+) (\S+).* -> ([A-Z]+)/;
/** `query (cache) 'n/T/C' denied`, `query failed (why) for n/C/T at ..`, `rpz QNAME NXDOMAIN rewrite n/T/C via z`. */
const DENIED = /^query(?: \([^)]*\))? '([^'/]+)\/([^'/]+)\/[^']+' (denied|dropped)/;
const FAILED = /^query failed \(([^)]*)\) for ([^\s/]+)\/([A-Z]+)\/([A-Z0-9]+)/;
const REWRITE = /\brpz (\S+) (\S+) rewrite ([^\s/]+)(?:\/([A-Z0-9]+)\/[A-Z]+)? via (\S+)/;
/** Talk with other servers: the far side is named last. */
const SERVER = /'([^'/]+)(?:\/([A-Z0-9]+))?\/[A-Z]+'(?: from|:) ([0-9a-fA-F.:]+)#(\d+)/;
const INFOBLOX = /: (?:UDP|TCP): query: \S+ \S+ \S+ response: /;
const PASSING = /^(?:PASSTHRU|DISABLED)$/;

/** BIND 9 named: queries, errors, RPZ rewrites and transfers. */
export const bind: Format = {
  id: 'bind',
  title: 'BIND 9 log',
  roles: ['dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: 'named’s own local time with ms (print-time), or the syslog header; none where both are missing',
  traps: [
    'the name in parentheses is the one asked first, before CNAMEs',
    'T among the flags means TCP',
    'the address in the last parentheses is the server’s',
  ],
  claims: ({ text }: SniffRecord): Sniff => {
    if (!text.includes('#')) return no('no address#port');
    if (INFOBLOX.test(text)) return no('Infoblox’s line of query and response');
    const own = CLIENT.test(text) || (SERVER.test(text) && /transfer of|resolving|xfer/.test(text));
    return own ? yes(0.95, 'client address#port (name) or a transfer of named') : no('not a named line');
  },
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const { text } = record;
  const client = CLIENT.exec(text);
  const base = { format: 'bind', ...whenAndWhere(record, context) };
  if (client !== null) {
    const parts = clientParts(text.slice(client.index + client[0].length), client[3]);
    if (parts === undefined) return skipped('message that names no domain');
    return decoded(
      dnsEvent(record, {
        ...base,
        ...parts,
        client: compact({ ip: parseIp(client[1] ?? ''), port: parsePort(client[2]) }),
      }),
    );
  }
  const server = SERVER.exec(text);
  if (server === null)
    return OWN_TIME.test(text) || /\bnamed\b/.test(text)
      ? skipped('message without a client')
      : failed('not a named line');
  const far: Endpoint = compact({ ip: parseIp(server[3] ?? ''), port: parsePort(server[4]) });
  return decoded(
    networkEvent(record, {
      ...base,
      type: 'dns',
      action: 'unknown',
      src: far,
      dst: {},
      initiator: 'dst',
      dns: compact({ name: nameOf(server[1] ?? ''), type: server[2] }),
    }),
  );
}

type Parts = Pick<DnsEvent, 'op' | 'name'> & Partial<DnsEvent>;

function clientParts(body: string, first: string | undefined): Parts | undefined {
  const question = QUESTION.exec(body);
  if (question !== null) {
    const flags = question[4] ?? '';
    const transport = /^[+-]\S*T/.test(flags) ? 'tcp' : /^[+-]/.test(flags) ? 'udp' : undefined;
    return compact({ op: 'query' as const, name: nameOf(question[1] ?? ''), qtype: question[3], transport }) as Parts;
  }
  const answer = ANSWER.exec(body);
  if (answer !== null)
    return { op: 'answer', name: nameOf(answer[1] ?? ''), qtype: answer[3] ?? '', rcode: answer[4] ?? '' };
  const denied = DENIED.exec(body);
  if (denied !== null) return { op: 'query', name: nameOf(denied[1] ?? ''), qtype: denied[2] ?? '', action: 'deny' };
  const rewrite = REWRITE.exec(body);
  if (rewrite !== null) {
    const [, trigger = '', policy = '', name = '', qtype, zone = ''] = rewrite;
    const stated = /^[A-Z-]+$/.test(policy) && !body.includes('failed:');
    const action = !stated ? undefined : PASSING.test(policy) ? ('allow' as const) : ('deny' as const);
    const rule = { id: `${trigger} ${policy}`, name: nameOf(zone) };
    return compact({ op: 'query' as const, name: nameOf(name), qtype, action, rule }) as Parts;
  }
  const failure = FAILED.exec(body);
  if (failure !== null) {
    const [, why = '', name = '', , qtype = ''] = failure;
    return { op: 'answer', name: nameOf(name), qtype, rcode: why };
  }
  return first === undefined ? undefined : { op: 'query', name: nameOf(first) };
}

function whenAndWhere(record: RawRecord, context: DecodeContext): { clock: string; time: EventTime; host?: string } {
  const own = OWN_TIME.exec(record.text);
  if (own !== null) {
    const raw = own[1] ?? '';
    return { clock: 'print-time', time: timeOr(record, parseDayMonth(raw, context.zoneOffsetMin), raw) };
  }
  const header = headerOf(record, context);
  const host = header.stamp === undefined ? undefined : header.host;
  return compact({ clock: 'header', time: timeOr(record, header.stamp, header.rawTime), host }) as {
    clock: string;
    time: EventTime;
  };
}

function timeOr(record: RawRecord, stamp: Stamp | undefined, raw: string): EventTime {
  if (stamp === undefined) return timeFromObserved(record.observed);
  return eventTime(stamp, { raw, basis: 'event', observed: record.observed });
}
