import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { transportName } from '../../core/network/ip.ts';
import {
  actionOf,
  clockOf,
  directionOf,
  endpointOf,
  networkEvent,
  podName,
  timeOf,
  wordOf,
} from '../../core/network/network.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** The agent drains its ring buffer at once; a second covers a loaded node. */
const BEFORE_US = 1_000_000;

/** AWS network policy agent (VPC CNI): flow verdicts of its eBPF probes. */
export const k8sEksNetpol: Format = {
  id: 'k8s-eks-netpol',
  title: 'EKS network policy agent flow logs',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'timestamp of the agent: ms, UTC',
  traps: [
    'no pod and no policy is named',
    'newer versions write one plain string in msg, CloudWatch gets a third form',
  ],
  claims,
  open: () => ({ decode }),
};

type Fields = Readonly<Record<string, string | undefined>>;

/** Names of the three writings: zap keys, one plain string, and the CloudWatch message. */
const NAMES = wordTable<string>({
  'src ip': 'srcIp',
  sip: 'srcIp',
  'src port': 'srcPort',
  sport: 'srcPort',
  'dest ip': 'dstIp',
  dip: 'dstIp',
  'dest port': 'dstPort',
  dport: 'dstPort',
  proto: 'proto',
  protocol: 'proto',
  verdict: 'verdict',
  policyverdict: 'verdict',
  direction: 'direction',
  tier: 'tier',
  node: 'node',
  'src name': 'srcName',
  'src namespace': 'srcSpace',
  'dest name': 'dstName',
  'dest namespace': 'dstSpace',
});
const PAIRS =
  /(?:^|[\s;,])(Src IP|Src Port|Src Namespace|Src Name|Dest IP|Dest Port|Dest Namespace|Dest Name|Proto|Verdict|Direction|Tier|Node|SIP|SPORT|DIP|DPORT|PROTOCOL|PolicyVerdict):?\s+([^\s;,]+)/g;

function claims({ text, json }: SniffRecord): Sniff {
  if (isObject(json)) {
    const message = json['msg'];
    if (typeof message !== 'string') return no('no msg');
    if (message.startsWith('Flow Info:')) return yes(0.98, 'Flow Info of the network policy agent');
    const logger = json['logger'];
    return logger === 'ebpf-client' || logger === 'setup' || logger === 'controllers.policyEndpoints'
      ? yes(0.6, 'logger of the network policy agent')
      : no('no Flow Info');
  }
  if (/^Node: \S+;SIP: /.test(text)) return yes(0.98, 'CloudWatch form of the network policy agent');
  return /Flow Info:\s+Src IP:?\s/.test(text) ? yes(0.96, 'Flow Info of the network policy agent') : no('no Flow Info');
}

function decode(record: RawRecord): Decoded {
  const json = record.text.startsWith('{') ? tryJson(record.text) : undefined;
  const object = isObject(json) ? json : undefined;
  const message = object === undefined ? record.text : textOf(object['msg']);
  if (object !== undefined && message !== undefined && !message.startsWith('Flow Info:'))
    return skipped('agent message without a flow');
  if (message === undefined) return failed('no msg');
  const fields = object !== undefined && 'Src IP' in object ? objectFields(object) : textFields(message);
  if (fields['srcIp'] === undefined && fields['dstIp'] === undefined) return failed('no addresses');
  const stamp = object?.['timestamp'] ?? object?.['ts'] ?? object?.['time'] ?? leadingStamp(record.text);
  return decoded(
    networkEvent(record, {
      format: 'k8s-eks-netpol',
      clock: clockOf('timestamp', fields['node']),
      time: timeOf(stamp, record, { basis: 'event', beforeUs: BEFORE_US }),
      type: 'packet',
      action: actionOf(fields['verdict']),
      actionRaw: fields['verdict'],
      src: endpointOf(fields['srcIp'], fields['srcPort']),
      dst: endpointOf(fields['dstIp'], fields['dstPort']),
      transport: transportName(fields['proto']),
      direction: directionOf(fields['direction']),
      rule: fields['tier'] === undefined ? undefined : { category: fields['tier'] },
      host: fields['node'],
      srcPod: podName(fields['srcSpace'], fields['srcName']),
      dstPod: podName(fields['dstSpace'], fields['dstName']),
    }),
  );
}

function objectFields(object: JsonObject): Fields {
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(object)) {
    const name = NAMES[key.toLowerCase()];
    const text = wordOf(value);
    if (name !== undefined && text !== undefined) out[name] = text;
  }
  return out;
}

function textFields(message: string): Fields {
  const out: Record<string, string> = {};
  for (const match of message.matchAll(PAIRS)) {
    const name = NAMES[(match[1] ?? '').toLowerCase()];
    if (name !== undefined && match[2] !== undefined) out[name] ??= match[2];
  }
  return out;
}

function leadingStamp(text: string): string | undefined {
  return /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))\s/.exec(text)?.[1];
}
