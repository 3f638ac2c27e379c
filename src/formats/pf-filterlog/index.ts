import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { directionAt, headerOf, networkEvent, timeOr, verdictOf } from '../../core/network/device.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const ROW =
  /(?:^|[\s>])(\d*,[^,\s]*,[^,\s]*,[^,\s]*,[^,\s]+,[a-z-]+,(?:pass|block|reject|(?:no)?(?:nat|rdr|binat|scrub)|synproxy-drop|defer|match),(?:in|out|in\/out),[46],.*)$/;

export const pfFilterlog: Format = {
  id: 'pf-filterlog',
  title: 'pf filterlog (pfSense, OPNsense)',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header only; RFC 3164 has neither year nor zone',
  traps: [
    'out on the WAN shows the translated source, in on the LAN the real one',
    'the tracker (column 4) names the rule, not the rule number',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (!ROW.test(text)) return no('no filterlog row');
  return yes(text.includes('filterlog') ? 0.98 : 0.93, 'filterlog columns');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const row = ROW.exec(record.text)?.[1];
  if (row === undefined) return failed('no filterlog row');
  const c = row.split(',');
  const v6 = c[8] === '6';
  const base = v6 ? 15 : 18;
  const transport = (v6 ? c[12] : c[16])?.toLowerCase();
  const ports = transport === 'tcp' || transport === 'udp' || transport === 'sctp';
  const header = headerOf(record, context);
  const seq = Number(ports && transport === 'tcp' ? c[base + 5]?.split(':')[0] : Number.NaN);
  const event = networkEvent('pf-filterlog', record, {
    time: timeOr(record, header.stamp, header.rawTime, 'packet'),
    clock: 'syslog',
    type: 'packet',
    action: verdictOf(c[6]),
    actionRaw: c[6],
    direction: directionAt(c[7] === 'in' ? 'in' : 'out', c[base]),
    ruleId: c[3] === '' || c[3] === '0' ? c[0] : c[3],
    rule: c[0],
    inIf: c[7] === 'in' ? c[4] : undefined,
    outIf: c[7] === 'in' ? undefined : c[4],
    transport,
    srcIp: c[base],
    dstIp: c[base + 1],
    srcPort: ports ? c[base + 2] : undefined,
    dstPort: ports ? c[base + 3] : undefined,
    host: header.host,
  });
  return decoded(Number.isInteger(seq) && seq > 0 ? { ...event, seq } : event);
}
