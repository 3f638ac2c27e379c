import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';

const TRAFFIC = /\bNetScreen device_id=\S+ .*\bsystem-\w+-\d{5}\(traffic\):? /;

/** Some keys have a blank in them, and both translated ports are called `port`. */
function read(text: string): FieldMap | undefined {
  const traffic = TRAFFIC.exec(text);
  if (traffic === null) return undefined;
  const fields = parseKeyValues(
    text
      .slice(traffic.index)
      .replace(/\b(src|dst) zone=/g, '$1_zone=')
      .replace(/\b(src|dst)-xlated ip=(\S+) port=(\d+)/g, '$1_nat=$2 $1_nat_port=$3')
      .replace(/\bicmp type=(\d+)/, 'icmp_type=$1'),
  );
  return fields['src'] === undefined ? undefined : fields;
}

/** ScreenOS traffic logs. Juniper "ScreenOS Message Log Reference Guide", message 00257. */
export const netscreen = mappedFormat({
  format: {
    id: 'netscreen',
    title: 'Juniper NetScreen (ScreenOS) traffic log',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: '`start_time`: device local time, one second; the line is written when the session ends or is made',
    traps: [
      'a session is logged when it is made (`reason=Creation`) and when it ends, if the policy says so',
      '`src-xlated ip` is the translated source',
    ],
  },
  mark: TRAFFIC,
  others: /\bNetScreen device_id=/,
  score: 0.98,
  fields: read,
  facts: (f) => ({
    srcIp: f['src'],
    srcPort: f['src_port'],
    dstIp: f['dst'],
    dstPort: f['dst_port'],
    natSrcIp: f['src_nat'],
    natSrcPort: f['src_nat_port'],
    natDstIp: f['dst_nat'],
    natDstPort: f['dst_nat_port'],
    transport: f['proto'],
    icmp: f['icmp_type'] === undefined ? undefined : { type: Number(f['icmp_type']) },
    ruleId: f['policy_id'],
    actionRaw: f['action'],
    zoneIn: f['src_zone'],
    zoneOut: f['dst_zone'],
    host: f['device_id'],
    flowId: f['session_id'] === '0' ? undefined : f['session_id'],
    state: f['reason'],
    bytesToDst: f['sent'],
    bytesToSrc: f['rcvd'],
  }),
  stamp: (f) => f['start_time'],
});
