import { failed, no, yes } from '../../core/decoded.ts';
import { missing } from '../../core/findings/coverage.ts';
import { at, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { decodeEve } from '../../core/products/eve.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { lookAtEve } from './look.ts';

/** Suricata EVE JSON: alerts, drops, flows and application records. */
export const suricataEve: Format = {
  id: 'suricata-eve',
  title: 'Suricata EVE JSON',
  roles: ['violation', 'flow', 'dns'],
  framing: 'auto',
  status: 'real',
  clock: '`timestamp`: packet time, microseconds, offset written without colon; flows carry their own start and end',
  traps: [
    'severity 1 is the highest',
    '`alert.action` is the signature’s, `verdict.action` the final one, `flow.action` that on the rest of the flow',
    'a sensor that only listens sends resets (`verdict.reject`) beside packets that it lets pass',
    'src is the packet’s source: alerts on responses have the server there',
    'flow records are written at flow timeout',
  ],
  claims,
  open,
  look: lookAtEve,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json) || typeof json['timestamp'] !== 'string') return no('no timestamp');
  if (
    json['event_type'] === undefined &&
    at(json, 'alert', 'signature_id') !== undefined &&
    json['flow_id'] !== undefined
  )
    return yes(0.6, 'alert and flow_id of EVE without its event_type');
  if (typeof json['event_type'] !== 'string') return no('no event_type');
  const known = json['flow_id'] !== undefined || json['src_ip'] !== undefined || json['event_type'] === 'stats';
  return known ? yes(0.97, 'event_type, timestamp and flow_id of EVE') : no('event_type alone');
}

function open(_: DecodeContext, held?: unknown): Decoder {
  // The counter runs since the sensor's start: only its rise says that packets were missed lately.
  let drops = typeof held === 'number' ? held : 0;
  const decode = (record: RawRecord): Decoded => {
    const json = tryJson(record.text);
    if (!isObject(json)) return failed('not a JSON object');
    const total = json['event_type'] === 'stats' ? numberOf(at(json, 'stats', 'capture', 'kernel_drops')) : undefined;
    const stamp = total === undefined || total === drops ? undefined : parseIso(textOf(json['timestamp']) ?? '');
    if (total === undefined || stamp === undefined) return decodeEve(json, record, 'suricata-eve');
    const count = total > drops ? total - drops : total;
    drops = total;
    if (count === 0) return decodeEve(json, record, 'suricata-eve');
    const time = eventTime(stamp, { raw: textOf(json['timestamp']) ?? '', basis: 'event', observed: record.observed });
    const host = textOf(json['host']);
    return missing(record, { format: 'suricata-eve', clock: 'timestamp', time, reason: 'dropped', count, host });
  };
  return { decode, held: () => drops };
}
