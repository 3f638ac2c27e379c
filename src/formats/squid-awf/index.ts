import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { headed } from '../../core/lines/headed.ts';
import { awfEvent } from '../../core/products/awf.ts';
import { parseEpoch } from '../../core/time/time.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE =
  /^(\d{9,10}\.\d{1,6}) (\S+) (\S+) (\S+) (\d\.\d|-) (\S+) (\d{1,3}) ([A-Z_]+(?::[A-Z_0-9]+)?) (\S+)(?: "([^"]*)")?\s*$/;

/** Access log of gh-aw-firewall (`firewall_detailed`), Squid in front of an agent. */
export const squidAwf: Format = headed({
  id: 'squid-awf',
  title: 'gh-aw-firewall access log',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'epoch ms at the END of the transaction; no duration is written',
  traps: ['`-:-` is the destination of a denied request: only the name asked for is known'],
  claims: ({ text }: SniffRecord): Sniff =>
    LINE.test(text) ? yes(0.97, 'epoch client host dest version METHOD status DECISION:HIERARCHY') : no('not its line'),
  open: () => ({ decode }),
});

function decode(record: RawRecord): Decoded {
  const match = LINE.exec(record.text);
  if (match === null) return failed('not a gh-aw-firewall line');
  const [, raw = '', client = '', host = '', dest = '', , method = '', status = '', decision = '', url = ''] = match;
  const stamp = parseEpoch(raw);
  if (stamp === undefined) return failed('the time is none');
  const awf = { client, host, dest, method, status, decision, url, userAgent: match[10] };
  return decoded(awfEvent('squid-awf', awf, { stamp, raw, clock: 'end' }, record));
}
