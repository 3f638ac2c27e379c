import type { CallLog } from '../core/calls/columns.ts';
import type { LeaseColumns } from '../core/leases/columns.ts';
import type { Case } from '../model/case.ts';
import type { DnsEvent, EpisodeEvent, InventoryEvent, NatEvent, NetworkEvent, ProcessEvent } from '../model/event.ts';
import type { Micros } from '../model/time.ts';
import type { Timed } from '../model/timed.ts';
import type { Category, Violation } from '../model/violation.ts';
import { openCallNames } from './episodes/call-names.ts';
import type { Merging } from './episodes/calls.ts';
import { openEpisodeNames } from './episodes/episode-names.ts';
import { EpisodeTable } from './episodes/episodes.ts';
import { stretchesBetween } from './episodes/stretches.ts';
import type { Flagged, Group } from './groups/group.ts';
import { joinContext } from './groups/group-context.ts';
import { toViolation } from './groups/group-violation.ts';
import { groupRecords } from './groups/grouping.ts';
import type { HostTable } from './hosts.ts';
import { LeaseTable, leasesFromInventory } from './leases/leases.ts';
import type { LeaseSource } from './leases/plain-table.ts';
import { openProcessMissing, type ProcessMissing } from './missing/missing.ts';
import { openTraceMissing, type TraceMissing } from './missing/trace-missing.ts';
import { openTraced, type Traced } from './missing/traced.ts';
import { isByTime, openUnseenHosts, type UnseenHosts, unseenMissing } from './missing/unseen.ts';
import { untracedOf } from './missing/untraced.ts';
import { CONNECTS_MISSING, type ConnectedShare, openConnectedShare } from './processes/crowd.ts';
import { Lineage } from './processes/lineage.ts';
import { findOwners } from './processes/owners.ts';
import { ProcessTable } from './processes/processes.ts';
import { type FirstSentShare, openFirstSentShare, PORT_MISSING } from './processes/sent-again.ts';
import { openBeginnings } from './suspects/beginnings.ts';
import { openContradictions } from './suspects/contradictions.ts';
import { openElsewhere } from './suspects/elsewhere.ts';
import { openLeaseFacts } from './suspects/lease-facts.ts';
import { MentionTable } from './suspects/mentions.ts';
import { openPauses, type PauseBefore } from './suspects/pauses.ts';
import { openRecentCalls } from './suspects/recent-calls.ts';
import { openSeries, type SeriesAround, type SeriesOf } from './suspects/series.ts';
import { openSameFacts, openShelf } from './suspects/shelf.ts';
import { mentionsOf, type SuspectContext } from './suspects/suspect-facts.ts';
import { listSuspects } from './suspects/suspects.ts';
import { flowsByPlace, sourceOf } from './trail/flows-by-place.ts';
import { joinForwarders } from './trail/forwarders.ts';
import { NatTable } from './trail/nat.ts';
import { QueryTable } from './trail/queries.ts';
import { openSenders, type SendersOf } from './trail/senders.ts';
import { followTrail } from './trail/trail.ts';
import type { TrailContext } from './trail/walk.ts';

/** Everything the correlator needs, clocks corrected. */
export interface Evidence {
  /** Records that broke a rule. `stretches`: how time is divided where many are counted together. */
  readonly flagged: (stretches: ReturnType<typeof stretchesBetween>) => readonly Flagged[];
  readonly network: readonly Timed<NetworkEvent>[];
  readonly dns: readonly Timed<DnsEvent>[];
  readonly nat: readonly Timed<NatEvent>[];
  /** They are taken out: by the end nearly as much has been made of them. */
  readonly processes: Timed<ProcessEvent>[];
  /** Of long logs they go back only so far before a violation, microseconds. */
  readonly narrowedUs: number | undefined;
  readonly leases: LeaseColumns;
  readonly episodes: readonly Timed<EpisodeEvent>[];
  /** As they were read: each is corrected when it is put together with its kind. */
  readonly calls: CallLog;
  readonly inventory: readonly Timed<InventoryEvent>[];
  readonly hosts: HostTable;
  readonly correct: Merging['correct'] & LeaseSource['correct'];
  /** Applies the clock correction of an event's domain to another stamp of the same event. */
  readonly shift: (timed: Timed, at: Micros) => Micros;
  readonly isBackground: (command: string) => boolean;
  readonly classify: (command: string) => readonly Category[];
}

/** Tables over all evidence, and what it tells of each violation. */
export interface Correlation {
  readonly episodes: EpisodeTable;
  readonly leases: LeaseTable;
  /** In the order of time. Each is made when it is asked for: with all suspects and facts they are large. */
  readonly cases: Iterable<Case>;
  /** How many there are. */
  readonly count: number;
}

/** Turns flagged records and evidence into cases: one per violation, with all suspects and facts. */
export function correlate(evidence: Evidence): Correlation {
  const tables = tablesOf(evidence);
  const { leases, episodes } = tables;
  const trailContext = trailContextOf(evidence, leases);
  const flagged = evidence.flagged(stretchesBetween(leases, () => episodes.allTimes()));
  const all = groupsOf({ flagged, dns: evidence.dns }, trailContext.requests);
  const { groups, forwarded } = foldForwarders(all, trailContext);
  const trails = { ...trailContext, forwarded };
  const numbered = uniqueIds(groups.map((group) => ({ group, violation: toViolation(group) })));
  const context = suspectContextOf(tables, evidence, trailContext);
  const telemetry = telemetryOf(tables, evidence, groups, trails);
  return {
    episodes,
    leases,
    count: numbered.length,
    cases: passing(numbered.toReversed(), (entry) => investigate(entry, trails, context, telemetry)),
  };
}

type Tables = Pick<SuspectContext, 'leases' | 'episodes' | 'mentions'> & Pick<Telemetry, 'processes' | 'lineage'>;

function tablesOf(evidence: Evidence): Tables {
  const { correct, shift, hosts } = evidence;
  const more = leasesFromInventory(evidence.inventory, evidence.leases);
  const leases = new LeaseTable({ leases: evidence.leases, more, correct, shift, nets: hosts.nets });
  const episodes = new EpisodeTable({ ...evidence, leases });
  const mentions = new MentionTable(episodes.episodes.values());
  const processes = new ProcessTable(evidence.processes);
  return { leases, episodes, mentions, processes, lineage: new Lineage({ processes, leases, episodes, hosts }) };
}

function trailContextOf({ network, nat, dns, hosts }: Evidence, leases: LeaseTable): TrailContext {
  return {
    nat: new NatTable(nat, network),
    hosts,
    leases,
    queries: new QueryTable(dns, network, (ip) => hosts.isProxy(ip)),
    requests: network.filter(({ event }) => event.type === 'proxy'),
    httpSeen: network.filter(({ event }) => event.http !== undefined && event.type !== 'proxy'),
    forwarded: new Map(),
  };
}

function suspectContextOf(
  { leases, episodes, mentions }: Tables,
  { classify, hosts }: Evidence,
  { queries }: TrailContext,
): SuspectContext {
  return {
    leases,
    episodes,
    mentions,
    running: openShelf(),
    alive: openShelf(),
    recent: openRecentCalls(),
    named: openEpisodeNames(episodes.episodes),
    called: openCallNames(),
    sameFact: openSameFacts(),
    beginningOf: openBeginnings(leases, episodes),
    contradiction: openContradictions(leases, episodes),
    classify,
    goesElsewhere: openElsewhere(queries, hosts),
  };
}

function telemetryOf(
  { processes, lineage, leases, episodes }: Tables,
  { narrowedUs }: Pick<Evidence, 'narrowedUs'>,
  groups: readonly Group[],
  trails: TrailContext,
): Telemetry {
  const flows = flowsByPlace(groups);
  return {
    processes,
    lineage,
    sendersOf: openSenders(leases),
    traced: openTraced(episodes),
    processMissing: openProcessMissing(processes, narrowedUs),
    traceMissing: openTraceMissing(episodes.episodes),
    unseenHosts: openUnseenHosts({ processes, leases, episodes }),
    connectedShare: openConnectedShare(flows, processes),
    firstSentShare: openFirstSentShare(processes, lineage),
    seriesOf: openSeries(flows, (group, flow) => sourceOf(group, flow, trails)),
    pauseBefore: openPauses(),
  };
}

function groupsOf(
  { flagged, dns }: { readonly flagged: readonly Flagged[] } & Pick<Evidence, 'dns'>,
  requests: readonly Timed<NetworkEvent>[],
): readonly Group[] {
  const refs = new Set<Timed>(flagged.map(({ timed }) => timed));
  const isPlain = (timed: Timed): boolean => !refs.has(timed);
  return joinContext(groupRecords(flagged), dns.filter(isPlain), requests.filter(isPlain));
}

/** Lets go of each once it was investigated: by then as much has been made of it. */
function* passing(rest: Numbered[], investigated: (entry: Numbered) => Case): Generator<Case> {
  for (let entry = rest.pop(); entry !== undefined; entry = rest.pop()) yield investigated(entry);
}

interface Numbered {
  readonly group: Group;
  readonly violation: Violation;
}

/** A forwarder's own line of a query that was flagged upstream as well is the same query one hop earlier. */
function foldForwarders(
  groups: readonly Group[],
  context: TrailContext,
): { groups: readonly Group[]; forwarded: TrailContext['forwarded'] } {
  const forwarded = joinForwarders(groups, context);
  if (forwarded.size === 0) return { groups, forwarded };
  const place = (ref: { source: string; line: number }): string => `${ref.source}:${ref.line}`;
  const owner = new Map<string, Group>();
  for (const group of groups) for (const { timed } of group.members) owner.set(place(timed.event.ref), group);
  const absorbed = new Map<Group, Group[]>();
  const gone = new Set<Group>();
  for (const [group, forward] of forwarded) {
    if (gone.has(group)) continue;
    for (const ref of forward.refs) {
      const inner = owner.get(place(ref));
      if (inner === undefined || inner === group || gone.has(inner) || forwarded.has(inner)) continue;
      gone.add(inner);
      absorbed.set(group, [...(absorbed.get(group) ?? []), inner]);
    }
  }
  const joined = new Map<Group, NonNullable<ReturnType<typeof forwarded.get>>>();
  const out: Group[] = [];
  for (const group of groups) {
    if (gone.has(group)) continue;
    const inner = absorbed.get(group) ?? [];
    const whole: Group = {
      ...group,
      context: [...group.context, ...inner.flatMap((g) => [...g.members.map((member) => member.timed), ...g.context])],
    };
    out.push(whole);
    const forward = forwarded.get(group);
    if (forward !== undefined) joined.set(whole, forward);
  }
  return { groups: out, forwarded: joined };
}

/** What hosts tell of their processes. */
interface Telemetry {
  readonly processes: ProcessTable;
  readonly lineage: Lineage;
  readonly sendersOf: SendersOf;
  readonly traced: Traced;
  readonly processMissing: ProcessMissing;
  readonly traceMissing: TraceMissing;
  readonly unseenHosts: UnseenHosts;
  readonly connectedShare: ConnectedShare;
  readonly firstSentShare: FirstSentShare;
  readonly pauseBefore: PauseBefore;
  readonly seriesOf: SeriesOf;
}

function investigate(
  { group, violation }: Numbered,
  trails: TrailContext,
  context: SuspectContext,
  telemetry: Telemetry,
): Case {
  const { processes, lineage, processMissing } = telemetry;
  const trail = followTrail(group, trails);
  const senders = telemetry.sendersOf(trail);
  const sandboxes = senders?.sandboxes;
  const owners = findOwners(trail, sandboxes, processes, lineage);
  const unseen = telemetry.unseenHosts(trail, senders);
  const { category } = violation.finding;
  const mentions = mentionsOf(trail, context.mentions);
  const leaseFacts = openLeaseFacts({ trail, sandboxes }, context);
  const pausedAt = telemetry.pauseBefore(trail);
  const seriesAround = (): SeriesAround => telemetry.seriesOf(group);
  const scene = { trail, category, sandboxes, owners, mentions, leaseFacts, pausedAt, seriesAround };
  const suspects = listSuspects(scene, context);
  const untraced = untracedOf(trail, senders, owners, context);
  const isUnseen = unseen.length > 0 && owners.some(isByTime);
  const connected = telemetry.connectedShare({ group, trail, owners });
  const firstSent = telemetry.firstSentShare({ group, trail, owners });
  const records = [
    ...(owners.length === 0 ? processMissing(trail) : isUnseen ? [unseenMissing(unseen)] : []),
    ...(connected < 1 ? [CONNECTS_MISSING] : []),
    ...(firstSent < 1 ? [PORT_MISSING] : []),
  ];
  const traces = telemetry.traceMissing({ trail, senders, owners, untraced });
  const missing = traces.length === 0 ? records : [...traces, ...records];
  const traced = telemetry.traced(senders, mentions.episodes.size);
  return {
    violation,
    shared: trail.facts,
    suspects,
    sandboxes: senders?.sorted ?? [],
    ...(untraced === undefined ? {} : { untraced }),
    ...(traced === 1 ? {} : { traced }),
    ...(isUnseen ? { isUnseen } : {}),
    ...(connected === 1 ? {} : { connected }),
    ...(firstSent === 1 ? {} : { firstSent }),
    missing: trail.missing.length === 0 ? missing : [...trail.missing, ...missing],
  };
}

/** Two equal records get equal ids; the later one is numbered. */
function uniqueIds(list: readonly Numbered[]): readonly Numbered[] {
  const sorted = [...list].sort(
    (a, b) =>
      a.violation.first - b.violation.first ||
      (a.violation.id < b.violation.id ? -1 : a.violation.id > b.violation.id ? 1 : 0) ||
      a.violation.event.ref.line - b.violation.event.ref.line,
  );
  const seen = new Map<string, number>();
  return sorted.map((entry) => {
    const count = (seen.get(entry.violation.id) ?? 0) + 1;
    seen.set(entry.violation.id, count);
    return count === 1 ? entry : { ...entry, violation: { ...entry.violation, id: `${entry.violation.id}-${count}` } };
  });
}
