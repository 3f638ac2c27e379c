import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { isObject, textOf, tryJson } from '../../core/json.ts';
import { zeekEvent, zeekFields } from '../../core/zeek.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Zeek logs as JSON, one object a line. */
export const zeekJson: Format = {
  id: 'zeek-json',
  title: 'Zeek logs (JSON)',
  roles: ['flow', 'dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: '`ts`: first packet (conn), first request (http, dns, ssl), moment of raising (notice, weird)',
  traps: [
    'conn is written when the connection ends',
    'no verdicts: conn_state is an observation',
    'files may mix logs; without `_path` the fields tell which',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json) || json['ts'] === undefined) return no('no ts');
  const nested = isObject(json['id']) && json['id']['orig_h'] !== undefined;
  if (json['id.orig_h'] !== undefined || nested) return yes(0.97, 'ts and id.orig_h of Zeek');
  if (json['_path'] !== undefined && json['_write_ts'] !== undefined) return yes(0.97, '_path and _write_ts of Zeek');
  const notice = json['note'] !== undefined && (json['actions'] !== undefined || json['peer_descr'] !== undefined);
  if (notice) return yes(0.95, 'note and actions of a Zeek notice');
  if (json['uid'] !== undefined || (json['name'] !== undefined && json['peer'] !== undefined))
    return yes(0.7, 'ts with uid or peer');
  return typeof json['src'] === 'string' && typeof json['dst'] === 'string' && json['proto'] !== undefined
    ? yes(0.6, 'ts, src, dst, proto')
    : no('no Zeek ids');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  if (!isObject(json)) return failed('not a JSON object');
  const log = textOf(json['_path']) ?? '';
  const event = zeekEvent(zeekFields(json), log, record, 'zeek-json');
  if (event === undefined) return failed('no usable ts');
  return hasPeer(event) ? decoded(event) : skipped('Zeek record without addresses');
}

function hasPeer(event: { src: { ip?: string }; dst: { ip?: string } }): boolean {
  return event.src.ip !== undefined || event.dst.ip !== undefined;
}
