import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, isObject, type JsonObject, numberOf, tryJson } from '../../core/json/json.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { activityEvent } from './activity.ts';

/** Events of the Open Cybersecurity Schema Framework that name a network endpoint. */
export const ocsf: Format = {
  id: 'ocsf',
  title: 'OCSF events',
  roles: ['violation', 'flow', 'dns', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: 'time: epoch ms by the schema, seconds in the wild; start_time and end_time bound the cause',
  traps: [
    'source is the literal source of the product, not the opener',
    'time is given in seconds by some writers, _dt twins are optional',
    'detection findings carry their tuples in evidences[]',
  ],
  claims,
  open: () => ({ decode }),
};

/** Network Activity 4001-4014 and the findings category 2. */
const NETWORK = /^(?:40\d\d|200\d)$/;

function isOcsf(json: unknown): json is JsonObject {
  return isObject(json) && numberOf(json['class_uid']) !== undefined && ('category_uid' in json || 'metadata' in json);
}

function claims({ json }: SniffRecord): Sniff {
  if (!isOcsf(json)) return no('no class_uid with category_uid or metadata');
  if (NETWORK.test(String(json['class_uid']))) return yes(0.97, 'class_uid of a network or finding class');
  return 'src_endpoint' in json || 'dst_endpoint' in json
    ? yes(0.95, 'class_uid and an endpoint')
    : yes(0.6, 'class_uid without an endpoint');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  if (!isOcsf(json)) return failed('no class_uid with category_uid or metadata');
  const events: NetworkEvent[] = [];
  for (const evidence of arrayOf(json['evidences'])) {
    const event = isObject(evidence) ? activityEvent(record, json, evidence) : undefined;
    if (event !== undefined) events.push(event);
  }
  if (events.length > 0) return decoded(...events);
  const event = activityEvent(record, json, json);
  return event === undefined ? skipped(`class ${String(json['class_uid'])} without an endpoint`) : decoded(event);
}
