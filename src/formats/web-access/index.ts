import { decoded, failed, foreign, no, skipped, yes } from '../../core/decoded.ts';
import { isObject, tryJson } from '../../core/json/json.ts';
import { headed } from '../../core/lines/headed.ts';
import { isPrivateIp } from '../../core/network/ip.ts';
import { type CommonLine, clientOf, commonLine, proxied, proxiedEvent } from '../../core/products/common-log.ts';
import type { Action } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { isRequest, requestOf } from './json.ts';

/** The last cell of Squid's formats: `RESULT:HIERARCHY`. */
const SQUID = /(?:^|\s)[A-Z][A-Z_]+:[A-Z_]+(?:\s|$)/;

/** Access log of a web server: what its clients asked it for is no egress, unless they asked it as a proxy. */
export const webAccess: Format = headed({
  id: 'web-access',
  title: 'Web server access log (nginx, Apache, Caddy)',
  roles: ['flow'],
  framing: 'auto',
  status: 'documented',
  clock:
    'text: end of the request, 1 s, with its zone; Caddy: `ts`, epoch seconds at the end, `duration` before it the start',
  traps: [
    'a request for a path is for the server itself: it is inbound and skipped',
    'whole URLs and CONNECT are read as asked of a proxy, but a server that is none answers them too: the log tells no verdict but where a client of a private network was refused a CONNECT (403)',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
});

function claims({ text, json }: SniffRecord): Sniff {
  if (isObject(json)) return isRequest(json) ? yes(0.92, 'request of a web server as JSON') : no('other keys');
  const line = commonLine(text);
  if (line === undefined || SQUID.test(line.rest)) return no('no common log format');
  return yes(0.9, 'common log format');
}

/** What an upstream answers comes through no tunnel: who refuses one is the proxy. Clients from outside look for open proxies. */
function verdictOf({ client, request, status }: CommonLine): Action {
  const { ip } = clientOf(client);
  const isRefused = status === '403' && proxied(request)?.method === 'CONNECT';
  return isRefused && ip !== undefined && isPrivateIp(ip) ? 'deny' : 'unknown';
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const line = commonLine(record.text);
  const json = line === undefined ? tryJson(record.text) : undefined;
  if (line === undefined && !isObject(json)) return failed('no access log line');
  if (isObject(json) && !isRequest(json)) return foreign();
  const event = isObject(json)
    ? requestOf(record, json)
    : line && proxiedEvent(record, line, context, { format: 'web-access', action: verdictOf(line) });
  return event === undefined ? skipped('request to the web server itself') : decoded(event);
}
