import { compact, numberOf } from '../../core/json/json.ts';
import { transportName } from '../../core/network/ip.ts';
import {
  actionOf,
  bytesOf,
  directionOf,
  endpointOf,
  hasPorts,
  instantOf,
  isPlaced,
  natOf,
  networkEvent,
  ruleOf,
  timeOf,
  wordOf,
} from '../../core/network/network.ts';
import type { CoverageEvent, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime, Micros } from '../../model/time.ts';

type Fields = Readonly<Record<string, string>>;

const SECOND_US = 1_000_000;
/** `tcp-flags` ORs the flags of the window: SYN 2, SYN-ACK 18. */
const SYN = 2;
const SYN_ACK = 18;

/** Event of a record: a flow, or the loss that SKIPDATA stands for. */
export function flowOf(record: RawRecord, fields: Fields): NetworkEvent | CoverageEvent | undefined {
  const time = windowOf(record, fields);
  if (fields['log-status'] === 'SKIPDATA') return lostWindow(record, fields, time);
  const transport = transportName(numericText(fields['protocol']));
  const ports = hasPorts(transport);
  const src = endpointOf(fields['srcaddr'], ports ? fields['srcport'] : undefined);
  const dst = endpointOf(fields['dstaddr'], ports ? fields['dstport'] : undefined);
  if (!isPlaced(src) && !isPlaced(dst)) return undefined;
  const action = wordOf(fields['action']);
  const card = wordOf(fields['interface-id']) ?? wordOf(fields['tgw-attachment-id']);
  return networkEvent(record, {
    format: 'aws-vpcflow',
    clock: 'start',
    time,
    type: 'flow',
    action: actionOf(action),
    actionRaw: action,
    src,
    dst,
    initiator: initiatorOf(transport, fields['tcp-flags']),
    transport,
    direction: directionOf(fields['flow-direction']),
    nat: innerOf(fields, src, dst),
    rule: ruleOf(fields['reject-reason']),
    observer: card,
    inIf: card,
    host: wordOf(fields['instance-id']),
    containerId: wordOf(fields['ecs-container-id']),
    bytes: bytesOf(fields['bytes']),
  });
}

/** [start - 1 s, end + 1 s]: both stamps are whole seconds. */
function windowOf(record: RawRecord, fields: Fields): EventTime {
  const start = numericText(fields['start']);
  const end = numericText(fields['end']);
  const from = instantOf(start);
  const to = instantOf(end) ?? from;
  return timeOf(start ?? end, record, {
    basis: 'window',
    beforeUs: SECOND_US,
    hi: to === undefined ? undefined : ((to + SECOND_US) as Micros),
  });
}

/** JSON exports write integers as `25238.0`. */
function numericText(text: string | undefined): string | undefined {
  return wordOf(text)?.replace(/\.0+$/, '');
}

function initiatorOf(transport: string | undefined, flags: string | undefined): NetworkEvent['initiator'] {
  const bits = numberOf(flags);
  if (transport !== 'tcp' || bits === undefined) return undefined;
  if ((bits & SYN_ACK) === SYN_ACK) return 'dst';
  return (bits & SYN) === SYN ? 'src' : undefined;
}

/** The packet's own addresses where they are not the interface's: pods, and hosts behind a NAT or transit gateway. */
function innerOf(fields: Fields, src: Endpoint, dst: Endpoint): NetworkEvent['nat'] {
  const inner = endpointOf(wordOf(fields['pkt-srcaddr']));
  const outer = endpointOf(wordOf(fields['pkt-dstaddr']));
  return natOf(inner.ip === src.ip ? {} : inner, outer.ip === dst.ip ? {} : outer);
}

function lostWindow(record: RawRecord, fields: Fields, time: EventTime): CoverageEvent {
  return compact({
    kind: 'coverage' as const,
    format: 'aws-vpcflow',
    clock: 'start',
    ref: record.ref,
    time,
    reason: 'lost' as const,
    from: instantOf(numericText(fields['start'])),
    to: instantOf(numericText(fields['end'])),
    host: wordOf(fields['instance-id']),
  }) as CoverageEvent;
}
