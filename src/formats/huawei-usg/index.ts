import { verdictOf } from '../../core/network/device.ts';
import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';
import type { Action } from '../../model/event.ts';

/** `%%01MODULE/level/BRIEF(flag)[count]:`, then `key=value` pairs with commas between, in some messages behind a sentence. */
const HEAD = /%%01([A-Z0-9_]+)\/(\d)\/([A-Z0-9_]+)\([a-z]\)(?:\[\d+\])?: ?/;
const PAIR = /([A-Za-z][\w -]{0,40}?)\s*=\s*(?:"([^"]*)"|([^,()]*))/g;
const TRAFFIC = /%%01[A-Z0-9_]+\/\d\/[A-Z0-9_]+\([a-z]\)(?:\[\d+\])?:.*\b(?:source-ip|SourceIP|SrcIp)\s*=/;

/** Modules write one field in several ways: `source-ip`, `SourceIP`, `SrcIp`. */
const nameOf = (key: string): string =>
  key
    .toLowerCase()
    .replace(/[ _-]/g, '')
    .replace(/^source/, 'src')
    .replace(/^destination/, 'dst');

function read(text: string): FieldMap | undefined {
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  const [whole, module = '', , brief = ''] = head;
  const fields: FieldMap = { '@module': module, '@brief': brief };
  for (const [, key = '', quoted, plain = ''] of text.slice(head.index + whole.length).matchAll(PAIR))
    fields[`_${nameOf(key)}`] = quoted ?? plain.trim().replace(/\.$/, '');
  return fields['_srcip'] === undefined ? undefined : fields;
}

/** What the message is called tells a verdict where no field does. */
function verdict(f: FieldMap): Action | undefined {
  if (f['_action'] !== undefined) return verdictOf(f['_action']);
  const brief = f['@brief'] ?? '';
  if (/DENY/.test(brief)) return 'deny';
  return /PERMIT|^SESSION_(?:BUILD|BUILT|TEARDOWN)$/.test(brief) ? 'allow' : undefined;
}

const isAlert = (f: FieldMap): boolean => f['_signname'] !== undefined || f['_virusname'] !== undefined;

function lasted(f: FieldMap): number | undefined {
  const [begin, end] = [Number(f['_begintime']), Number(f['_endtime'])];
  return end >= begin ? end - begin : undefined;
}

/** Security logs of Huawei firewalls. Huawei "USG Log Reference": POLICY, SECLOG, IPS, URL, AV. */
export const huaweiUsg = mappedFormat({
  format: {
    id: 'huawei-usg',
    title: 'Huawei USG and Eudemon firewalls',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'header: UTC unless the device is set to local time; `time=` of policy logs is local and not used',
    traps: [
      'session logs are written at the end; `BeginTime` and `EndTime` are epoch seconds',
      'an intrusion’s `Action=Alert` let the packet pass',
    ],
  },
  mark: TRAFFIC,
  others: HEAD,
  score: 0.97,
  type: (f) => (isAlert(f) ? 'alert' : 'flow'),
  fields: read,
  action: verdict,
  facts: (f) => ({
    srcIp: f['_srcip'],
    srcPort: f['_srcport'],
    dstIp: f['_dstip'],
    dstPort: f['_dstport'],
    natSrcIp: f['_srcnatip'],
    natSrcPort: f['_srcnatport'],
    natDstIp: f['_dstnatip'],
    natDstPort: f['_dstnatport'],
    transport: f['_protocol']?.toLowerCase(),
    rule: f['_signname'] ?? f['_virusname'] ?? f['_rulename'] ?? f['_policyname'] ?? f['_policy'],
    ruleId: f['_signid'],
    ruleCategory: f['_category'],
    severityRaw: f['_severity'],
    actionRaw: f['_action'] ?? f['@brief'],
    zoneIn: f['_srczone'],
    zoneOut: f['_dstzone'],
    domain: f['_host'],
    state: f['_closereason'],
    bytesToDst: f['_sendbytes'],
    bytesToSrc: f['_rcvbytes'],
  }),
  stamp: (f) => f['_endtime'],
  lasted,
});
