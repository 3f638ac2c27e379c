import type { Attribution, EpisodeRef } from '../model/attribution.ts';
import type { Endpoint, Event, NatEvent, NetworkEvent, ProcessEvent } from '../model/event.ts';
import type { Rollout } from '../model/report.ts';
import type { SourceRef } from '../model/source.ts';
import type { Timed } from '../model/timed.ts';

/** Names by which a record is known to be of the matter. */
interface Matter {
  /** `path:line` of the records that the answer cites. */
  readonly cited: ReadonlySet<string>;
  readonly episodes: ReadonlySet<string>;
  readonly sandboxes: ReadonlySet<string>;
  /** `address port` from which the connections came, before and after translations. */
  readonly sources: Set<string>;
  /** `address port` and names to which they went. */
  readonly destinations: Set<string>;
  /** `host pid` of the processes and what they started. */
  readonly processes: Set<string>;
  /** Hosts whose GPUs are in question. */
  readonly gpuHosts: ReadonlySet<string | undefined>;
}

/** Name servers are asked by all: who asks the same one has nothing to do with it. */
const DNS_PORTS: ReadonlySet<number | undefined> = new Set([53, 853]);
/** Translations one behind the other; each pass over the records undoes one. */
const MAX_HOPS = 4;

const placeOf = ({ source, line }: SourceRef): string => `${source}:${line}`;

/**
 * Which of `rows`, the records of one stretch of time in their order, bear on the violations asked for: those that the answer cites, what
 * the suspects and their sandboxes did, the connections with their translations, whoever else went to the same place, the processes with
 * what they started, and gaps of sources. Between them stands what all others did in these seconds.
 */
export function bearingOn(
  asked: readonly Attribution[],
  rollouts: readonly Rollout[],
  rows: readonly Timed[],
): ReadonlySet<Timed> {
  const matter = matterOf(asked, rollouts);
  for (const { event, host } of rows) if (matter.cited.has(placeOf(event.ref))) learn(event, host, matter);
  for (let hop = 0; hop < MAX_HOPS && translations(rows, matter); hop++);
  for (const { event, host } of rows) if (event.kind === 'process') descend(event, host, matter);
  return new Set(rows.filter((timed) => bears(timed, matter)));
}

function matterOf(asked: readonly Attribution[], rollouts: readonly Rollout[]): Matter {
  const suspects = asked.flatMap(suspectsOf);
  const named = new Set([
    ...suspects.map(({ id }) => id),
    ...asked.flatMap(({ untraced }) => untraced?.episodeId ?? []),
  ]);
  const known = rollouts.filter(({ episode, aliases }) => [episode, ...aliases].some((id) => named.has(id)));
  return {
    cited: new Set(asked.flatMap(citedBy).map(placeOf)),
    episodes: new Set([...named, ...known.flatMap(({ episode, aliases }) => [episode, ...aliases])]),
    sandboxes: new Set([
      ...suspects.flatMap(({ sandboxId }) => sandboxId ?? []),
      ...asked.flatMap(({ untraced }) => untraced?.sandboxId ?? []),
    ]),
    sources: new Set(),
    destinations: new Set(),
    processes: new Set(
      asked.flatMap(({ process }) => (process?.pid === undefined ? [] : keyOf(process.host, process.pid))),
    ),
    gpuHosts: new Set(
      asked.flatMap(({ violation, process }) => (violation.finding.category === 'cryptomining' ? [process?.host] : [])),
    ),
  };
}

function suspectsOf({ episode, candidates }: Attribution): readonly EpisodeRef[] {
  return episode === undefined ? candidates.flatMap((candidate) => candidate.episode ?? []) : [episode];
}

function citedBy({ violation, evidence, toolCall, process }: Attribution): readonly SourceRef[] {
  const refs = [violation.event.ref, ...violation.alsoSeen, ...evidence.flatMap((fact) => fact.refs)];
  return [
    ...refs,
    ...(toolCall === undefined ? [] : [toolCall.ref]),
    ...(process?.ref === undefined ? [] : [process.ref]),
  ];
}

const keyOf = (host: string | undefined, pid: number): string => `${host ?? ''} ${pid}`;

/** What a cited record says of the connection and its process. */
function learn(event: Event, host: string | undefined, matter: Matter): void {
  switch (event.kind) {
    case 'network':
      learnEnds(event, matter);
      return;
    case 'dns':
      matter.destinations.add(event.name);
      addEnd(event.client, matter.sources);
      return;
    case 'process':
      if (event.pid !== undefined) matter.processes.add(keyOf(host, event.pid));
      addEnd(event.socket?.local, matter.sources);
      addPlace(event.socket?.remote, matter);
      return;
    default:
  }
}

function learnEnds(event: NetworkEvent, matter: Matter): void {
  const [from, to] = event.initiator === 'dst' ? [event.dst, event.src] : [event.src, event.dst];
  addEnd(from, matter.sources);
  addEnd(translatedSource(event), matter.sources);
  addPlace(event.upstream, matter);
  addPlace(event.dns === undefined ? to : { domain: event.dns.name }, matter);
}

/** A place that has a name is known by it: its address may be a proxy's or a resolver's. */
function addPlace(end: Endpoint | undefined, { destinations }: Matter): void {
  if (end?.domain !== undefined) destinations.add(end.domain);
  else if (end?.ip !== undefined && !DNS_PORTS.has(end.port)) destinations.add(endKey(end.ip, end.port));
}

const endKey = (ip: string, port: number | undefined): string => `${ip} ${port ?? ''}`;

function addEnd(end: Endpoint | undefined, into: Set<string>): void {
  if (end?.ip !== undefined && end.port !== undefined) into.add(endKey(end.ip, end.port));
}

function hasEnd(end: Endpoint | undefined, { sources }: Matter): boolean {
  return end?.ip !== undefined && end.port !== undefined && sources.has(endKey(end.ip, end.port));
}

function translatedSource({ nat }: NetworkEvent): Endpoint | undefined {
  if (nat?.srcIp === undefined || nat.srcPort === undefined) return undefined;
  return { ip: nat.srcIp, port: nat.srcPort };
}

/** The other side of each translation that one side is known of. Whether there were any. */
function translations(rows: readonly Timed[], matter: Matter): boolean {
  const before = matter.sources.size;
  for (const { event } of rows) {
    if (event.kind !== 'nat' || !isOfConnection(event, matter)) continue;
    addEnd(event.src, matter.sources);
    addEnd(event.replyDst, matter.sources);
  }
  return matter.sources.size > before;
}

function isOfConnection({ src, replyDst }: NatEvent, matter: Matter): boolean {
  return hasEnd(src, matter) || hasEnd(replyDst, matter);
}

/** Records are in order, so a parent comes before what it starts. */
function descend({ pid, ppid, childPid }: ProcessEvent, host: string | undefined, { processes }: Matter): void {
  if (pid !== undefined && ppid !== undefined && processes.has(keyOf(host, ppid))) processes.add(keyOf(host, pid));
  if (pid !== undefined && childPid !== undefined && processes.has(keyOf(host, pid)))
    processes.add(keyOf(host, childPid));
}

function holderOf(event: Event): { readonly episodeId?: string | undefined; readonly sandboxId?: string | undefined } {
  return {
    episodeId: 'episodeId' in event ? event.episodeId : undefined,
    sandboxId: 'sandboxId' in event ? event.sandboxId : undefined,
  };
}

function bears({ event, host }: Timed, matter: Matter): boolean {
  if (matter.cited.has(placeOf(event.ref)) || event.kind === 'coverage') return true;
  const { episodeId, sandboxId } = holderOf(event);
  if (episodeId !== undefined && matter.episodes.has(episodeId)) return true;
  // Of a sandbox that is handed on the lease is told, and not what the next holder does.
  if (sandboxId !== undefined && matter.sandboxes.has(sandboxId) && (episodeId === undefined || event.kind === 'lease'))
    return true;
  switch (event.kind) {
    case 'network':
      return (
        isOfPlace(event.dst, matter) ||
        isOfPlace(event.dns && { domain: event.dns.name }, matter) ||
        hasFlow(event, matter)
      );
    case 'nat':
      return isOfConnection(event, matter);
    case 'dns':
      return matter.destinations.has(event.name);
    case 'process':
      return (
        (event.pid !== undefined && matter.processes.has(keyOf(host, event.pid))) ||
        isOfPlace(event.socket?.remote, matter)
      );
    case 'metric':
      return matter.gpuHosts.has(host);
    default:
      return false;
  }
}

function hasFlow(event: NetworkEvent, matter: Matter): boolean {
  return hasEnd(event.src, matter) || hasEnd(event.dst, matter) || hasEnd(translatedSource(event), matter);
}

function isOfPlace(end: Endpoint | undefined, { destinations }: Matter): boolean {
  if (end?.domain !== undefined && destinations.has(end.domain)) return true;
  return end?.ip !== undefined && destinations.has(endKey(end.ip, end.port));
}
