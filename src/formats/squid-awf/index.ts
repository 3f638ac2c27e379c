import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { awfEvent } from '../../core/squid-awf.ts';
import { parseEpoch } from '../../core/time.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE =
  /^(\d{9,10}\.\d{1,6}) (\S+:(?:\d+|-)) (\S+) (\S+:(?:\d+|-)|-) (\S+) (\S+) (\d{1,3}|-) ([A-Z_]+:[A-Z_]+) (\S+)(?: "(.*)")?\s*$/;

/** access.log of the agent workflow firewall: Squid with `logformat firewall_detailed`. */
export const squidAwf: Format = {
  id: 'squid-awf',
  title: 'Agent firewall Squid log',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'epoch ms at the end of the request; the length is not written',
  traps: [
    '`-:-` as destination when denied',
    'a CONNECT tunnel is logged when it closes',
    'Squid does not escape quotes',
  ],
  claims: ({ text }: SniffRecord): Sniff =>
    LINE.test(text) ? yes(0.97, 'epoch client:port host:port dest:port ... RESULT:HIERARCHY') : no('not this log'),
  open: () => ({ decode }),
};

function decode(record: RawRecord): Decoded {
  const match = LINE.exec(record.text);
  const [
    ,
    raw = '',
    client = '',
    host = '',
    dest = '',
    ,
    method = '',
    status = '',
    decision = '',
    url = '',
    userAgent,
  ] = match ?? [];
  const stamp = parseEpoch(raw);
  if (match === null || stamp === undefined) return failed('not an agent firewall line');
  return decoded(
    awfEvent('squid-awf', record, { stamp, raw, client, host, dest, method, status, decision, url, userAgent }),
  );
}
