import type { NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime, Micros } from '../../model/time.ts';
import { isObject, type JsonObject } from '../json/json.ts';
import { transportName } from '../network/ip.ts';
import {
  bytesOf,
  directionOf,
  endpointOf,
  hasPorts,
  instantOf,
  isPlaced,
  networkEvent,
  timeOf,
  wordOf,
} from '../network/network.ts';

/** The records of a diagnostic log document: `{"records":[..]}`, or one bare record. */
export function azureRecords(json: unknown): readonly JsonObject[] {
  if (!isObject(json)) return [];
  const records = json['records'];
  return Array.isArray(records) ? records.filter(isObject) : [json];
}

/** Last segment of a resource id: `/SUBSCRIPTIONS/../AZUREFIREWALLS/FW-01` is `FW-01`. */
export function resourceName(id: unknown): string | undefined {
  const text = wordOf(id);
  return text === undefined ? undefined : wordOf(text.slice(text.lastIndexOf('/') + 1));
}

/** What stands around a flow tuple. */
interface TupleContext {
  readonly format: string;
  readonly rule: NetworkEvent['rule'];
  /** Time of the batch record. */
  readonly batch: unknown;
  /** MAC address of the network card. */
  readonly observer: string | undefined;
}

/** Statistics of a lasting flow come every five minutes. */
const CONTINUATION_US = 300_000_000;
const SECOND_US = 1_000_000;
/** Flows remembered for the start of their next tuple; an older one falls back to the five minutes. */
const MAX_FLOWS = 50_000;

/** Reads flow tuples of NSG flow logs (v1, v2) and VNet flow logs (v4); one reader per file. */
export class FlowTuples {
  #previous = new Map<string, Micros>();

  /** Event of one tuple; undefined when the text is none. */
  read(record: RawRecord, tuple: unknown, context: TupleContext): NetworkEvent | undefined {
    const parts = typeof tuple === 'string' ? tuple.split(',') : [];
    if (parts.length < 8) return undefined;
    const [stamp = '', srcIp, dstIp, sport, dport, protocol = '', flow = '', verdict = ''] = parts;
    const isNsg = /^[AD]$/.test(verdict) && /^[A-Za-z*]/.test(protocol);
    const state = isNsg ? parts[8] : verdict;
    const denied = isNsg ? verdict === 'D' : state === 'D';
    const transport = protocolOf(protocol);
    const src = endpointOf(srcIp, hasPorts(transport) ? sport : undefined);
    const dst = endpointOf(dstIp, hasPorts(transport) ? dport : undefined);
    if (instantOf(stamp) === undefined || (!isPlaced(src) && !isPlaced(dst))) return undefined;
    const key = `${srcIp},${sport},${dstIp},${dport},${protocol}`;
    return networkEvent(record, {
      format: context.format,
      clock: 'flowTuple',
      time: this.#time(record, { stamp, state, key }, context),
      type: 'flow',
      action: denied ? 'deny' : 'allow',
      actionRaw: verdict,
      src,
      dst,
      initiator: 'src',
      transport,
      direction: directionOf(flow),
      rule: context.rule,
      observer: context.observer,
      state,
      // packets, bytes to the destination; packets, bytes back: the same columns in both versions.
      bytes: bytesOf(parts[10], parts[12]),
    });
  }

  /** Begun or denied: the tuple's own moment. Continued or ended: since the flow's tuple before. */
  #time(
    record: RawRecord,
    tuple: { stamp: string; state: string | undefined; key: string },
    context: TupleContext,
  ): EventTime {
    const at = instantOf(tuple.stamp) ?? (0 as Micros);
    const lasting = tuple.state === 'C' || tuple.state === 'E';
    const before = this.#previous.get(tuple.key);
    this.#previous.delete(tuple.key);
    if (tuple.state === 'B' || tuple.state === 'C') {
      if (this.#previous.size >= MAX_FLOWS) this.#previous.clear();
      this.#previous.set(tuple.key, at);
    }
    return timeOf(tuple.stamp, record, {
      basis: tuple.state === 'C' ? 'window' : tuple.state === 'E' ? 'flow-end' : 'flow-start',
      lo: lasting && before !== undefined && before <= at ? before : undefined,
      beforeUs: lasting ? CONTINUATION_US : SECOND_US,
      afterUs: SECOND_US,
      observed: instantOf(context.batch) ?? record.observed,
    });
  }
}

function protocolOf(text: string): string | undefined {
  if (text === 'T') return 'tcp';
  return text === 'U' ? 'udp' : transportName(text);
}
