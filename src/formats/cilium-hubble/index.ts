import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { missing } from '../../core/findings/coverage.ts';
import { at, compact, isObject, type JsonObject, numberOf, tryJson } from '../../core/json/json.ts';
import { clockOf, instantOf, nanoTimeOf, wordOf } from '../../core/network/network.ts';
import { compactEvent, compactLost, isCompact, isHeader } from '../../core/products/hubble-text.ts';
import { timeFromObserved } from '../../core/time/time.ts';
import type { CoverageEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { flowEvent, stampText } from './flow.ts';
import { lookAtFlows } from './look.ts';

/** `hubble observe -o compact|tab|json|jsonpb`, the flow exporter's files, and the older bare flows. */
export const ciliumHubble: Format = {
  id: 'cilium-hubble',
  title: 'Cilium Hubble flows',
  roles: ['violation', 'flow', 'dns'],
  framing: 'auto',
  status: 'real',
  clock: 'flow.time: the datapath event on the node, ns, UTC',
  traps: [
    'zero values are omitted and a field mask may remove anything',
    'a policy verdict and a drop are both written for one packet, and each SYN retry again',
    'REDIRECTED went to the proxy and is no denial; AUDIT would have been denied',
    'ring buffer losses stand in lost_events records',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
  look: lookAtFlows,
};

const OTHERS = ['node_status', 'agent_event', 'debug_event'];

function claims({ text, json }: SniffRecord): Sniff {
  if (!isObject(json))
    return isCompact(text) ? yes(0.96, 'Hubble line with identities and verdict') : no('no Hubble flow');
  if (isObject(json['lost_events'])) return yes(0.97, 'lost_events of Hubble');
  if (OTHERS.some((key) => isObject(json[key])) && 'node_name' in json) return yes(0.9, 'Hubble record without a flow');
  const flow = flowOf(json);
  if (flow === undefined) return no('no flow with a verdict');
  const wrapped = flow !== json;
  if (!('IP' in flow) && !('l4' in flow) && !('event_type' in flow) && !wrapped) return no('a verdict without a flow');
  return yes(wrapped ? 0.98 : 0.96, 'Hubble flow with verdict and IP');
}

/** The flow inside `{"flow":..}` or `{"result":{"flow":..}}`, or the bare flow of the older encoder. */
function flowOf(json: JsonObject): JsonObject | undefined {
  const inner = json['flow'] ?? at(json, 'result', 'flow');
  if (isObject(inner)) return 'verdict' in inner || 'IP' in inner || 'ip' in inner ? inner : undefined;
  return 'verdict' in json && ('IP' in json || 'ip' in json || 'l4' in json || 'Type' in json) ? json : undefined;
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const json = record.text.startsWith('{') ? tryJson(record.text) : undefined;
  if (!isObject(json)) {
    if (isHeader(record.text)) return skipped('header');
    const count = compactLost(record.text);
    if (count !== undefined)
      return missing(record, {
        format: 'cilium-hubble',
        clock: 'flow.time',
        time: timeFromObserved(record.observed),
        reason: 'lost',
        count,
      });
    const event = compactEvent(record, context);
    return event === undefined ? failed('no Hubble flow') : decoded(event);
  }
  const lost = json['lost_events'];
  if (isObject(lost)) return decoded(lostEvents(record, json, lost));
  const flow = flowOf(json);
  if (flow === undefined) {
    const other = OTHERS.find((key) => key in json);
    return other === undefined ? failed('no Hubble flow') : skipped(`${other} record`);
  }
  const event = flowEvent(record, json, flow);
  return event === undefined ? skipped('flow without addresses') : decoded(event);
}

function lostEvents(record: RawRecord, json: JsonObject, lost: JsonObject): CoverageEvent {
  const node = wordOf(json['node_name']) ?? record.host;
  return compact({
    kind: 'coverage' as const,
    format: 'cilium-hubble',
    clock: clockOf('time', node),
    ref: record.ref,
    time: nanoTimeOf(stampText(json['time']), record, { basis: 'emit' }),
    reason: 'lost' as const,
    count: numberOf(lost['num_events_lost']),
    from: instantOf(stampText(lost['first'])),
    to: instantOf(stampText(lost['last'])),
    host: node,
  }) as CoverageEvent;
}
