import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { dnsEvent, nameOf, networkEvent } from '../../core/network/network.ts';
import { NAMED_TIME, namedClient, namedTime } from '../../core/products/named.ts';
import type { Endpoint } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Talk with other servers: the far side is named last. */
const SERVER = /'([^'/]+)(?:\/([A-Z0-9]+))?\/[A-Z]+'(?: from|:) ([0-9a-fA-F.:]+)#(\d+)/;
const INFOBLOX = /: (?:UDP|TCP): query: \S+ \S+ \S+ response: /;

/** BIND 9 named: queries, errors, RPZ rewrites and transfers. */
export const bind: Format = {
  id: 'bind',
  title: 'BIND 9 log',
  roles: ['dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: 'named’s own local time with ms (print-time), or the syslog header; none where both are missing',
  traps: [
    'the name in parentheses is the one asked first, before CNAMEs',
    'T among the flags means TCP',
    'the address in the last parentheses is the server’s',
  ],
  claims: ({ text }: SniffRecord): Sniff => {
    if (!text.includes('#')) return no('no address#port');
    if (INFOBLOX.test(text)) return no('Infoblox’s line of query and response');
    const own = namedClient(text) !== undefined || (SERVER.test(text) && /transfer of|resolving|xfer/.test(text));
    return own ? yes(0.95, 'client address#port (name) or a transfer of named') : no('not a named line');
  },
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const { text } = record;
  const client = namedClient(text);
  const base = { format: 'bind', ...namedTime(record, context) };
  if (client !== undefined) {
    if (client.parts === undefined) return skipped('message that names no domain');
    return decoded(dnsEvent(record, { ...base, ...client.parts }));
  }
  const server = SERVER.exec(text);
  if (server === null)
    return NAMED_TIME.test(text) || /\bnamed\b/.test(text)
      ? skipped('message without a client')
      : failed('not a named line');
  const far: Endpoint = compact({ ip: parseIp(server[3] ?? ''), port: parsePort(server[4]) });
  return decoded(
    networkEvent(record, {
      ...base,
      type: 'dns',
      action: 'unknown',
      src: far,
      dst: {},
      initiator: 'dst',
      dns: compact({ name: nameOf(server[1] ?? ''), type: server[2] }),
    }),
  );
}
