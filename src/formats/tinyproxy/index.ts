import { decoded, foreign, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseSyslog } from '../../core/lines/syslog.ts';
import { targetOf } from '../../core/network/forward-proxy.ts';
import { domainName, parseIp } from '../../core/network/ip.ts';
import { networkEvent } from '../../core/network/network.ts';
import { eventTime, parseMonthDay, timeFromObserved } from '../../core/time/time.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { Connections, type Request } from './connections.ts';

/** `CONNECT   Jan 10 10:00:00.123 [1]: message`, before the pid the program's name in some builds. */
const OWN =
  /^(CRITICAL|ERROR|WARNING|NOTICE|CONNECT|INFO|DEBUG) +([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) (?:tinyproxy)?\[(\d+)\]: (.*)$/;
const OPENED = /^Connect \(file descriptor (\d+)\): (\S+)(?: \[([^\]]+)\]| at \[[^\]]+\])?\s*$/;
const REQUESTED = /^Request \(file descriptor (\d+)\): ([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?\s*$/;
const ESTABLISHED = /^Established connection to (?:host|\S+ proxy) "([^"]+)" using file descriptor \d+/;
const FILTERED = /^Proxying refused on filtered (?:domain|url) "([^"]*)"/;
const UNWELCOME = /^Unauthorized connection from "([^"]*)"(?: \[([^\]]+)\])?/;
const BAD_PORT = /^Refused CONNECT method on port (\d+)/;

/** Tinyproxy, its own log file or syslog. tinyproxy.conf(5), "LogFile", "LogLevel", "Filter", "Allow", "ConnectPort". */
export const tinyproxy: Format = {
  id: 'tinyproxy',
  title: 'Tinyproxy log',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'local time without year and zone; milliseconds since version 1.10',
  traps: [
    'a refusal names the host alone: who asked stands in the request before it, which the level `Connect` logs',
    'the client’s port is never logged',
    'a filtered CONNECT is answered with 403 in most versions, dropped in others: the log says the same',
  ],
  claims,
  open,
  isInOrder: true,
};

function claims({ text }: SniffRecord): Sniff {
  const message = messageOf(text)?.text;
  if (message === undefined) return no('no line of Tinyproxy');
  return /\btinyproxy\[/.test(text) || isOwn(message)
    ? yes(0.97, 'level, time and a message of Tinyproxy')
    : yes(0.5, 'level and time as Tinyproxy writes them');
}

function isOwn(message: string): boolean {
  return [OPENED, REQUESTED, ESTABLISHED, FILTERED, UNWELCOME, BAD_PORT].some((pattern) => pattern.test(message));
}

interface Message {
  readonly pid: string;
  readonly raw: string;
  readonly text: string;
  readonly host?: string;
}

/** A line of its own file, or of syslog, where the levels are the header's. */
function messageOf(text: string): Message | undefined {
  const own = OWN.exec(text);
  if (own !== null) return { pid: own[3] ?? '', raw: own[2] ?? '', text: own[4] ?? '' };
  const tag = /\btinyproxy\[(\d+)\]: (.*)$/.exec(text);
  return tag === null ? undefined : { pid: tag[1] ?? '', raw: '', text: tag[2] ?? '' };
}

function open(context: DecodeContext, held?: unknown): Decoder {
  const connections = new Connections(held);
  const decode = (record: RawRecord): Decoded => {
    const message = messageOf(record.text);
    if (message === undefined) return foreign();
    const { pid, text } = message;
    const opened = OPENED.exec(text);
    if (opened !== null) {
      const left = connections.open(pid, opened[1] ?? '', parseIp(opened[3] ?? '') ?? parseIp(opened[2] ?? ''));
      return left === undefined ? decoded() : decoded(unanswered(left));
    }
    const asked = REQUESTED.exec(text);
    if (asked !== null) {
      const [, fd = '', method = '', url = ''] = asked;
      const target = targetOf(method, url);
      if (target.ip === undefined && target.domain === undefined) return skipped('request without a host');
      const base = { ...baseOf(record, message, context), dst: target };
      connections.ask(pid, fd, { base, method, url, host: hostOf(target) });
      return decoded();
    }
    return answer(record, message, connections, context);
  };
  return { decode, flush: () => connections.rest().map(unanswered), held: () => connections.byPlace };
}

function answer(record: RawRecord, message: Message, connections: Connections, context: DecodeContext): Decoded {
  const { pid, text } = message;
  const base = baseOf(record, message, context);
  const established = ESTABLISHED.exec(text)?.[1];
  const filtered = FILTERED.exec(text)?.[1];
  if (established !== undefined || filtered !== undefined) {
    const end = endOf(established ?? filtered ?? '');
    const request = connections.answer(pid, hostOf(end));
    if (established !== undefined && request === undefined) return skipped('connection whose request is not there');
    const action = filtered === undefined ? ('allow' as const) : ('deny' as const);
    const rule = filtered === undefined ? undefined : { name: 'Filter' };
    return decoded(
      request === undefined
        ? event({ ...base, dst: end }, { action, rule })
        : event(request.base, { action, rule, request, at: base }),
    );
  }
  const [, name = '', ip = name] = UNWELCOME.exec(text) ?? [];
  if (name !== '') {
    const src = compact({ ip: parseIp(ip) });
    return decoded(event({ ...base, src, dst: {} }, { action: 'deny', rule: { name: 'Allow' } }));
  }
  const port = BAD_PORT.exec(text)?.[1];
  if (port === undefined) return skipped('message that is no request');
  const request = connections.answerPort(pid, Number(port));
  const given = request?.base ?? { ...base, dst: { port: Number(port) } };
  return decoded(event(given, { action: 'deny', rule: { name: 'ConnectPort' }, request, at: base }));
}

/** What was asked for, and never answered in this log: the far end was not reached, or the level hides it. */
function unanswered(request: Request): NetworkEvent {
  return event(request.base, { action: 'unknown', request });
}

type Base = Request['base'];

interface Verdict {
  readonly action: NetworkEvent['action'];
  readonly rule?: NetworkEvent['rule'];
  readonly request?: Request | undefined;
  /** The line that says so. */
  readonly at?: Omit<Base, 'dst'>;
}

function event(base: Base, { action, rule, request, at }: Verdict): NetworkEvent {
  const { record, time, host, src, dst } = base;
  const end = at === undefined || at.time.at < time.at ? time.hi : at.time.hi;
  return networkEvent(at?.record ?? record, {
    format: 'tinyproxy',
    clock: 'log',
    time: { ...time, hi: end },
    host: host ?? record.host,
    type: 'proxy',
    action,
    src: request?.client === undefined ? (src ?? {}) : { ip: request.client },
    dst,
    initiator: 'src',
    transport: 'tcp',
    direction: 'outbound',
    rule,
    http: request === undefined ? undefined : compact({ method: request.method, url: request.url, host: dst.domain }),
  });
}

function baseOf(record: RawRecord, message: Message, context: DecodeContext): Omit<Base, 'dst'> {
  const header = message.raw === '' ? parseSyslog(record.text, context.reference, context.zoneOffsetMin) : undefined;
  return compact({ record, time: timeOf(record, message.raw, header, context), host: header?.host }) as Omit<
    Base,
    'dst'
  >;
}

function timeOf(
  record: RawRecord,
  own: string,
  header: ReturnType<typeof parseSyslog>,
  context: DecodeContext,
): EventTime {
  const stamp = own === '' ? header?.stamp : parseMonthDay(own, context.reference, context.zoneOffsetMin);
  if (stamp === undefined) return timeFromObserved(record.observed);
  return eventTime(stamp, { raw: own || (header?.rawTime ?? ''), basis: 'request-start', observed: record.observed });
}

/** Filters look at hosts, or at whole URLs, which name a port. */
function endOf(text: string): Endpoint {
  return text.includes('://')
    ? targetOf('GET', text)
    : compact({ ip: parseIp(text), domain: domainName(text.replace(/:\d+$/, '')) });
}

const hostOf = ({ ip, domain }: Endpoint): string => domain ?? ip ?? '';
