import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact, compactOver } from '../../core/json/json.ts';
import { parseSyslog } from '../../core/lines/syslog.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { eventTime, timeFromObserved } from '../../core/time/time.ts';
import type { DnsEvent, Endpoint } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const EXTRA = /^(\d+) (\S+)\/(\d+) (.*)$/;
const QUERY = /^query\[([A-Za-z0-9=-]+)\] (\S+) from (\S+)$/;
const FORWARD = /^forwarded (\S+) to ([^\s#]+)(?:#\d+)?$/;
/** Pi-hole's lists. */
const BLOCKED = /^(gravity blocked|(?:exactly |regex )?(?:denied|blacklisted)) (\S+) is (\S+)/;
/** `config` is the configuration's `address=`, a path a hosts file: both are lists of what is blocked where they answer with no address. */
const ANSWER = /^(reply|cached|config|cached-stale|\/\S+) (\S+) is (.+)$/;

/** dnsmasq with `log-queries` (plain or `extra`), under a syslog header. */
export const dnsmasq: Format = {
  id: 'dnsmasq',
  title: 'dnsmasq query log',
  roles: ['dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header: local time, one second, no year, no zone',
  traps: [
    'only log-queries=extra names the client port and joins query, forward and answer by serial',
    'forwarded once per packet sent upstream',
    'cached answers go nowhere',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (/\bdnsmasq(?:\[\d+\])?: /.test(text)) return yes(0.97, 'dnsmasq tag');
  return no('no dnsmasq tag');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const header = parseSyslog(record.text, context.reference, context.zoneOffsetMin);
  const tagged = header?.tag === 'dnsmasq' ? header.message : /\bdnsmasq(?:\[\d+\])?: (.*)$/.exec(record.text)?.[1];
  const message = tagged?.trimEnd();
  if (message === undefined) return failed('no dnsmasq tag');
  const extra = EXTRA.exec(message);
  const serial = extra?.[1];
  const body = extra?.[4] ?? message;
  const client: Endpoint | undefined =
    extra === null ? undefined : compact({ ip: parseIp(extra[2] ?? ''), port: parsePort(extra[3]) });
  const time =
    header?.stamp === undefined
      ? timeFromObserved(record.observed)
      : eventTime(header.stamp, { raw: header.rawTime, basis: 'event', observed: record.observed });
  const common = {
    kind: 'dns' as const,
    format: 'dnsmasq',
    clock: 'header',
    time,
    ref: record.ref,
    host: header?.host ?? record.host,
    serial,
  };
  const query = QUERY.exec(body);
  if (query !== null) {
    const [, qtype, name = '', from = ''] = query;
    return decoded(
      event(common, { op: 'query', name: clean(name), qtype, client: client ?? compact({ ip: parseIp(from) }) }),
    );
  }
  const forward = FORWARD.exec(body);
  if (forward !== null)
    return decoded(
      event(common, { op: 'forward', name: clean(forward[1] ?? ''), upstream: parseIp(forward[2] ?? ''), client }),
    );
  const blocked = BLOCKED.exec(body);
  if (blocked !== null) {
    const rule = { name: blocked[1] ?? '' };
    return decoded(event(common, { op: 'answer', name: clean(blocked[2] ?? ''), client, action: 'deny', rule }));
  }
  const answer = ANSWER.exec(body);
  if (answer === null) return skipped('dnsmasq message that is no query');
  const [, source = '', name = '', result = ''] = answer;
  const ip = parseIp(result);
  const isBlocked = (result === '0.0.0.0' || result === '::') && /^(?:config$|\/)/.test(source);
  return decoded(
    event(common, {
      op: 'answer',
      name: clean(name),
      client,
      answers: ip === undefined ? undefined : [ip],
      rcode: ip === undefined ? rcodeOf(result) : undefined,
      ...(isBlocked ? { action: 'deny' as const, rule: { name: source } } : {}),
    }),
  );
}

type Given = 'kind' | 'format' | 'clock' | 'time' | 'ref';
type Common = Pick<DnsEvent, Given> & { readonly host: string | undefined; readonly serial: string | undefined };
type Own = { [K in keyof DnsEvent]?: DnsEvent[K] | undefined } & Pick<DnsEvent, 'op' | 'name'>;

function event(common: Common, own: Omit<Own, keyof Common>): DnsEvent {
  return compactOver(common, own);
}

function clean(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function rcodeOf(text: string): string | undefined {
  return /\b(NXDOMAIN|REFUSED|SERVFAIL|NODATA(?:-\w+)?)\b/.exec(text)?.[1];
}
