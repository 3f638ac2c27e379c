import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { type Alert, alertEvent, endpointOfCells, endpointOfPair } from '../../core/network/ids.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, fromSecondsNanos, parseSlashed } from '../../core/time/time.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Snort 3 `alert_json`. */
export const snortJson: Format = {
  id: 'snort-json',
  title: 'Snort 3 alert_json',
  roles: ['violation'],
  framing: 'auto',
  status: 'real',
  clock: '`seconds`: epoch of the packet; the fraction is taken from `timestamp`, which is local and has no year',
  traps: ['`timestamp` alone is local and year-less', 'fields are chosen by configuration', 'action is the packet’s'],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('no JSON object');
  const rule = typeof json['rule'] === 'string' && /^\d+:\d+:\d+$/.test(json['rule']);
  const sid = json['sid'] !== undefined && json['gid'] !== undefined;
  const ends = json['src_ap'] !== undefined || json['src_addr'] !== undefined;
  return ends && (rule || sid) ? yes(0.97, 'gid:sid:rev beside src_addr or src_ap') : no('no rule and endpoints');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const json = tryJson(record.text);
  if (!isObject(json)) return failed('not a JSON object');
  const [gid, sid, rev] = textOf(json['rule'])?.split(':') ?? [];
  const alert: Alert = {
    gid: textOf(json['gid']) ?? gid ?? '1',
    sid: textOf(json['sid']) ?? sid ?? '',
    rev: textOf(json['rev']) ?? rev ?? '0',
    name: textOf(json['msg']),
    category: json['class'] === 'none' ? undefined : textOf(json['class']),
    priority: textOf(json['priority']),
    transport: textOf(json['proto']),
    src: endpoint(json, 'src'),
    dst: endpoint(json, 'dst'),
  };
  if (alert.sid === '' || alert.src.ip === undefined) return failed('no rule or no source');
  const raw = textOf(json['timestamp']) ?? textOf(json['seconds']) ?? '';
  const stamp = stampOf(json, raw, context);
  if (stamp === undefined) return failed('no time');
  return decoded(
    alertEvent(record, alert, {
      format: 'snort-json',
      clock: json['seconds'] === undefined ? 'timestamp' : 'seconds',
      time: eventTime(stamp, { raw, basis: 'packet', observed: record.observed }),
      actionRaw: textOf(json['action']),
      ruleId: alert.sid,
      more: packetFields(json),
    }),
  );
}

function endpoint(json: JsonObject, side: 'src' | 'dst'): Endpoint {
  const address = textOf(json[`${side}_addr`]);
  return address === undefined
    ? endpointOfPair(textOf(json[`${side}_ap`]) ?? '')
    : endpointOfCells(address, textOf(json[`${side}_port`]));
}

function stampOf(json: JsonObject, raw: string, context: DecodeContext): Stamp | undefined {
  const local = parseSlashed(raw, context.reference, context.zoneOffsetMin);
  const seconds = numberOf(json['seconds']);
  if (seconds === undefined || !Number.isInteger(seconds)) return local;
  const whole = fromSecondsNanos(seconds, 0);
  if (local === undefined) return { ...whole, stepUs: 1_000_000 };
  // Both name one instant; zones are whole minutes, so the fraction is the same.
  return { ...fromSecondsNanos(seconds, (local.at % 1_000_000) * 1000), stepUs: local.stepUs };
}

function packetFields(json: JsonObject): Partial<NetworkEvent> {
  const type = numberOf(json['icmp_type']);
  const direction = textOf(json['dir']);
  return compact({
    seq: numberOf(json['tcp_seq']),
    ipId: numberOf(json['ip_id']),
    icmp:
      type === undefined
        ? undefined
        : compact({ type, code: numberOf(json['icmp_code']), id: numberOf(json['icmp_id']) }),
    inIf: textOf(json['iface']),
    initiator: direction === 'C2S' ? ('src' as const) : direction === 'S2C' ? ('dst' as const) : undefined,
  });
}
