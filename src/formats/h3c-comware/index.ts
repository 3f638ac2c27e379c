import { verdictOf } from '../../core/network/device.ts';
import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';
import type { Action } from '../../model/event.ts';

/** `%%10MODULE/level/MNEMONIC:`, then `Key(id)=value;`: fast log output. */
const HEAD = /%%10([A-Za-z0-9_]+)\/(\d)\/([A-Za-z0-9_]+): ?/;
const PAIR = /([A-Za-z][\w]{0,40})\((\d{4})\)=([^;]*)/g;
const TRAFFIC = /%%10[A-Za-z0-9_]+\/\d\/[A-Za-z0-9_]+:.*\bSrcIP(?:v6)?Addr\(\d{4}\)=/;

function read(text: string): FieldMap | undefined {
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  const fields: FieldMap = { '@module': (head[1] ?? '').toUpperCase() };
  for (const [, key = '', , value = ''] of text.slice(head.index + head[0].length).matchAll(PAIR)) {
    const plain = value.trim().replace(/\.$/, '');
    if (plain !== '' && plain !== '--') fields[`_${key.replace('IPv6Addr', 'IPAddr')}`] = plain;
  }
  return fields['_SrcIPAddr'] === undefined ? undefined : fields;
}

/** `Permit`, `Deny`; of a session what happened to it; of an attack what was done, as `Permit & Logging` or `Drop & Logging`. */
function verdict(f: FieldMap): Action | undefined {
  const word = f['_Action'] ?? f['_Event'];
  if (isAttack(f))
    return verdictOf(word) === 'allow' || /^(?:logging|none|notify)/i.test(word ?? '') ? 'alert' : verdictOf(word);
  if (f['@module'] === 'SESSION' || f['@module'] === 'NAT') return 'allow';
  return verdictOf(word);
}

const isAttack = (f: FieldMap): boolean =>
  f['_AttackName'] !== undefined || f['_AtkType'] !== undefined || f['_VirusName'] !== undefined;

/** Zones differ between the fields and the header: only how long it took is taken from them. */
function lasted(f: FieldMap): number | undefined {
  const [begin, end] = [dateOf(f['_BeginTime_e']), dateOf(f['_EndTime_e'])];
  return begin === undefined || end === undefined || end < begin ? undefined : (end - begin) / 1000;
}

/** Month, day, year and time without anything between. */
function dateOf(text: string | undefined): number | undefined {
  const [whole, month, day, year, hour, minute, second] =
    /^(\d\d)(\d\d)(\d{4})(\d\d)(\d\d)(\d\d)$/.exec(text ?? '') ?? [];
  if (whole === undefined) return undefined;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

/** Fast log output of H3C firewalls and routers. H3C "Security Products Comware 7 System Log Messages Reference". */
export const h3cComware = mappedFormat({
  format: {
    id: 'h3c-comware',
    title: 'H3C SecPath and Comware fast logs',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'header: device local time with its year, one second',
    traps: [
      '`BeginTime_e` is month, day, year and time without signs, `BeginTime_c` begins with the year; their zone need not be the header’s',
      'an attack with `Permit & Logging` passed',
      'a session is logged when it is made, when it ends, or both',
    ],
  },
  mark: TRAFFIC,
  others: HEAD,
  score: 0.97,
  type: (f) => (isAttack(f) ? 'alert' : 'flow'),
  fields: read,
  action: verdict,
  facts: (f) => ({
    srcIp: f['_SrcIPAddr'],
    srcPort: f['_SrcPort'],
    dstIp: f['_DstIPAddr'],
    dstPort: f['_DstPort'],
    natSrcIp: f['_NatSrcIPAddr'],
    natSrcPort: f['_NatSrcPort'],
    natDstIp: f['_NatDstIPAddr'],
    natDstPort: f['_NatDstPort'],
    transport: f['_Protocol']?.toLowerCase(),
    rule:
      f['_AttackName'] ??
      f['_AtkType'] ??
      f['_VirusName'] ??
      f['_SecurityPolicy'] ??
      f['_ObjectPolicy'] ??
      f['_PolicyName'],
    ruleId: f['_AttackID'] ?? f['_RuleID'],
    ruleCategory: f['_Category'],
    severityRaw: f['_Severity'],
    actionRaw: f['_Action'] ?? f['_Event'],
    zoneIn: f['_SrcZoneName'],
    zoneOut: f['_DstZoneName'],
    domain: f['_HostName'],
    url: f['_URL'],
    bytesToDst: f['_InitByteCount'],
    bytesToSrc: f['_RplyByteCount'],
  }),
  stamp: () => undefined,
  lasted,
});
