import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { parseSyslog } from '../../core/lines/syslog.ts';
import { networkEvent, timeOr, verdictOf } from '../../core/network/device.ts';
import { senderOf } from '../../core/products/panos.ts';
import {
  carriedType,
  cutBefore,
  momentOf,
  parseLeefAttributes,
  severityOfTen,
  splitBars,
} from '../../core/tables/extension.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEAD = /(?:^|[\s>])LEEF:\s?([12]\.0\|)/;
const HEADLESS = /(?:^|[\s>])([12]\.0\|[^|]{1,64}\|[^|]{1,64}\|[^|]{0,64}\|[^|]{0,128}\|)/;

export const leef: Format = {
  id: 'leef',
  title: 'QRadar Log Event Extended Format',
  roles: ['violation', 'flow', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: 'devTime in devTimeFormat, else the syslog header',
  traps: [
    'LEEF 2.0 names its own delimiter',
    'tabs arrive as `#011` or blanks after a relay',
    'collectors drop the `LEEF:` prefix',
    'PAN-OS has bars between its attributes, as between the header cells',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (HEAD.test(text)) return yes(0.97, 'LEEF header');
  return HEADLESS.test(text) ? yes(0.9, 'LEEF header cells without their prefix') : no('no LEEF header');
}

function delimiterOf(cell: string): string | undefined {
  const hex = /^(?:0x|x)([0-9a-f]{1,4})$/i.exec(cell)?.[1];
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  return cell.length === 1 ? cell : undefined;
}

/** Some devices (Zscaler) name the event by what became of it. */
const VERDICT = /^(?:allow|permit|block|drop|den[yi]|reset)\w{0,4}$/i;

/** Attributes between bars: no tab stands in the text, and each bar begins a key. */
function barOf(text: string): string | undefined {
  return /\t|#011|\\t/.test(text) || !/^[A-Za-z]\w*=[^|]*\|[A-Za-z]\w*=/.test(text) ? undefined : '|';
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const cut = cutBefore(record.text, HEAD, HEADLESS);
  if (cut === undefined) return failed('no LEEF header');
  const body = cut.cells;
  let cells = splitBars(body, 5);
  if (cells.length < 6) return failed('LEEF needs five header cells');
  let delimiter: string | undefined;
  if (body.startsWith('2.0')) {
    const six = splitBars(body, 6);
    const own = delimiterOf(six[5] ?? '');
    if (six.length === 7 && (own !== undefined || six[5] === '')) {
      delimiter = own;
      cells = [...six.slice(0, 5), six[6] ?? ''];
    }
  }
  const f = parseLeefAttributes(cells[5] ?? '', delimiter ?? barOf(cells[5] ?? ''));
  const header = parseSyslog(cut.before.trim(), context.reference, context.zoneOffsetMin);
  const own = momentOf(f['devTime'], context);
  const action = f['action'];
  const lasted = Number(f['ElapsedTime']) || 0;
  const verdict =
    verdictOf(f['disp']) ?? verdictOf(action) ?? verdictOf(f['act']) ?? verdictOf(VERDICT.exec(cells[4] ?? '')?.[0]);
  return decoded(
    networkEvent('leef', record, {
      time: timeOr(
        record,
        own ?? header?.stamp,
        own === undefined ? (header?.rawTime ?? '') : (f['devTime'] ?? ''),
        lasted > 0 ? 'flow-end' : 'event',
        (lasted + 1) * 1_000_000,
      ),
      clock: own === undefined ? 'syslog' : 'devTime',
      type: carriedType(verdict, severityOfTen(f['sev'])),
      action: verdict,
      actionRaw: f['disp'] ?? action,
      srcIp: f['src'] ?? /(?:^DHCP\w+ (?:on|for)|\bfrom) (\S+)/.exec(f['msg'] ?? '')?.[1],
      srcPort: f['srcPort'],
      dstIp: f['dst'],
      dstPort: f['dstPort'],
      domain: f['dstname'] ?? f['domain'],
      natSrcIp: f['srcPostNAT'] ?? f['src_ip_nat'],
      natSrcPort: f['srcPostNATPort'] ?? f['srcPostNATPORT'] ?? f['src_port_nat'],
      natDstIp: f['dstPostNAT'] ?? f['dst_ip_nat'],
      natDstPort: f['dstPostNATPort'] ?? f['dstPostNATPORT'] ?? f['dst_port_nat'],
      transport: f['proto'],
      initiator: senderOf(f['Direction']),
      rule: f['rule_name'] ?? f['policy'] ?? f['ruleName'] ?? f['rule'] ?? f['RuleName'],
      ruleId: f['ruleId'] ?? f['RuleID'] ?? cells[4],
      severity: severityOfTen(f['sev']),
      severityRaw: f['sev'],
      bytesToDst: f['srcBytes'],
      bytesToSrc: f['dstBytes'],
      inIf: f['in_if'] ?? f['IngressInterface'],
      outIf: f['out_if'] ?? f['EgressInterface'],
      zoneIn: f['SourceZone'],
      zoneOut: f['DestinationZone'],
      flowId: f['SessionID'],
      count: Number(f['RepeatCount']) > 1 ? Number(f['RepeatCount']) : undefined,
      observer: f['sender'] ?? f['identHostName'],
      host: header?.host,
      url: f['url'],
    }),
  );
}
