import type { DnsEvent } from '../../model/event.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { compact } from '../json/json.ts';
import { headerOf } from '../network/device.ts';
import { parseIp, parsePort } from '../network/ip.ts';
import { nameOf } from '../network/network.ts';
import type { Stamp } from '../time/stamp.ts';
import { eventTime, parseDayMonth, parseIso, timeFromObserved } from '../time/time.ts';

/** named's own print-time: `24-Nov-2025 21:55:02.041`, or ISO (`iso8601`, `iso8601-utc`) without a host behind it, which tells it from syslog. */
export const NAMED_TIME =
  /^(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z?(?= client |(?: [a-z-]+:)+ client )) /;
const CLIENT =
  /\bclient (?:@0x[0-9a-f]+ )?([0-9a-fA-F.:]+)#(\d+)(?:\/key \S+)?(?: \(([^()\s]+)\))?: (?:view [^:]{1,64}: )?/;
const QUESTION = /^query: (\S+) (\S+) (\S+) (\S+)/;
const ANSWER = /^(?:answer|response): (\S+) (\S+) (\S+)(.*)/;
/** What category `responses` says behind the question: flags as of a query, then the code, in either order. */
const RCODE =
  /(?:^| )(NOERROR|FORMERR|SERVFAIL|NXDOMAIN|NOTIMP|REFUSED|YXDOMAIN|YXRRSET|NXRRSET|NOTAUTH|NOTZONE|BADVERS|BADCOOKIE)(?= |$)/;
/** `query (cache) 'n/T/C' denied`, `query failed (why) for n/C/T at ..`, `rpz QNAME NXDOMAIN rewrite n/T/C via z`. */
const DENIED = /^query(?: \([^)]*\))? '([^'/]+)\/([^'/]+)\/[^']+' (denied|dropped)/;
const FAILED = /^query failed \(([^)]*)\) for ([^\s/]+)\/([A-Z]+)\/([A-Z0-9]+)/;
const REWRITE = /\b(disabled )?rpz (\S+) (\S+) rewrite ([^\s/]+)(?:\/([A-Z0-9]+)\/[A-Z]+)? via (\S+)/;
const PASSING = /^(?:PASSTHRU|DISABLED)$/;

type Parts = Pick<DnsEvent, 'op' | 'name'> & Partial<DnsEvent>;

/** What a line of a client says; `parts` is undefined for a message that names no domain. BIND 9 ARM, "The logging Statement". */
export function namedClient(text: string): { readonly parts: Parts | undefined } | undefined {
  const client = CLIENT.exec(text);
  if (client === null) return undefined;
  const parts = clientParts(text.slice(client.index + client[0].length), client[3]);
  const asker = compact({ ip: parseIp(client[1] ?? ''), port: parsePort(client[2]) });
  return { parts: parts === undefined ? undefined : { ...parts, client: asker } };
}

function clientParts(body: string, first: string | undefined): Parts | undefined {
  const question = QUESTION.exec(body);
  if (question !== null) {
    const transport = transportOf(question[4] ?? '');
    return compact({ op: 'query' as const, name: nameOf(question[1] ?? ''), qtype: question[3], transport }) as Parts;
  }
  const answer = ANSWER.exec(body);
  if (answer !== null) return answerParts(answer);
  const denied = DENIED.exec(body);
  if (denied !== null) return { op: 'query', name: nameOf(denied[1] ?? ''), qtype: denied[2] ?? '', action: 'deny' };
  const rewrite = REWRITE.exec(body);
  if (rewrite !== null) {
    const [, disabled, trigger = '', policy = '', name = '', qtype, zone = ''] = rewrite;
    const stated = /^[A-Z-]+$/.test(policy) && policy !== 'TCP-ONLY' && !body.includes('failed:');
    const verdict = !stated ? undefined : PASSING.test(policy) ? ('allow' as const) : ('deny' as const);
    // A policy that is disabled only tells what it would have done.
    const action = disabled !== undefined && verdict === 'deny' ? ('alert' as const) : verdict;
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

/** Flags begin with the recursion asked for, `+` or `-`. */
function transportOf(flags: string): DnsEvent['transport'] {
  return /^[+-]\S*T/.test(flags) ? 'tcp' : /^[+-]/.test(flags) ? 'udp' : undefined;
}

function answerParts([, name = '', , qtype, rest = '']: RegExpExecArray): Parts {
  const rcode = / -> ([A-Z]+)/.exec(rest)?.[1] ?? RCODE.exec(rest)?.[1];
  const transport = transportOf(/(?:^| )([+-]\S*)(?= |$)/.exec(rest)?.[1] ?? '');
  return compact({ op: 'answer' as const, name: nameOf(name), qtype, rcode, transport }) as Parts;
}

/** Time, clock and host of a line: the server's own stamp, else the syslog header. */
export function namedTime(
  record: RawRecord,
  context: DecodeContext,
): { clock: string; time: EventTime; host?: string } {
  const own = NAMED_TIME.exec(record.text);
  if (own !== null) {
    const raw = own[1] ?? '';
    return {
      clock: 'print-time',
      time: timeOr(record, parseIso(raw, context.zoneOffsetMin) ?? parseDayMonth(raw, context.zoneOffsetMin), raw),
    };
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
