import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { isObject, textOf, tryJson } from '../../core/json/json.ts';
import { awfEvent } from '../../core/products/awf.ts';
import { parseEpoch, parseIso } from '../../core/time/time.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Audit log of gh-aw-firewall, one JSON object a line. */
export const squidAwfJsonl: Format = {
  id: 'squid-awf-jsonl',
  title: 'gh-aw-firewall audit log (JSON)',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: '`ts` epoch ms (or `timestamp` ISO) at the END of the transaction',
  traps: ['Squid does not escape the URL: a hostile one breaks the line', 'the client has no port'],
  claims,
  open: () => ({ decode }),
};

function claims({ text, json }: SniffRecord): Sniff {
  if (isObject(json)) {
    if (typeof json['_schema'] === 'string' && /^audit\/v/.test(json['_schema'])) return yes(0.98, '_schema audit/v');
    const own = ['client', 'host', 'dest', 'decision', 'url'].every((key) => typeof json[key] === 'string');
    return own ? yes(0.96, 'client, host, dest, decision, url') : no('not its object');
  }
  return /^\{"_schema":"audit\/v/.test(text) ? yes(0.9, 'broken line of the audit log') : no('no JSON');
}

/** Value of a key in a line whose URL broke the JSON; the fields before the URL are safe. */
function fieldOf(text: string, key: string): string | undefined {
  return new RegExp(`"${key}":"?([^",}]{1,255})`).exec(text)?.[1];
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const object = isObject(json) ? json : undefined;
  if (object === undefined && !record.text.startsWith('{"')) return failed('no JSON object');
  const field = (key: string): string => (object === undefined ? fieldOf(record.text, key) : textOf(object[key])) ?? '';
  if (field('client') === '' || field('decision') === '')
    return object === undefined ? failed('no audit record') : skipped('another event of the proxy');
  const ts = /"ts"\s*:\s*"?([\d.]+)/.exec(record.text)?.[1];
  const raw = ts ?? field('timestamp');
  const stamp = ts === undefined ? parseIso(raw) : parseEpoch(ts);
  if (stamp === undefined) return failed('no time');
  const awf = {
    client: field('client'),
    host: field('host'),
    dest: field('dest'),
    method: field('method'),
    status: field('status'),
    decision: field('decision'),
    url: object === undefined ? (/"url":"(.*)"\}?\s*$/.exec(record.text)?.[1] ?? '') : field('url'),
    userAgent: field('user_agent') || undefined,
  };
  const clock = ts === undefined ? 'timestamp' : 'ts';
  return decoded(awfEvent('squid-awf-jsonl', awf, { stamp, raw, clock }, record));
}
