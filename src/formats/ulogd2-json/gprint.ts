import type { JsonObject } from '../../core/json/json.ts';
import { wordTable } from '../../core/word-table.ts';

/** Keys of GPRINT lines; the prefix of a rule may hold commas. */
const BETWEEN = /,(?=[a-z][a-z0-9_.]*=)/;
const KEY = /^[a-z][a-z0-9_.]*$/;
/** What JSON output calls the keys of packets, by what GPRINT calls them. */
const NAMES = wordTable({
  'ip.saddr.str': 'src_ip',
  'ip.daddr.str': 'dest_ip',
  'tcp.sport': 'src_port',
  'tcp.dport': 'dest_port',
  'udp.sport': 'src_port',
  'udp.dport': 'dest_port',
});

/** Whether a line is one of GPRINT: keys of packets or of flows, each with its value. */
export function isGprint(text: string): boolean {
  return /(?:^|,)(?:oob\.(?:prefix|time\.sec)|orig\.ip\.saddr(?:\.str)?)=/.test(text) && !text.startsWith('{');
}

/**
 * A line of ulogd2's GPRINT output, `key=value,key=value`, under the keys that its JSON output has; undefined where it was cut
 * within a key. A key that stands twice has the same value. `timestamp` is local, without a zone and to the second.
 */
export function readGprint(text: string): JsonObject | undefined {
  const out: Record<string, string> = {};
  for (const part of text.trimEnd().split(BETWEEN)) {
    const at = part.indexOf('=');
    const key = part.slice(0, Math.max(0, at));
    if (!KEY.test(key)) return undefined;
    out[NAMES[key] ?? key] = part.slice(at + 1);
  }
  const local = /^(\d{4})\/(\d{2})\/(\d{2})-(\d{2}:\d{2}:\d{2})$/.exec(out['timestamp'] ?? '');
  if (local !== null) out['timestamp'] = `${local[1]}-${local[2]}-${local[3]}T${local[4]}`;
  return out;
}
