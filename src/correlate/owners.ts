import { least } from '../core/extremes.ts';
import type { Micros } from '../model/time.ts';
import { mayAskFor } from './asked-for.ts';
import type { Lineage, Origin } from './lineage.ts';
import type { Tuple } from './nat.ts';
import type { Process } from './process.ts';
import type { ProcessTable } from './processes.ts';
import type { Socket } from './sockets.ts';
import type { Trail } from './walk.ts';

/** A process that can own the violation's socket, and why. */
export interface Owner {
  readonly process: Process;
  readonly origin: Origin;
  readonly how: 'tuple' | 'shared-tuple' | 'destination' | 'resolver' | 'exec-arguments' | 'snapshot';
  /** Distance between the host's record and the flow's beginning, microseconds. */
  readonly distanceUs: number;
  /** The record is one of this flow. Else the process may have opened it, as others may of which a record is missing. */
  readonly isFirm: boolean;
  readonly ref: Socket['ref'];
}

/** A host's connect record and the first packet differ by scheduling and coarse clocks, some milliseconds; 300 ms holds all measured. */
const CONNECT_WINDOW_US = 300_000;
/** One so near is the flow's own; so are those that are further by no more than the clocks may be off. */
const FIRM_WINDOW_US = 100_000;
/** Without a record of the flow's beginning the violation's own time must do: retransmissions, log delays. */
const LOOSE_WINDOW_US = 3_000_000;
/** What a clock without pairs is taken to be off by, or more. */
const UNKNOWN_CLOCK_US = 1_000_000;
const EXEC_LIFE_US = 30_000_000;
/** Records this close together cannot be told apart by time. */
const TIE_US = 40_000;

/** Processes that opened the flow: exact tuple first, then destination and time, then arguments of what was running. */
export function findOwners(
  trail: Trail,
  sandboxes: ReadonlySet<string> | undefined,
  processes: ProcessTable,
  lineage: Lineage,
): readonly Owner[] {
  if (processes.all.length === 0) return [];
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
  return combine(byDestination, byArguments, sandboxes, trail.errorUs);
}

/** A process is out when its sandbox is known and is none of those that can have sent the packet. */
function compatible(origin: Origin, sandboxes: ReadonlySet<string> | undefined): boolean {
  if (sandboxes === undefined || origin.sandboxId === undefined) return true;
  return sandboxes.has(origin.sandboxId);
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
  const opened = connects.length > 0 ? openedLast(connects, tuple) : snapshots;
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
  const stretch = { from: trail.begun - window - width, to: trail.begun + trail.windowUs + window };
  const sockets = hosts.flatMap((host) =>
    resolver
      ? processes.sockets.connectsToPort(host, tuple.dstPort || 53, stretch)
      : [
          ...processes.sockets.connectsTo(host, tuple.dstIp, tuple.dstPort, stretch),
          ...(tuple.dstPort === 0 ? [] : processes.sockets.connectsTo(host, tuple.dstIp, 0, stretch)),
        ],
  );
  return sockets
    .filter((socket) => {
      if (
        socket.tuple.local.port !== undefined &&
        socket.tuple.local.port !== 0 &&
        tuple.srcPort !== 0 &&
        socket.tuple.local.port !== tuple.srcPort
      )
        return false;
      if (tuple.srcIp !== '' && socket.tuple.local.ip !== undefined && socket.tuple.local.ip !== tuple.srcIp)
        return false;
      return socket.at >= stretch.from - socket.errorUs && socket.at <= stretch.to + socket.errorUs;
    })
    .map((socket) => owner(socket, resolver ? 'resolver' : 'destination', trail, lineage));
}

/** Processes alive then whose own arguments name the destination: pings, resolvers, tools whose connect no sensor saw. */
function argumentOwners(
  trail: Trail,
  sandboxes: ReadonlySet<string> | undefined,
  processes: ProcessTable,
  lineage: Lineage,
): readonly Owner[] {
  const words = placesOf(trail);
  if (words.length === 0) return [];
  const out: Owner[] = [];
  const hosts = trail.host === undefined ? processes.hostNames() : [trail.host];
  for (const host of hosts) {
    for (const process of processes.aliveAround(
      host,
      (trail.begun - EXEC_LIFE_US) as Micros,
      (trail.begun + CONNECT_WINDOW_US + trail.errorUs) as Micros,
    )) {
      const exec = process.execs.find(
        (e) =>
          e.at <= trail.begun + CONNECT_WINDOW_US + trail.errorUs && words.some((word) => containsWord(e.text, word)),
      );
      if (
        exec === undefined ||
        (process.exited !== undefined && process.exited < trail.begun - CONNECT_WINDOW_US - trail.errorUs)
      )
        continue;
      const origin = lineage.origin(process);
      if (!compatible(origin, sandboxes)) continue;
      if (origin.platform !== undefined && connectedThen(process, trail, processes)) continue;
      out.push({
        process,
        origin,
        how: 'exec-arguments',
        distanceUs: Math.max(0, trail.begun - exec.at),
        isFirm: false,
        ref: exec.ref,
      });
    }
  }
  return out;
}

/** Whether a command names where the flow went. */
export function namesPlace(text: string, trail: Trail): boolean {
  return placesOf(trail).some((word) => containsWord(text, word));
}

function placesOf({ dstIps, domains }: Trail): readonly string[] {
  return [...dstIps, ...domains].filter((word) => word.length > 3);
}

/** The host's own processes connect again and again: of one whose connects are on record this is none, or it would be there. */
function connectedThen(process: Process, { tuples, begun }: Trail, processes: ProcessTable): boolean {
  const stretch = { from: begun - EXEC_LIFE_US, to: begun + EXEC_LIFE_US };
  return tuples.some(({ dstIp, dstPort }) =>
    processes.sockets
      .connectsTo(process.host, dstIp, dstPort, stretch)
      .some((socket) => socket.process === process && Math.abs(socket.at - begun) <= EXEC_LIFE_US),
  );
}

function containsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (
      !/[\w-]/.test(before) &&
      !/[\w-]/.test(after) &&
      !(after === '.' && /[\w]/.test(text[at + word.length + 1] ?? ' '))
    )
      return true;
  }
  return false;
}

function owner(socket: Socket, how: Owner['how'], trail: Trail, lineage: Lineage): Owner {
  const { process, at, ref } = socket;
  const origin = lineage.origin(process);
  const isFirm =
    (how !== 'destination' && how !== 'resolver') ||
    (isOfItsMoment(socket, trail) && (how === 'destination' || mayAskFor(process, origin, trail.domains)));
  return { process, origin, how, distanceUs: Math.abs(at - trail.begun), isFirm, ref };
}

/** A connect further from the flow's beginning than clocks and scheduling take it is that of another flow as well as not. */
function isOfItsMoment({ at, errorUs }: Socket, trail: Trail): boolean {
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
  errorUs: number,
): readonly Owner[] {
  const pool = byDestination.length > 0 ? byDestination : byArguments;
  const nearest = least(preferKnown(pool, sandboxes), (owner) => owner.distanceUs);
  if (byDestination.length === 0) return nearestByProcess(freshest(pool));
  const named = new Set(byArguments.map((owner) => owner.process.id));
  // Arguments tell apart what the clocks cannot; a connect that is clearly nearer needs none.
  const both = byDestination.filter(
    (owner) =>
      owner.distanceUs <= nearest + TIE_US + errorUs &&
      (named.has(owner.process.id) || owner.origin.chain.some((process) => named.has(process.id))),
  );
  const best = both.length > 0 ? least(preferKnown(both, sandboxes), (owner) => owner.distanceUs) : nearest;
  return nearestByProcess((both.length > 0 ? both : pool).filter((owner) => owner.distanceUs <= best + TIE_US));
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
