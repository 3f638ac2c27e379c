import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { domainName, parseIp, parsePort, splitHostPort } from '../../core/ip.ts';
import { compact } from '../../core/json.ts';
import { parseSyslog } from '../../core/syslog.ts';
import { eventTime, parseDayMonth, timeFromObserved } from '../../core/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE =
  /(?:^|\s)(\[?[0-9a-fA-F.:]+\]?):(\d+) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3})\] (\S+) (\S+)\/(\S*) ([-\d+/]+) (?:(\d{3}|-1) )?(\d+) .*?([A-Za-z-]{2,4}) \d+\/\d+\/\d+\/\d+\/\+?\d+ \d+\/\d+(?: \{([^}]*)\})?(?: \{[^}]*\})?(?: "([^"]*)"?)?/;
const CONNECT = /Connect from ([0-9a-fA-F.:]+):(\d+) to ([0-9a-fA-F.:]+):(\d+) \(([^)]*)\)/;
const ERROR =
  /(?:^|\s)(\[?[0-9a-fA-F.:]+\]?):(\d+) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3})\] (\S+): (.+)$/;

/** HAProxy HTTP, TCP, error and plain connect lines. */
export const haproxy: Format = {
  id: 'haproxy',
  title: 'HAProxy log (HTTP, TCP, connect)',
  roles: ['flow', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: 'accept date in brackets: milliseconds, local time; written at the end of the session',
  traps: ['custom log-format changes everything', 'the real server’s address is not in the line, only its name'],
  claims: ({ text }: SniffRecord): Sniff => {
    if (LINE.test(text)) return yes(0.95, 'client [accept date] frontend backend/server timers');
    if (CONNECT.test(text) || (ERROR.test(text) && text.includes('haproxy')))
      return yes(0.9, 'HAProxy connect or error line');
    return /\bhaproxy\[\d+\]:/.test(text) ? yes(0.85, 'haproxy tag') : no('no HAProxy line');
  },
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const match = LINE.exec(record.text);
  if (match !== null) return decoded(session(match, record, context));
  const header = parseSyslog(record.text, context.reference, context.zoneOffsetMin);
  const time =
    header?.stamp === undefined
      ? timeFromObserved(record.observed)
      : eventTime(header.stamp, { raw: header.rawTime, basis: 'event', observed: record.observed });
  const common = {
    kind: 'network' as const,
    format: 'haproxy',
    clock: 'header',
    ref: record.ref,
    host: header?.host ?? record.host,
    type: 'flow' as const,
    action: 'unknown' as const,
    initiator: 'src' as const,
  };
  const connect = CONNECT.exec(record.text);
  if (connect !== null) {
    const [, from = '', fromPort, to = '', toPort] = connect;
    return decoded(
      compact({
        ...common,
        time,
        src: compact({ ip: parseIp(from), port: parsePort(fromPort) }),
        dst: compact({ ip: parseIp(to), port: parsePort(toPort) }),
      }),
    );
  }
  const error = ERROR.exec(record.text);
  if (error !== null) {
    const [, from = '', fromPort, raw = ''] = error;
    const stamp = parseDayMonth(raw, context.zoneOffsetMin);
    const own =
      stamp === undefined ? time : eventTime(stamp, { raw, basis: 'request-start', observed: record.observed });
    return decoded(
      compact({
        ...common,
        clock: 'accept',
        time: own,
        src: compact({ ip: parseIp(from.replace(/^\[|\]$/g, '')), port: parsePort(fromPort) }),
        dst: {},
      }),
    );
  }
  return /\bhaproxy\b/.test(record.text)
    ? skipped('HAProxy message that is no session')
    : failed('not an HAProxy line');
}

function session(match: RegExpExecArray, record: RawRecord, context: DecodeContext): NetworkEvent {
  const [, ip = '', port, raw = '', frontend, backend, server, timers = '', status, , state, captured, request] = match;
  const stamp = parseDayMonth(raw, context.zoneOffsetMin);
  const total = Number(timers.split('/').at(-1)?.replace('+', '') ?? '0');
  const header = parseSyslog(record.text, context.reference, context.zoneOffsetMin);
  const [method, url] = request?.split(' ') ?? [];
  const host = captured?.split('|')[0];
  const shown = host === undefined || host === '' ? undefined : splitHostPort(host).host;
  return compact({
    kind: 'network' as const,
    format: 'haproxy',
    clock: 'accept',
    time:
      stamp === undefined
        ? timeFromObserved(record.observed)
        : eventTime(stamp, {
            raw,
            basis: 'request-start',
            hi: (stamp.at + Math.max(0, total) * 1000) as typeof stamp.at,
            observed: header?.stamp?.at ?? record.observed,
          }),
    ref: record.ref,
    host: header?.host ?? record.host,
    type: request === undefined ? ('flow' as const) : ('proxy' as const),
    action: state?.startsWith('PR') ? ('deny' as const) : ('unknown' as const),
    actionRaw: state,
    src: compact({ ip: parseIp(ip.replace(/^\[|\]$/g, '')), port: parsePort(port) }),
    dst: compact({ domain: domainName(shown) }),
    initiator: 'src' as const,
    transport: 'tcp',
    rule: undefined,
    http:
      request === undefined
        ? undefined
        : compact({ method, url, host: shown, status: status === undefined ? undefined : Number(status) }),
    observer: `${frontend ?? ''} ${backend ?? ''}/${server ?? ''}`,
  });
}
