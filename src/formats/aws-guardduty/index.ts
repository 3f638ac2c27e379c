import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { isObject, type JsonObject, tryJson } from '../../core/json/json.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { findingEvents } from './finding.ts';

/** GuardDuty findings: bare, or inside an EventBridge event (`detail`). */
export const awsGuardduty: Format = {
  id: 'aws-guardduty',
  title: 'AWS GuardDuty findings',
  roles: ['violation'],
  framing: 'auto',
  status: 'real',
  clock: 'updatedAt: ms, UTC, minutes to hours after the traffic; eventFirstSeen and eventLastSeen bound the cause',
  traps: [
    'a finding aggregates hours of traffic: only eventFirstSeen..eventLastSeen bounds the cause',
    'the local side is the flow log view of the interface, so a NAT gateway hides the sandbox',
    'a finding is updated under the same id',
  ],
  describesHosts: true,
  claims,
  open: () => ({ decode }),
};

/** The findings of a document: GetFindings (PascalCase `Findings`), EventBridge, or one bare finding. */
function findingsOf(json: unknown): readonly JsonObject[] {
  if (!isObject(json)) return [];
  const list = json['Findings'] ?? json['findings'];
  const detail = json['detail'];
  const candidates: readonly unknown[] = Array.isArray(list) ? list : [isObject(detail) ? detail : json];
  return candidates.filter(isFinding).map(lowerKeys).filter(isObject);
}

/** Documents of other kinds may be long: their members are looked at, not copied. */
function isFinding(value: unknown): boolean {
  if (!isObject(value) || typeof lowMember(value, 'type') !== 'string') return false;
  const service = lowMember(value, 'service');
  if (!isObject(service)) return false;
  return lowMember(service, 'serviceName') === 'guardduty' || 'detectorId' in service || 'DetectorId' in service;
}

function lowMember(value: JsonObject, key: string): unknown {
  return value[Object.keys(value).findLast((own) => lowKey(own) === key) ?? key];
}

const lowKey = (key: string): string => key.slice(0, 1).toLowerCase() + key.slice(1);

/** The API and the CLI write `Service.Action`; S3 and EventBridge `service.action`. */
function lowerKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerKeys);
  if (!isObject(value)) return value;
  const out: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) out[lowKey(key)] = lowerKeys(member);
  return out;
}

function claims({ json }: SniffRecord): Sniff {
  return findingsOf(json).length > 0
    ? yes(0.98, 'finding with serviceName guardduty or a detectorId')
    : no('no GuardDuty finding');
}

function decode(record: RawRecord): Decoded {
  const findings = findingsOf(tryJson(record.text));
  if (findings.length === 0) return failed('no GuardDuty finding');
  return decoded(...findings.flatMap((finding) => findingEvents(record, finding)));
}
