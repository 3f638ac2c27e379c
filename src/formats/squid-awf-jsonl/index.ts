import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { isObject, textOf, tryJson } from '../../core/json.ts';
import { stampOf } from '../../core/network.ts';
import { awfEvent } from '../../core/squid-awf.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** audit.jsonl of the agent workflow firewall. */
export const squidAwfJsonl: Format = {
  id: 'squid-awf-jsonl',
  title: 'Agent firewall audit log',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: '`ts`: epoch ms (or `timestamp`: ISO) at the end of the request; the length is not written',
  traps: ['Squid writes the JSON by a format string: a hostile URL can break the line', 'no client port'],
  claims,
  open: () => ({ decode }),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('no JSON object');
  const own = ['client', 'host', 'dest', 'method', 'decision'].every((key) => typeof json[key] === 'string');
  return own ? yes(0.97, 'client, host, dest, method and decision of the agent firewall') : no('other keys');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  if (!isObject(json)) return failed('not a JSON object');
  const key = json['ts'] === undefined ? 'timestamp' : 'ts';
  const stamp = stampOf(json[key]);
  const text = (name: string): string => textOf(json[name]) ?? '-';
  if (stamp === undefined || textOf(json['decision']) === undefined) return failed('no time or no decision');
  return decoded(
    awfEvent('squid-awf-jsonl', record, {
      stamp,
      raw: text(key),
      client: text('client'),
      host: text('host'),
      dest: text('dest'),
      method: text('method'),
      status: text('status'),
      decision: text('decision'),
      url: text('url'),
      userAgent: textOf(json['user_agent']) ?? textOf(json['ua']),
    }),
  );
}
