import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { queryEvent } from '../../core/query-log.ts';
import { timeFromObserved } from '../../core/time.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE =
  /^(?:\[\w+\] )?(\[?[0-9a-fA-F.:]+\]?):(\d+) - (\d+) "([A-Z0-9]+) [A-Z]+ (\S+) (udp|tcp|tls|https|doh|quic) \d+ (?:true|false) \d+" (\S+)/;

/** CoreDNS `log` plugin, default format. */
export const coredns: Format = {
  id: 'coredns',
  title: 'CoreDNS query log',
  roles: ['dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: 'none in the line: the time of the container log around it',
  traps: ['no answers', 'search domains multiply queries', 'the client may be a node-local cache'],
  claims: ({ text }: SniffRecord): Sniff =>
    LINE.test(text) ? yes(0.96, 'client, id and quoted question of CoreDNS') : no('no CoreDNS question'),
  open: () => ({ decode }),
};

function decode(record: RawRecord): Decoded {
  const match = LINE.exec(record.text);
  if (match === null)
    return /^\[(?:INFO|ERROR|WARNING)\]|^\.:\d+|^CoreDNS-/.test(record.text)
      ? skipped('CoreDNS message that is no query')
      : failed('not a CoreDNS query');
  const [, ip = '', port, , qtype, name = '', transport, rcode] = match;
  const event = queryEvent(record, {
    format: 'coredns',
    clock: 'observed',
    time: timeFromObserved(record.observed),
    name,
    ip,
    port,
    qtype,
    transport,
    rcode,
  });
  return event === undefined ? failed('the client is no address') : decoded(event);
}
