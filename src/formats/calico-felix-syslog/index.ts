import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { parseSyslog } from '../../core/lines/syslog.ts';
import { transportName } from '../../core/network/ip.ts';
import { actionOf, bytesOf, directionOf, endpointOf, networkEvent, ruleOf } from '../../core/network/network.ts';
import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { eventTime, timeFromObserved } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const BEFORE_US = 1_000_000;

/** Felix's syslog reporter: one line per flow and policy with counters. */
export const calicoFelixSyslog: Format = {
  id: 'calico-felix-syslog',
  title: 'Calico Felix syslog flow reports',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header: s, usually without year and zone',
  traps: ['a report is written when counters are flushed and repeated while the flow lives', 'no year in the header'],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  const signature = / updateType=\w+/.test(text) && / ruleDir="/.test(text) && / srcIP="/.test(text);
  return signature ? yes(0.97, 'srcIP, ruleDir and updateType of Felix') : no('no Felix report');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const header = parseSyslog(record.text, context.reference, context.zoneOffsetMin);
  const fields = parseKeyValues(header?.message ?? record.text);
  if (fields['srcIP'] === undefined || fields['dstIP'] === undefined) return failed('no srcIP and dstIP');
  const raw = header?.rawTime ?? '';
  const time =
    header?.stamp === undefined
      ? timeFromObserved(record.observed)
      : eventTime(header.stamp, { raw, basis: 'emit', beforeUs: BEFORE_US, observed: record.observed });
  const policy = fields['policy'];
  const rule = policy === undefined ? undefined : `${policy}|${fields['ruleDir'] ?? ''}|${fields['rule'] ?? ''}`;
  return decoded(
    networkEvent(record, {
      format: 'calico-felix-syslog',
      clock: header?.host === undefined ? 'syslog' : `syslog@${header.host}`,
      time,
      type: 'flow',
      action: actionOf(fields['action']),
      actionRaw: fields['action'],
      src: endpointOf(fields['srcIP'], fields['srcPort']),
      dst: endpointOf(fields['dstIP'], fields['dstPort']),
      transport: transportName(fields['proto']),
      direction: directionOf(fields['trafficDir'] ?? fields['ruleDir']),
      rule: ruleOf(policy, rule, fields['tier']),
      host: header?.host,
      bytes: trafficOf(fields),
    }),
  );
}

/** `out` is what the local endpoint sent; it is the source of an outbound flow. */
function trafficOf(fields: Readonly<Record<string, string>>): NetworkEvent['bytes'] {
  if (fields['trafficDir'] === undefined) return undefined;
  const { inBytes, outBytes } = fields;
  return fields['trafficDir'] === 'outbound' ? bytesOf(outBytes, inBytes) : bytesOf(inBytes, outBytes);
}
