import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, tryJson } from '../../core/json/json.ts';
import { transportName } from '../../core/network/ip.ts';
import {
  actionOf,
  endpointOf,
  nanoTimeOf,
  networkEvent,
  ruleOf,
  severityOf,
  timeOf,
  wordOf,
} from '../../core/network/network.ts';
import { type LogEntry, openLogEntry } from '../../core/products/gcp.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Threats that Google Cloud's inspection reports: Cloud NGFW (`firewall_threat`) and Cloud IDS (`threat`). */
export const gcpThreat: Format = {
  id: 'gcp-threat',
  title: 'Google Cloud NGFW and Cloud IDS threats',
  roles: ['violation'],
  framing: 'auto',
  status: 'documented',
  clock: 'alert_time of Cloud IDS, whole seconds; timestamp of the log entry of Cloud NGFW; UTC',
  traps: [
    'Cloud IDS sees copies of packets: it rules on nothing',
    'the first side is the client of the session, also where the threat came from the server',
    'repeats within 5 s are one record of Cloud IDS with their number',
  ],
  claims,
  open: () => ({ decode }),
};

const isNgfw = (payload: JsonObject): boolean =>
  isObject(payload['threatDetails']) && at(payload, 'connection', 'clientIp') !== undefined;
const isIds = (payload: JsonObject): boolean =>
  payload['source_ip_address'] !== undefined &&
  payload['threat_id'] !== undefined &&
  payload['alert_severity'] !== undefined;

function openThreat(json: unknown, record?: RawRecord): LogEntry | undefined {
  const entry = openLogEntry(json, record);
  return entry !== undefined && (isNgfw(entry.payload) || isIds(entry.payload)) ? entry : undefined;
}

function claims({ json }: SniffRecord): Sniff {
  return openThreat(json) === undefined
    ? no('neither threatDetails nor alert_severity with threat_id')
    : yes(0.97, 'threat of Cloud NGFW or Cloud IDS');
}

function decode(record: RawRecord): Decoded {
  const entry = openThreat(tryJson(record.text), record);
  if (entry === undefined) return failed('neither threatDetails nor alert_severity with threat_id');
  const { payload } = entry;
  const stated = isNgfw(payload) ? ngfw(payload) : ids(payload);
  const alerted = payload['alert_time'];
  const options = { basis: 'event' as const, beforeUs: 1_000_000, observed: entry.received };
  return decoded(
    networkEvent(record, {
      format: 'gcp-threat',
      clock: alerted === undefined ? 'timestamp' : 'alert_time',
      time: alerted === undefined ? nanoTimeOf(entry.timestamp, record, options) : timeOf(alerted, record, options),
      type: 'alert',
      initiator: 'src',
      ...stated,
    }),
  );
}

type Stated = Parameters<typeof networkEvent>[1] & Pick<NetworkEvent, 'src' | 'dst' | 'action'>;

/** Cloud NGFW, "Threat logs". */
function ngfw(payload: JsonObject): Pick<Stated, 'src' | 'dst' | 'action'> & Partial<Stated> {
  const link = (name: string): unknown => at(payload, 'connection', name);
  const threat = (name: string): unknown => at(payload, 'threatDetails', name);
  const action = wordOf(payload['action']);
  const severity = wordOf(threat('severity'));
  return {
    src: endpointOf(link('clientIp'), link('clientPort')),
    dst: endpointOf(link('serverIp'), link('serverPort')),
    transport: transportName(wordOf(link('protocol'))),
    action: actionOf(action),
    actionRaw: action,
    rule: ruleOf(threat('threat'), wordOf(threat('id')), threat('category')),
    severity: severityOf(severity),
    severityRaw: severity,
    observer: wordOf(at(payload, 'interceptInstance', 'vm')),
  };
}

/** Cloud IDS, "Threat log": the fields of the firewall of Palo Alto Networks that inspects. */
function ids(payload: JsonObject): Pick<Stated, 'src' | 'dst' | 'action'> & Partial<Stated> {
  const severity = wordOf(payload['alert_severity']);
  const count = Number(wordOf(payload['repeat_count']) ?? 1);
  return {
    src: endpointOf(payload['source_ip_address'], payload['source_port']),
    dst: endpointOf(payload['destination_ip_address'], payload['destination_port']),
    transport: transportName(wordOf(payload['ip_protocol'])),
    action: 'alert',
    rule: ruleOf(payload['name'], wordOf(payload['threat_id']), payload['category'] ?? payload['type']),
    severity: severityOf(severity),
    severityRaw: severity,
    flowId: wordOf(payload['session_id']),
    count: count > 1 ? count : undefined,
  };
}
