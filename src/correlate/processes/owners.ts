import { least } from '../../core/extremes.ts';
import { compareRef } from '../leases/lease.ts';
import type { Tuple } from '../trail/tuple.ts';
import type { Trail } from '../trail/walk.ts';
import { argumentOwners, namesPlace } from './argument-owners.ts';
import { mayAskFor } from './asked-for.ts';
import type { Lineage } from './lineage.ts';
import { CONNECT_WINDOW_US, compatible, type Owner, UNKNOWN_CLOCK_US } from './owner.ts';
import type { Process } from './process.ts';
import type { ProcessTable } from './processes.ts';
import { fromSending, mayBeSentAgain, SENT_AGAIN_US } from './resends.ts';
import type { Socket } from './sockets.ts';

/** One so near is the flow's own; so are those that are further by no more than the clocks may be off. */
export const FIRM_WINDOW_US = 100_000;
/** Without a record of the flow's beginning the violation's own time must do: retransmissions, log delays. */
const LOOSE_WINDOW_US = 3_000_000;
/** Pairs by stamps of whole seconds place a clock to a good second; one that is known no better than this is kept badly. */
const BADLY_KEPT_US = 2 * UNKNOWN_CLOCK_US;
/** Records this close together cannot be told apart by time. */
export const TIE_US = 40_000;

/** Processes that opened the flow: exact tuple first, then destination and time, then arguments of what was running. */
export function findOwners(
  trail: Trail,
  sandboxes: ReadonlySet<string> | undefined,
  processes: ProcessTable,
  lineage: Lineage,
): readonly Owner[] {
  if (processes.all.length === 0) return [];
  const own = recordedOwners(trail, processes, lineage).filter((owner) => compatible(owner.origin, sandboxes));
  if (own.length > 0) return own;
  const exact = trail.tuples.flatMap((tuple) => exactOwners(tuple, trail, processes, lineage));
  const fitting = exact.filter((owner) => compatible(owner.origin, sandboxes));
  if (fitting.length > 0) return nearestByProcess(fitting);
  const byDestination = preferKnown(
    trail.tuples
      .flatMap((tuple) => destinationOwners(tuple, trail, processes, lineage))
      .filter((owner) => compatible(owner.origin, sandboxes)),
    sandboxes,
  );
  const byArguments = argumentOwners(trail, sandboxes, processes, lineage);
  return combine(byDestination, byArguments, sandboxes, trail);
}

/** What a host sensor alerts on is a record of the process that did it. */
function recordedOwners(trail: Trail, processes: ProcessTable, lineage: Lineage): readonly Owner[] {
  const { record, dstIps, dstPort = 0 } = trail;
  if (record === undefined) return [];
  const window = LOOSE_WINDOW_US + trail.errorUs;
  const stretch = { from: trail.begun - window, to: trail.begun + window };
  return [...dstIps]
    .flatMap((ip) => processes.sockets.connectsTo(trail.host, ip, dstPort, stretch))
    .filter(({ ref }) => compareRef(ref, record) === 0)
    .map((socket) => owner(socket, 'record', trail, lineage));
}

function exactOwners(tuple: Tuple, trail: Trail, processes: ProcessTable, lineage: Lineage): readonly Owner[] {
  if (tuple.srcPort === 0) return [];
  const local = { ip: tuple.srcIp, port: tuple.srcPort };
  const remote = { ip: tuple.dstIp, port: tuple.dstPort };
  const slack = 2_000_000 + trail.errorUs;
  const all = [
    ...processes.sockets.owners(tuple.transport, local, remote),
    ...processes.sockets.owners('ip', local, remote),
  ].filter(
    (socket) => trail.host === undefined || socket.process.host === undefined || socket.process.host === trail.host,
  );
  const found = all.filter((socket) => socket.at - socket.errorUs <= trail.begun + slack + 600_000_000);
  const connects = found.filter(
    (socket) => socket.seen !== 'snapshot' && socket.at - socket.errorUs <= trail.begun + slack,
  );
  const snapshots = found.filter((socket) => socket.seen === 'snapshot');
  const opened = connects.length > 0 ? openedLast(connects, tuple) : heldFirst(snapshots, trail);
  const chosen = opened.length > 0 ? opened : onlyOwner(all);
  return chosen.map((socket) =>
    owner(
      socket,
      socket.sharers > 1 ? 'shared-tuple' : socket.seen === 'snapshot' ? 'snapshot' : 'tuple',
      trail,
      lineage,
    ),
  );
}

/** Who was seen with the port first once the flow had begun: later others may have taken it. Who was before, where nobody was since. */
function heldFirst(snapshots: readonly Socket[], trail: Trail): readonly Socket[] {
  const since = snapshots.filter(({ at, errorUs }) => at >= trail.begun - FIRM_WINDOW_US - trail.errorUs - errorUs);
  if (since.length === 0) return trail.isRetaken === true ? [] : snapshots;
  const first = least(since, ({ at }) => at);
  return since.filter(({ at }) => at - first < 1_000_000);
}

/** A port is taken again by others later, so the last to open it counts; a port of a service is held by several at once. */
function openedLast(connects: readonly Socket[], tuple: Tuple): readonly Socket[] {
  if (isServicePort(tuple)) return connects;
  const last = Math.max(...connects.map(({ at }) => at));
  return connects.filter((socket) => last - socket.at < 1_000_000);
}

/** The same port on both ends, as mDNS, NTP and NetBIOS have it: no port of one process alone (SO_REUSEADDR). */
const isServicePort = ({ transport, srcPort, dstPort }: Tuple): boolean => transport === 'udp' && srcPort === dstPort;

/** Where no pairs tell how far the host's clock is off, a tuple that one process alone ever had is its own, whatever the stamps say. */
function onlyOwner(sockets: readonly Socket[]): readonly Socket[] {
  const unknown = sockets.every(({ errorUs, seen }) => errorUs >= UNKNOWN_CLOCK_US && seen === 'connect');
  const owners = new Set(sockets.map(({ process }) => process.id));
  return unknown && owners.size === 1 ? sockets.slice(0, 1) : [];
}

function destinationOwners(tuple: Tuple, trail: Trail, processes: ProcessTable, lineage: Lineage): readonly Owner[] {
  const resolver = trail.via === 'forwarder' || (tuple.dstIp === '' && (tuple.dstPort || 53) === 53);
  const hosts = trail.host === undefined ? processes.hostNames() : [trail.host];
  const window = (trail.anchored ? CONNECT_WINDOW_US : LOOSE_WINDOW_US) + trail.errorUs;
  const width = resolver ? 1_000_000 : 0;
  const isAgain = !resolver && mayBeSentAgain(tuple, trail);
  const back = isAgain ? Math.max(window, SENT_AGAIN_US) : window + width;
  const stretch = { from: trail.begun - back, to: trail.begun + trail.windowUs + window };
  const sockets = hosts.flatMap((host) =>
    resolver
      ? processes.sockets.connectsToPort(host, tuple.dstPort || 53, stretch)
      : [
          ...processes.sockets.connectsTo(host, tuple.dstIp, tuple.dstPort, stretch),
          ...(tuple.dstPort === 0 ? [] : processes.sockets.connectsTo(host, tuple.dstIp, 0, stretch)),
        ],
  );
  const meant = sockets.filter((socket) => {
    if (
      socket.tuple.local.port !== undefined &&
      socket.tuple.local.port !== 0 &&
      tuple.srcPort !== 0 &&
      socket.tuple.local.port !== tuple.srcPort
    )
      return false;
    if (tuple.srcIp !== '' && socket.tuple.local.ip !== undefined && socket.tuple.local.ip !== tuple.srcIp)
      return false;
    if (isAgain && socket.at < trail.begun - window && !wasSending(socket, trail)) return false;
    return socket.at >= stretch.from - socket.errorUs && socket.at <= stretch.to + socket.errorUs;
  });
  const found = meant.map((socket) => owner(socket, resolver ? 'resolver' : 'destination', trail, lineage));
  // The one that no clock places may be the flow's as well as any other.
  const isPlaced = meant.every((socket) => isTimed(socket, trail) || processes.sockets.isOnlyOpener(socket));
  return isPlaced ? found : found.map((one) => ({ ...one, isFirm: false }));
}

/** Clocks that are known to be worse kept than most say nothing of the moment of a connect. */
function isTimed({ errorUs }: Socket, trail: Trail): boolean {
  return Math.max(errorUs, trail.errorUs - trail.coarseUs) < BADLY_KEPT_US;
}

function owner(socket: Socket, how: Owner['how'], trail: Trail, lineage: Lineage): Owner {
  const { process, ref } = socket;
  const origin = lineage.origin(process);
  const isFirm =
    (how !== 'destination' && how !== 'resolver') ||
    (isOfItsMoment(socket, trail) && (how === 'destination' || mayAskFor(process, origin, trail.domains)));
  const distanceUs = Math.max(0, farFrom(socket, how, trail) - trail.coarseUs);
  return { process, origin, how, distanceUs, isFirm, ref };
}

/** How far the flow's beginning is from the connect, or from when its packet was sent again. */
function farFrom(socket: Socket, how: Owner['how'], trail: Trail): number {
  const [tuple] = trail.tuples;
  if (how === 'destination' && tuple !== undefined && mayBeSentAgain(tuple, trail) && wasSending(socket, trail))
    return fromSending(socket.at, trail.begun);
  return Math.abs(socket.at - trail.begun);
}

/** Whether the process, which was still there, may have sent the packet again that opens its connection. */
function wasSending({ at, errorUs, process }: Socket, trail: Trail): boolean {
  const slackUs = FIRM_WINDOW_US + trail.errorUs + errorUs;
  return (process.exited ?? Infinity) >= trail.begun - slackUs && fromSending(at, trail.begun) <= slackUs;
}

/** A connect further from the flow's beginning than clocks and scheduling take it is that of another flow as well as not. */
function isOfItsMoment(socket: Socket, trail: Trail): boolean {
  const { at, errorUs } = socket;
  const [tuple] = trail.tuples;
  if (tuple !== undefined && mayBeSentAgain(tuple, trail) && wasSending(socket, trail)) return true;
  const slackUs = FIRM_WINDOW_US + trail.errorUs + errorUs;
  return at >= trail.begun - slackUs && at <= trail.begun + trail.windowUs + slackUs;
}

function nearestByProcess(owners: readonly Owner[]): readonly Owner[] {
  const best = new Map<number, Owner>();
  for (const candidate of owners) {
    const known = best.get(candidate.process.id);
    if (known === undefined || candidate.distanceUs < known.distanceUs) best.set(candidate.process.id, candidate);
  }
  return [...best.values()];
}

/** Destination and argument owners together; among connects by time alone only those that time cannot tell apart stay. */
function combine(
  byDestination: readonly Owner[],
  byArguments: readonly Owner[],
  sandboxes: ReadonlySet<string> | undefined,
  trail: Trail,
): readonly Owner[] {
  const errorUs = trail.errorUs - trail.coarseUs;
  const pool = byDestination.length > 0 ? byDestination : byArguments;
  const nearest = least(preferKnown(pool, sandboxes), (owner) => owner.distanceUs);
  if (byDestination.length === 0) return nearestByProcess(freshest(pool));
  // A process of the platform that connected then is no owner by its arguments alone, and names the place all the same.
  const platform = byDestination.filter(({ origin, process }) => origin.platform !== undefined && says(process, trail));
  const named = new Set([...byArguments, ...platform].map((owner) => owner.process.id));
  // Arguments tell apart queries of the resolver, which clocks cannot; a query that is clearly nearer needs none. Who connected to the
  // very port did so whatever its arguments say.
  const both = byDestination.filter(
    (owner) =>
      (owner.how === 'resolver' || trail.dstPort === undefined) &&
      owner.distanceUs <= nearest + TIE_US + errorUs &&
      (named.has(owner.process.id) || owner.origin.chain.some((process) => named.has(process.id))),
  );
  const best = both.length > 0 ? least(preferKnown(both, sandboxes), (owner) => owner.distanceUs) : nearest;
  return nearestByProcess(
    (both.length > 0 ? both : pool).filter((owner) => owner.distanceUs <= best + TIE_US + errorUs),
  );
}

function says({ execs }: Process, trail: Trail): boolean {
  return execs.some(({ text }) => namesPlace(text, trail));
}

/** A process known to be in the sandbox that held the address beats one that may be anywhere on the host. */
function preferKnown(pool: readonly Owner[], sandboxes: ReadonlySet<string> | undefined): readonly Owner[] {
  // Where the host's own processes may have sent it as well, only time tells.
  if (sandboxes?.size !== 1) return pool;
  // Everybody asks the resolver all the time: there, being inside says nothing.
  const inside = pool.filter((owner) => owner.origin.sandboxId !== undefined || owner.how === 'resolver');
  return inside.length > 0 ? inside : pool;
}

/** Of processes that name the destination, those started last before the flow. */
function freshest(pool: readonly Owner[]): readonly Owner[] {
  const nearest = least(pool, (owner) => owner.distanceUs);
  return pool.filter((owner) => owner.distanceUs <= nearest + 200_000);
}
