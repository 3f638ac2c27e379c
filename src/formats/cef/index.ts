import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseSyslog } from '../../core/lines/syslog.ts';
import { beganBehind } from '../../core/network/answers.ts';
import { networkEvent, timeOr, verdictOf } from '../../core/network/device.ts';
import { urlHost } from '../../core/network/ip.ts';
import { endpointOf } from '../../core/network/network.ts';
import { fortinetPassed } from '../../core/products/fortinet.ts';
import { senderOf } from '../../core/products/panos.ts';
import {
  carriedType,
  cutBefore,
  momentOf,
  parseCefExtension,
  severityOfTen,
  splitBars,
} from '../../core/tables/extension.ts';
import { joined } from '../../core/tables/rows.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEAD = /(?:^|[\s>])CEF:\s?(\d+\|)/;
const HEADLESS =
  /(?:^|[\s>])(\d\|[^|]{1,64}\|[^|]{1,64}\|[^|]{0,64}\|[^|]{0,128}\|(?:[^|\\]|\\.){0,256}\|[^|]{1,16}\|)/;
/** What a response policy zone made of a query (Infoblox): policy, name asked for, type. */
const REWRITE = /^"?rpz [A-Z-]+ ([A-Za-z-]+) rewrite ([\w.-]+)(?: \[(\w+)\])?/;
type Fields = Record<string, string>;

export const cef: Format = {
  id: 'cef',
  title: 'ArcSight Common Event Format',
  roles: ['violation', 'flow', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: 'rt (epoch ms or text), else end, start, vendor event time, else the syslog header',
  traps: [
    'the meaning of cs1..6 stands in csNLabel',
    'values hold blanks: they end at the next ` key=`',
    'collectors drop the `CEF:` prefix',
  ],
  claims,
  open,
};

/** Some exporters leave line breaks inside an extension: lines that begin neither a record nor a header go on with it. */
function open(context: DecodeContext, before?: unknown): Decoder {
  let held = before as { readonly record: RawRecord; readonly event: NetworkEvent } | undefined;
  const flush = (): readonly NetworkEvent[] => {
    const events = held === undefined ? [] : [held.event];
    held = undefined;
    return events;
  };
  const decode = (record: RawRecord): Decoded => {
    if (held !== undefined && !isHead(record.text) && goesOn(record.text, context)) {
      const whole = joined([held.record, record]);
      held = { record: whole, event: eventIn(whole, context) ?? held.event };
      return skipped('goes on with the line before');
    }
    const event = eventIn(record, context);
    if (event === undefined) return failed('CEF needs seven header cells');
    const before = flush();
    held = { record, event };
    return decoded(...before);
  };
  return { decode, flush, held: () => held };
}

const isHead = (text: string): boolean => HEAD.test(text) || HEADLESS.test(text);

function goesOn(text: string, context: DecodeContext): boolean {
  if (/^\s*[{<[]/.test(text) || parseSyslog(text, context.reference, context.zoneOffsetMin) !== undefined) return false;
  return /(?:^|\s)[A-Za-z]\w*=/.test(text);
}

function claims({ text }: SniffRecord): Sniff {
  // RouterOS says in words what others say in fields.
  if (/CEF:\s?\d\|MikroTik\|/.test(text)) return yes(0.7, 'CEF header of a router whose message says the rest');
  if (HEAD.test(text)) return yes(0.97, 'CEF header');
  return HEADLESS.test(text) ? yes(0.9, 'CEF header cells without their prefix') : no('no CEF header');
}

function eventIn(record: RawRecord, context: DecodeContext): NetworkEvent | undefined {
  const cut = cutBefore(record.text, HEAD, HEADLESS);
  if (cut === undefined) return undefined;
  const cells = splitBars(cut.cells.replace(/^(\d\|)\|/, '$1'), 7);
  return cells.length < 8 ? undefined : eventOf(record, context, cells, cut.before);
}

function labelled(f: Fields, label: RegExp): string | undefined {
  for (let i = 1; i <= 6; i++) if (label.test(f[`cs${i}Label`] ?? '')) return f[`cs${i}`];
  return undefined;
}

function eventOf(record: RawRecord, context: DecodeContext, cells: readonly string[], before: string): NetworkEvent {
  const f = parseCefExtension(cells[7] ?? '');
  const { stamp, raw, clock } = stampOf(f, before, context);
  const start = momentOf(f['start'], context);
  const name = cells[5]?.trim();
  const action = f['act'] ?? f['cp_action'] ?? f['FortinetFortiGateaction'] ?? f['fw_action']?.replace(/^"|"$/g, '');
  // PAN-OS puts it between quotes.
  const request = (f['request'] ?? f['Request'])?.replace(/^"(.*)"$/, '$1');
  const rewrite = REWRITE.exec(f['msg'] ?? '');
  const isUnifi = /^Ubiquiti/i.test(cells[1] ?? '');
  const own = action === undefined && isUnifi ? unifiVerdict(name) : actionOf(action, f);
  const verdict = rewrite === null ? own : rewrite[1] === 'PASSTHRU' ? 'allow' : 'deny';
  // SonicWall writes the translated addresses and the rule straight into the custom fields.
  const sonicwall = /^SonicWall/i.test(cells[1] ?? '');
  // The vendor's templates put what the client sent into `in`.
  const isPanos = /^Palo Alto/i.test(cells[1] ?? '') && /^PAN-OS/i.test(cells[2] ?? '');
  const began =
    start?.at ?? (stamp === undefined ? undefined : stamp.at - (Number(f['FTNTFGTduration']) || 0) * 1_000_000);
  return networkEvent('cef', record, {
    time: timeOr(
      record,
      stamp,
      raw,
      'event',
      stamp !== undefined && began !== undefined && began < stamp.at ? stamp.at - began : 1_000_000,
    ),
    clock,
    type: /^event\b/.test(f['cat'] ?? '') ? 'flow' : carriedType(verdict, severityOfTen(cells[6])),
    action: verdict,
    actionRaw: action ?? rewrite?.[1],
    srcIp: f['src'] ?? f['c6a2'] ?? f['sourceAddress'] ?? f['sproc'],
    srcPort: f['spt'],
    dstIp: f['dst'] ?? f['c6a3'],
    dstPort: f['dpt'],
    query: f['FTNTFGTqname'] ?? rewrite?.[2],
    queryType: f['FTNTFGTqtype'] ?? rewrite?.[3],
    bytesToDst: (isPanos ? f['in'] : f['out']) ?? f['bytesOut'],
    bytesToSrc: (isPanos ? f['out'] : f['in']) ?? f['bytesIn'],
    domain: f['dhost'] ?? f['destinationDnsDomain'] ?? urlHost(request) ?? f['dntdom'] ?? f['dst'],
    natSrcIp: f['sourceTranslatedAddress'] ?? (sonicwall ? f['cs1Label'] : undefined),
    natSrcPort: f['sourceTranslatedPort'] ?? (sonicwall ? f['snpt'] : undefined),
    natDstIp: f['destinationTranslatedAddress'] ?? (sonicwall ? f['cs2Label'] : undefined),
    natDstPort: f['destinationTranslatedPort'] ?? (sonicwall ? f['dnpt'] : undefined),
    transport: f['proto']?.split('/')[0] ?? f['app_proto'],
    initiator: senderOf(f['flexString2']) ?? (f['FTNTFGTattack'] === undefined ? undefined : answeredBy(f)),
    rule:
      labelled(f, /^(?:rule(?: ?name)?|policy(?: ?name)?|access ?rule|acl|threat prevention rule name)$/i) ??
      f['rule_name'] ??
      vendorRule(f) ??
      (sonicwall ? f['cs1']?.replace(/^"|"$/g, '') : undefined) ??
      name,
    ruleId: cells[4]?.trim(),
    ruleCategory: f['FTNTFGTcatdesc'] ?? f['cat'] ?? labelled(f, /^protection name$/i),
    severity: severityOfTen(cells[6]),
    severityRaw: cells[6]?.trim(),
    inIf: f['deviceInboundInterface'],
    outIf: f['deviceOutboundInterface'],
    zoneIn: f['deviceInboundZone'] ?? labelled(f, /source zone/i),
    zoneOut: labelled(f, /destination zone/i),
    observer: f['dvchost'] ?? f['dvc'] ?? f['origin'] ?? f['UNIFIhost'],
    host: f['dvchost'],
    flowId: f['externalId'],
    count: Number(f['cnt']) > 1 ? Number(f['cnt']) : undefined,
    url: request,
    method: f['requestMethod'] ?? f['FTNTFGThttpmethod'],
    userAgent: f['requestClientApplication'] ?? f['FTNTFGTagent'],
  });
}

/** A signature of FortiOS may stand in what a server sent back. */
function answeredBy(f: Fields): 'dst' | undefined {
  return beganBehind(endpointOf(f['src'], f['spt']), endpointOf(f['dst'], f['dpt']));
}

/** FortiOS and UniFi name what they saw, or their rule, in members of their own; an event of theirs is named after its kind. */
function vendorRule(f: Fields): string | undefined {
  const application = f['cat'] === 'utm:app-ctrl' ? f['FTNTFGTapp'] : undefined;
  return (
    f['FTNTFGTattack'] ??
    f['FTNTFGTvirus'] ??
    application ??
    f['FTNTFGTpolicyname'] ??
    f['UNIFIipsSignature'] ??
    f['UNIFIpolicyName']
  );
}

/** UniFi says what became of a packet in the name of its event alone: `Threat Detected and Blocked`. */
function unifiVerdict(name = ''): NetworkEvent['action'] | undefined {
  if (/\bblocked\b/i.test(name)) return 'deny';
  return /\bthreat detected\b/i.test(name) ? 'alert' : undefined;
}

function actionOf(word: string | undefined, f: Fields): NetworkEvent['action'] | undefined {
  if (f['FTNTFGTutmaction'] === 'block') return 'deny';
  if (word === 'not blocked' || (/^(?:traffic|utm):/.test(f['cat'] ?? '') && fortinetPassed(word))) return 'allow';
  return verdictOf(word);
}

function stampOf(
  f: Fields,
  before: string,
  context: DecodeContext,
): { stamp: Stamp | undefined; raw: string; clock: string } {
  const own = Object.keys(f).find((key) => /(?:eventtime|utcTime)$/i.test(key)) ?? 'eventtime';
  for (const key of ['rt', own, 'end', 'start', 'deviceReceiptTime', 'startTime', 'endTime']) {
    const stamp = momentOf(f[key], context);
    if (stamp !== undefined) return { stamp, raw: f[key] ?? '', clock: key };
  }
  const header = parseSyslog(before.trim(), context.reference, context.zoneOffsetMin);
  return { stamp: header?.stamp, raw: header?.rawTime ?? '', clock: 'syslog' };
}
