import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { headerOf, verdictOf } from '../../core/network/device.ts';
import { authorityOf, targetOf } from '../../core/network/forward-proxy.ts';
import { domainName, parseIp, parsePort } from '../../core/network/ip.ts';
import { networkEvent, stampOf } from '../../core/network/network.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, parseDayMonth, timeFromObserved } from '../../core/time/time.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

/** `client:port [accept date] frontend ...`, behind any header. */
const LINE = /(?:^|[\s>])([^\s<>]+):(\d{1,5}) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d(?:\.\d{1,6})?)\] (.*)$/s;
/** frontend backend/server timers [status] bytes ... termination state. */
const BODY = /^(\S+) ([^\s/]+)\/(\S*) ((?:[+-]?\d+\/)+[+-]?\d+) (?:([+-]?\d+) )?(\+?\d+) (.*)$/s;
const ERROR = /^([^\s/]+)\/(\S+): (\S.*)$/s;
const CONNECT = /(?:^|\s)Connect from (\S+):(\d{1,5}) to (\S+):(\d{1,5}) \((\S+)\/(\w+)\)/;
const STATE = /(?:^|\s)([A-Za-z-]{2}(?:[A-Za-z-]{2})?)\s+\d+\/\d+\/\d+\/\d+\/\+?\d+\s/;
const REQUEST = /"([A-Z]+) ([^\s"]*)/;
const SNI = /(?:^|\s)([A-Za-z0-9.-]+)\/(?:TLS|SSL)v[\d.]+\//;

/** HAProxy HTTP, HTTPS, TCP and error lines, and the JSON of HAProxy Enterprise. */
export const haproxy: Format = {
  id: 'haproxy',
  title: 'HAProxy log',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'accept date in brackets: local time with ms; the line is written when the session ends',
  traps: [
    'no destination address: backend and server are names',
    'a refusal shows only as termination state PR-- with status 403',
    'the syslog header is the end, the bracket the start',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  const line = LINE.exec(text);
  if (line !== null && (BODY.test(line[4] ?? '') || ERROR.test(line[4] ?? '')))
    return yes(0.95, 'client:port [accept date] frontend');
  if (/\b(?:haproxy|hapee-lb)\[\d+\]: /.test(text)) return yes(0.96, 'haproxy tag');
  return CONNECT.test(text) ? yes(0.9, 'Connect from a:p to b:q (frontend/MODE)') : no('not a HAProxy line');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const line = LINE.exec(record.text);
  if (line !== null) return decodeLine(record, line, context);
  const header = headerOf(record, context);
  const host = header.host ?? record.host;
  const time =
    header.stamp === undefined
      ? timeFromObserved(record.observed)
      : eventTime(header.stamp, { raw: header.rawTime, basis: 'emit', observed: record.observed });
  const base = { format: 'haproxy', clock: 'header', time, host, type: 'proxy' as const, initiator: 'src' as const };
  const connect = CONNECT.exec(record.text);
  if (connect !== null) {
    const [, srcIp = '', srcPort, dstIp = '', dstPort, frontend] = connect;
    const src = pair(srcIp, srcPort);
    return decoded(
      networkEvent(record, {
        ...base,
        action: 'unknown',
        src,
        dst: pair(dstIp, dstPort),
        transport: 'tcp',
        zoneIn: frontend,
      }),
    );
  }
  const json = jsonOf(record.text);
  if (json !== undefined) return decoded(jsonEvent(record, json, base));
  return /\b(?:haproxy|hapee)/.test(record.text) ? skipped('message that is no session') : failed('not a HAProxy line');
}

function decodeLine(record: RawRecord, line: RegExpExecArray, context: DecodeContext): Decoded {
  const [, client = '', port, raw = '', rest = ''] = line;
  const stamp = parseDayMonth(raw, context.zoneOffsetMin);
  if (stamp === undefined) return failed('the accept date is none');
  const header = headerOf(record, context);
  const body = BODY.exec(rest);
  const base = {
    format: 'haproxy',
    clock: 'accept-date',
    time: eventTime(stamp, {
      raw,
      basis: 'request-start',
      hi: endOf(stamp, body?.[4]),
      observed: header.stamp?.at ?? record.observed,
    }),
    host: header.stamp === undefined ? record.host : (header.host ?? record.host),
    type: 'proxy' as const,
    src: pair(client, port),
    initiator: 'src' as const,
    transport: 'tcp',
  };
  if (body === null) {
    const error = ERROR.exec(rest);
    return error === null
      ? failed('no backend and no error behind the accept date')
      : decoded(
          networkEvent(record, { ...base, action: 'unknown', dst: {}, zoneIn: error[1], state: error[3]?.trim() }),
        );
  }
  return decoded(networkEvent(record, { ...base, ...sessionOf(body) }));
}

/** Timers are milliseconds, the last one the total; -1 where a phase was not reached. */
function endOf(stamp: Stamp, timers: string | undefined): Micros {
  const total = Number(timers?.split('/').at(-1) ?? '0');
  return (stamp.at + Math.max(0, total) * 1000 + stamp.stepUs) as Micros;
}

function sessionOf(body: RegExpExecArray): Pick<NetworkEvent, 'action' | 'dst'> & Partial<NetworkEvent> {
  const [, frontend = '', backend = '', server = '', , code, bytes, tail = ''] = body;
  const state = STATE.exec(` ${tail}`)?.[1];
  const request = REQUEST.exec(tail);
  const method = request?.[1];
  const target = request === null ? {} : targetOf(method ?? '', request[2] ?? '');
  const domain = target.domain ?? domainName(SNI.exec(tail)?.[1]);
  const status = code === undefined ? undefined : Number(code);
  // P: the proxy itself ended it; R: while reading the request, which is where deny rules act.
  const refused = state?.startsWith('PR') === true && (status === undefined || status === 403 || status === 429);
  const reached = server !== '' && !server.startsWith('<') && !/^[SPR][CHR]/.test(state ?? '');
  return compact({
    action: refused ? ('deny' as const) : reached ? ('allow' as const) : ('unknown' as const),
    actionRaw: state,
    dst: compact({ ...target, domain }),
    http:
      request === null
        ? undefined
        : compact({
            method,
            url: request[2],
            host: domain,
            status: status === undefined || status < 0 ? undefined : status,
          }),
    bytes: { toSrc: Number(bytes) },
    zoneIn: frontend.replace(/~$/, ''),
    zoneOut: `${backend}/${server}`,
    state,
  }) as ReturnType<typeof sessionOf>;
}

function pair(ip: string, port: string | undefined): Endpoint {
  return compact({ ip: parseIp(ip.replace(/^\[|\]$/g, '').replace(/^::ffff:/i, '')), port: parsePort(port) });
}

function jsonOf(text: string): unknown {
  const brace = text.indexOf('{');
  const json = brace < 0 ? undefined : tryJson(text.slice(brace));
  return isObject(json) && textOf(json['ip']) !== undefined && json['tt'] !== undefined ? json : undefined;
}

type Base = Pick<NetworkEvent, 'format' | 'clock' | 'time' | 'type' | 'initiator'> & {
  readonly host: string | undefined;
};

function jsonEvent(record: RawRecord, json: unknown, base: Base): NetworkEvent {
  const word = (key: string): string | undefined => textOf(at(json, key));
  const stamp = stampOf(at(json, 'date'));
  const totalMs = numberOf(at(json, 'tt')) ?? 0;
  const own =
    stamp === undefined
      ? {}
      : {
          clock: 'date',
          time: eventTime(stamp, {
            raw: word('date') ?? '',
            basis: 'request-start',
            hi: (stamp.at + totalMs * 1000) as Micros,
            observed: record.observed,
          }),
        };
  const name = word('fqdn');
  return networkEvent(record, {
    ...base,
    ...own,
    action: verdictOf(word('action')) ?? 'unknown',
    actionRaw: word('action'),
    src: pair(word('ip') ?? '', word('port')),
    dst: name === undefined ? {} : authorityOf(name),
    transport: 'tcp',
    http: compact({
      method: word('meth'),
      url: word('path'),
      host: name,
      status: numberOf(at(json, 'code')),
      userAgent: word('ua'),
    }),
    zoneOut: word('backend'),
    state: word('state'),
  });
}
