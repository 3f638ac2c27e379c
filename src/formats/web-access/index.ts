import { decoded, failed, foreign, no, skipped, yes } from '../../core/decoded.ts';
import { headed } from '../../core/headed.ts';
import { isObject, tryJson } from '../../core/json.ts';
import { commonLine, proxied, proxiedEvent } from '../../core/products/common-log.ts';
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
    'whole URLs and CONNECT are read as asked of a proxy, but a server that is none answers them too: the log tells no verdict',
    'a log of nothing but such requests is read as `squid`',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
});

function claims({ text, json }: SniffRecord): Sniff {
  if (isObject(json)) return isRequest(json) ? yes(0.92, 'request of a web server as JSON') : no('other keys');
  const line = commonLine(text);
  if (line === undefined || SQUID.test(line.rest)) return no('no common log format');
  // Of proxied requests alone a file may be another proxy's.
  return yes(proxied(line.request) === undefined ? 0.9 : 0.89, 'common log format');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const line = commonLine(record.text);
  const json = line === undefined ? tryJson(record.text) : undefined;
  if (line === undefined && !isObject(json)) return failed('no access log line');
  if (isObject(json) && !isRequest(json)) return foreign();
  const event = isObject(json)
    ? requestOf(record, json)
    : line && proxiedEvent(record, line, context, { format: 'web-access', action: 'unknown' });
  return event === undefined ? skipped('request to the web server itself') : decoded(event);
}
