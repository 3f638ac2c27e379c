import { failed, no, yes } from '../../core/decoded.ts';
import { decodeEve } from '../../core/eve.ts';
import { isObject, textOf, tryJson } from '../../core/json.ts';
import { parseEpoch } from '../../core/time.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** AWS Network Firewall alert, flow and TLS logs: Suricata EVE in an envelope. */
export const awsNetworkFirewall: Format = {
  id: 'aws-network-firewall',
  title: 'AWS Network Firewall',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'the inner `event.timestamp` (packet, microseconds, zone written); the outer epoch is delivery, in seconds',
  traps: [
    'the outer event_timestamp is epoch seconds as text',
    'inspection in front of the NAT gateway keeps private sources, behind it does not',
    'flow records are written at timeout',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json) || !isObject(json['event'])) return no('no event object');
  const envelope = json['firewall_name'] !== undefined && json['event_timestamp'] !== undefined;
  return envelope ? yes(0.98, 'firewall_name and event_timestamp around an EVE event') : no('another envelope');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  if (!isObject(json) || !isObject(json['event'])) return failed('no event object');
  const observed = parseEpoch(textOf(json['event_timestamp']) ?? '')?.at ?? record.observed;
  const inner = observed === undefined ? record : { ...record, observed };
  const result = decodeEve(json['event'], inner, 'aws-network-firewall');
  const observer = textOf(json['firewall_name']);
  if (result.status !== 'decoded' || observer === undefined) return result;
  return {
    status: 'decoded',
    events: result.events.map((event) => (event.kind === 'network' ? { ...event, observer } : event)),
  };
}
