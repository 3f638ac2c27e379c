import { failed, no, yes } from '../../core/decoded.ts';
import { isObject, type JsonObject, tryJson } from '../../core/json/json.ts';
import { decodeZeek, type ZeekFields, zeekLogOf } from '../../core/products/zeek.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { lookAtZeekJson } from './look.ts';

/** Zeek logs as JSON, one log or many in one stream. */
export const zeekJson: Format = {
  id: 'zeek-json',
  title: 'Zeek logs (JSON)',
  roles: ['flow', 'dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: '`ts`: first packet or request, microseconds UTC; notices and weirds: when they are raised',
  traps: [
    'no verdict anywhere: notices and intelligence hits are alerts',
    'without `_path` the log is told by its fields',
    'conn records are written when the connection ends',
    'for ICMP the port fields hold type and code',
  ],
  claims,
  open: () => ({ decode }),
  look: lookAtZeekJson,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json) || (typeof json['ts'] !== 'number' && typeof json['ts'] !== 'string')) return no('no ts');
  if (json['id.orig_h'] !== undefined || isObject(json['id'])) return yes(0.97, 'ts and id.orig_h of Zeek');
  if (typeof json['_path'] === 'string' && json['_write_ts'] !== undefined) return yes(0.97, '_path and _write_ts');
  if (typeof json['note'] === 'string' && json['note'].includes('::')) return yes(0.96, 'ts and note of notice.log');
  if (zeekLogOf(json, undefined) !== undefined && (json['uid'] ?? json['uids']) !== undefined)
    return yes(0.9, 'ts, uid and log fields');
  const keys = Object.keys(json);
  const traceroute = keys.length === 4 && ['src', 'dst', 'proto'].every((key) => key in json);
  return traceroute ? yes(0.8, 'ts, src, dst, proto of traceroute.log') : no('no tuple of Zeek');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  return isObject(json) ? decodeZeek('zeek-json', record, flat(json), undefined) : failed('not a JSON object');
}

/** Some shippers nest the dotted names. */
function flat(json: JsonObject): ZeekFields {
  const nested = json['id'];
  if (!isObject(nested)) return json;
  const out: Record<string, unknown> = { ...json };
  for (const [key, value] of Object.entries(nested)) out[`id.${key}`] = value;
  return out;
}
