import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import { actionOfPrefix } from '../../core/products/netfilter.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, fromSecondsNanos, parseIso, timeFromObserved } from '../../core/time/time.ts';
import type { Endpoint, NatEvent, NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { isGprint, readGprint } from './gprint.ts';

/** ulogd2 JSON and GPRINT output: NFLOG packet records and NFCT flow records. */
export const ulogd2Json: Format = {
  id: 'ulogd2-json',
  title: 'ulogd2 JSON and GPRINT (NFLOG packets, NFCT flows)',
  roles: ['violation', 'flow', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: '`oob.time.sec/usec` (UTC packet time); `timestamp` is local, with or without an offset by version',
  traps: [
    'the verdict is not in the record: the prefix is free text',
    'flow records are written when conntrack forgets the flow, up to 120 s after its end',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ json, text }: SniffRecord): Sniff {
  if (isGprint(text)) return yes(0.97, 'key=value,... with keys of ulogd2');
  if (!isObject(json)) return no('not a JSON object');
  if (json['oob.prefix'] !== undefined || json['oob.time.sec'] !== undefined)
    return yes(0.98, 'flat oob.* keys of ulogd2');
  if (json['orig.ip.saddr.str'] !== undefined || json['orig.ip.saddr'] !== undefined)
    return yes(0.97, 'flat orig.* tuple of a ulogd2 flow');
  return json['dvc'] !== undefined && json['ip.protocol'] !== undefined
    ? yes(0.9, 'dvc and ip.protocol')
    : no('no oob.* or orig.* keys');
}

function decode(record: RawRecord): Decoded {
  const json = isGprint(record.text) ? readGprint(record.text) : tryJson(record.text);
  if (!isObject(json)) return failed('neither a JSON object nor key=value,...');
  const first = orig(json, 'orig');
  if (first !== undefined) return decodeFlow(record, json, first);
  const src = endpoint(json, 'src_ip', 'src_port');
  const dst = endpoint(json, 'dest_ip', 'dest_port');
  if (src === undefined || dst === undefined) return failed('no src_ip and dest_ip');
  const prefix = textOf(json['oob.prefix'])?.trim();
  const icmpType = numberOf(json['icmp.type']);
  const event: NetworkEvent = compact({
    kind: 'network' as const,
    format: 'ulogd2-json',
    ...timeOf(json, record),
    ref: record.ref,
    host: textOf(json['dvc']) === 'Netfilter' ? record.host : (textOf(json['dvc']) ?? record.host),
    type: 'packet' as const,
    action: actionOfPrefix(prefix ?? ''),
    actionRaw: prefix,
    src,
    dst,
    transport: transportName(textOf(json['ip.protocol'] ?? json['ip6.nexthdr'])),
    rule: prefix === undefined || prefix === '' ? undefined : { name: prefix },
    seq: numberOf(json['tcp.seq']),
    isSyn: isSyn(json) ? (true as const) : undefined,
    ipId: numberOf(json['ip.id']),
    icmp:
      icmpType === undefined
        ? undefined
        : compact({ type: icmpType, code: numberOf(json['icmp.code']), id: numberOf(json['icmp.echoid']) }),
    inIf: textOf(json['oob.in']),
    outIf: textOf(json['oob.out']),
    uid: numberOf(json['oob.uid']),
  });
  return decoded(event);
}

function isSyn(json: JsonObject): boolean {
  return numberOf(json['tcp.syn']) === 1 && numberOf(json['tcp.ack']) === 0;
}

function endpoint(json: JsonObject, ipKey: string, portKey: string): Endpoint | undefined {
  const ip = parseIp(textOf(json[ipKey]) ?? '');
  return ip === undefined ? undefined : compact({ ip, port: parsePort(json[portKey]) });
}

function orig(json: JsonObject, side: 'orig' | 'reply'): { src: Endpoint; dst: Endpoint } | undefined {
  const src = endpoint(
    json,
    json[`${side}.ip.saddr.str`] === undefined ? `${side}.ip.saddr` : `${side}.ip.saddr.str`,
    `${side}.l4.sport`,
  );
  const dst = endpoint(
    json,
    json[`${side}.ip.daddr.str`] === undefined ? `${side}.ip.daddr` : `${side}.ip.daddr.str`,
    `${side}.l4.dport`,
  );
  return src === undefined || dst === undefined ? undefined : { src, dst };
}

function decodeFlow(record: RawRecord, json: JsonObject, first: { src: Endpoint; dst: Endpoint }): Decoded {
  const reply = orig(json, 'reply');
  const start = epoch(json, 'flow.start');
  const end = epoch(json, 'flow.end');
  const stamp = start ?? end;
  if (reply === undefined) return failed('flow without a reply tuple');
  const time =
    stamp === undefined
      ? timeFromObserved(record.observed)
      : eventTime(stamp, {
          raw: `${textOf(json['flow.start.sec']) ?? ''}.${textOf(json['flow.start.usec']) ?? ''}`,
          basis: 'flow-start',
          hi: (end ?? stamp).at,
        });
  const event: NatEvent = compact({
    kind: 'nat' as const,
    format: 'ulogd2-json',
    clock: 'flow.start',
    time,
    ref: record.ref,
    host: record.host,
    phase: 'session' as const,
    transport: transportName(textOf(json['orig.ip.protocol'])) ?? 'tcp',
    src: first.src,
    dst: first.dst,
    replySrc: reply.src,
    replyDst: reply.dst,
    id: textOf(json['ct.id']),
  });
  return decoded(event);
}

function epoch(json: JsonObject, key: string): Stamp | undefined {
  const seconds = textOf(json[`${key}.sec`]);
  return seconds === undefined || seconds === '0'
    ? undefined
    : fromSecondsNanos(seconds, (numberOf(json[`${key}.usec`]) ?? 0) * 1000);
}

function timeOf(json: JsonObject, record: RawRecord): Pick<NetworkEvent, 'time' | 'clock'> {
  const stamp = epoch(json, 'oob.time');
  const text = textOf(json['timestamp']);
  const local = text === undefined ? undefined : parseIso(text);
  if (stamp !== undefined) {
    const raw = `${textOf(json['oob.time.sec']) ?? ''}.${String(json['oob.time.usec'] ?? 0).padStart(6, '0')}`;
    return {
      clock: 'oob.time',
      time: eventTime(stamp, { raw, basis: 'packet', beforeUs: 10_000, observed: record.observed }),
    };
  }
  if (local !== undefined)
    return {
      clock: 'timestamp',
      time: eventTime(local, { raw: text ?? '', basis: 'packet', beforeUs: 10_000, observed: record.observed }),
    };
  return { clock: 'none', time: timeFromObserved(record.observed) };
}
