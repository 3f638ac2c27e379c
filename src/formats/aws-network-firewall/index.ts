import { failed, no, yes } from '../../core/decoded.ts';
import { isObject, textOf, tryJson } from '../../core/json/json.ts';
import { decodeEve } from '../../core/products/eve.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** AWS Network Firewall: Suricata EVE inside `event`. */
export const awsNetworkFirewall: Format = {
  id: 'aws-network-firewall',
  title: 'AWS Network Firewall (alert and flow logs)',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'the inner EVE `timestamp`; `event_timestamp` outside is epoch seconds of delivery',
  traps: ['use the inner time', 'inspection before the NAT gateway keeps the private source'],
  claims: ({ json }: SniffRecord): Sniff =>
    isObject(json) &&
    isObject(json['event']) &&
    (json['firewall_name'] !== undefined || json['event_timestamp'] !== undefined)
      ? yes(0.98, 'firewall_name around an EVE event')
      : no('no firewall_name and event'),
  open: () => ({ decode }),
};

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const event = isObject(json) ? json['event'] : undefined;
  if (!isObject(json) || !isObject(event)) return failed('no EVE event inside');
  const result = decodeEve(event, record, 'aws-network-firewall');
  const name = textOf(json['firewall_name']);
  if (result.status !== 'decoded' || name === undefined) return result;
  return {
    ...result,
    events: result.events.map((entry) => (entry.kind === 'network' ? { ...entry, observer: name } : entry)),
  };
}
