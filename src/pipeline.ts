import { decideOnce } from './attribute/alike.ts';
import { chanceOf, type Moment, type Span } from './attribute/chance.ts';
import { openIncidents } from './attribute/incidents.ts';
import { withCircumstances } from './circumstances.ts';
import { alignClocks, type Clocks } from './clocks/align.ts';
import { type ClockPair, type Observing, observe, pairsOf } from './clocks/observe.ts';
import { observeIds } from './clocks/observe-calls.ts';
import { type Observation, together } from './clocks/sightings.ts';
import { surveyDomains } from './clocks/survey.ts';
import { isBackgroundCommand } from './core/background.ts';
import type { CallTimes } from './correlate/episode-calls.ts';
import type { Flagged } from './correlate/group.ts';
import { type Correlation, correlate } from './correlate/index.ts';
import { rolloutsOf } from './correlate/rollouts.ts';
import { Counted } from './counted.ts';
import { classifyCommand, createDetector, rulePacks } from './detect/index.ts';
import { locate, type Places } from './domains.ts';
import { allEvents, type EventsByKind, eachButPlainLeases, eachTelling } from './evidence-store.ts';
import { Folding } from './fold/folding.ts';
import { type Gathered, gather } from './gather.ts';
import type { Attribution, Incident } from './model/attribution.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Event, ProcessEvent } from './model/event.ts';
import { type InputReport, type Report, unhashedProblems, withHashes } from './model/report.ts';
import type { Micros } from './model/time.ts';
import type { Timed } from './model/timed.ts';
import { mostViolations } from './reading-plan.ts';
import type { RunOptions } from './run-options.ts';
import { lanesOf } from './timeline/lanes.ts';
import { VERSION } from './version.ts';

export type { Progress, RunOptions } from './run-options.ts';

/** The whole job: read, correct clocks, detect, correlate, attribute. */
export async function investigate(options: RunOptions): Promise<Report> {
  const gathered = await gather(options, 'reach');
  return attribute(gathered, options, correctClocks(gathered, options));
}

/** The report and every event behind it, for views that merge all sources. */
export async function investigateWithEvents(
  options: RunOptions,
): Promise<{ readonly report: Report; readonly events: Timed[] }> {
  const gathered = await gather(options, 'all');
  const corrected = correctClocks(gathered, options);
  return {
    report: await attribute(gathered, options, corrected),
    events: [...allEvents(gathered.store)].map((event) => corrected.correct(event)),
  };
}

/**
 * The report, and a second reading of the same inputs with corrected times for counts that need to know the violations
 * first. `open` gets the report and returns what receives each event; no event is kept. Standard input cannot be read twice.
 */
export async function investigateThenReplay(
  options: RunOptions,
  open: (report: Report) => (timed: Timed) => void,
): Promise<Report> {
  const gathered = await gather(options, 'reach');
  const corrected = correctClocks(gathered, options);
  const report = await attribute(gathered, options, corrected);
  const receive = open(report);
  await gather(options, 'none', (events) => {
    for (const event of events) {
      const timed = corrected.correct(event);
      if (isInWindow(timed, options)) receive(timed);
    }
  });
  return report;
}

/**
 * The same from one reading, where the inputs were short enough to be kept whole. Where they were not, `open` is not
 * called: what is kept then bears on violations and is no measure of everything else.
 */
export async function investigateThenRecall(
  options: RunOptions,
  open: (report: Report) => (timed: Timed) => void,
): Promise<Report> {
  const whole: Event[] = [];
  const gathered = await gather(options, 'reach', (events) => void whole.push(...events));
  const corrected = correctClocks(gathered, options);
  const report = await attribute(gathered, options, corrected);
  if (whole.length === 0) return report;
  const receive = open(report);
  for (const event of whole) {
    const timed = corrected.correct(event);
    if (isInWindow(timed, options)) receive(timed);
  }
  return report;
}

/**
 * The normalised events with corrected times, in file order, each as it is read: inputs are read twice, memory stays flat.
 * Standard input can be read only once and is kept.
 */
export async function eventStream(
  options: RunOptions,
  receive: (event: Timed) => void | Promise<void>,
): Promise<readonly Diagnostic[]> {
  const once: Event[] = [];
  const isOnce = options.paths.includes('-');
  const gathered = await (isOnce
    ? gather(options, 'all', (events) => void once.push(...events))
    : gather(options, 'reach'));
  const { correct } = correctClocks(gathered, options);
  for (const event of once) await receive(correct(event));
  if (!isOnce)
    await gather(options, 'none', async (events) => {
      for (const event of events) await receive(correct(event));
    });
  return gathered.problems;
}

/** The clocks of the inputs and, for each domain, up to 200 of the pairs behind its correction. */
export async function alignedClocks(options: RunOptions): Promise<{
  readonly clocks: Report['clocks'];
  readonly pairs: ReadonlyMap<string, readonly ClockPair[]>;
  readonly problems: readonly Diagnostic[];
}> {
  const gathered = await gather(options, 'reach');
  let pairs: ReadonlyMap<string, readonly ClockPair[]> = new Map();
  const { clocks } = correctClocks(gathered, options, (observations) => {
    pairs = pairsOf(observations);
  });
  return { clocks: clocks.reports, pairs, problems: gathered.problems };
}

/** Corrected events: the clocks of this run applied to every stamp. */
interface Corrected {
  readonly places: Places;
  readonly clocks: Clocks;
  readonly correct: <E extends Event>(event: E) => Timed<E>;
  /** Another stamp of the same event, corrected. */
  readonly shift: (timed: Timed, at: Micros) => Micros;
}

/** `witness` sees what the clocks were compared by: it is too much to keep. */
function correctClocks(
  { store, isWhole }: Gathered,
  options: RunOptions,
  witness: (observations: readonly Observation[]) => void = () => {},
): Corrected {
  const places = locate(store);
  const context = {
    domainOf: places.domainOf,
    hostOf: places.hostOf,
    hostOfIp: (ip: string) => places.hosts.hostOfIp(ip),
  };
  const seen = observe((observing) => eachWhole(store, isWhole, observing), context);
  const sighted = together(seen, observeIds(store.calls, context));
  witness(sighted.meeting);
  const { ranks, hosts, spans, zoneless } = surveyDomains((see) => eachTelling(store, see), places);
  const domains = new Set(ranks.keys());
  const stated = new Map<string, number>();
  for (const [source, ahead] of options.clockOffsets ?? [])
    for (const domain of domains) if (domain === source || domain.includes(source)) stated.set(domain, ahead);
  const clocks = alignClocks(domains, sighted, {
    rank: (domain) => ranks.get(domain) ?? 9,
    hostOf: (domain) => hosts.get(domain),
    stated,
    spans,
    zoneless,
  });
  const shift = (timed: Timed, at: Micros): Micros =>
    Math.round(at - clocks.offsetAt(places.domainOf(timed.event), at)) as Micros;
  const correct = <E extends Event>(event: E): Timed<E> => {
    const domain = places.domainOf(event);
    const by = clocks.offsetAt(domain, event.time.at);
    const move = (at: Micros): Micros => Math.round(at - by) as Micros;
    return {
      event,
      at: move(event.time.at),
      lo: move(event.time.lo),
      hi: move(event.time.hi),
      errorUs: clocks.errorUs(domain),
      host: places.hostOf(event),
    };
  };
  return { places, clocks, correct, shift };
}

/** Numbered sightings need every record of a connection or command. Calls are all kept. */
function eachWhole(store: EventsByKind, isWhole: Gathered['isWhole'], { see, seeCalls }: Observing): void {
  eachButPlainLeases(
    store,
    (event) => {
      if (event.kind !== 'tool-call' && isWhole(event)) see(event);
    },
    seeCalls,
  );
}

async function attribute(gathered: Gathered, options: RunOptions, corrected: Corrected): Promise<Report> {
  const { store } = gathered;
  const { places, clocks, correct } = corrected;
  const { correlation, counted, processes } = correlateAll(gathered, options, corrected);
  const decide = decideOnce();
  const grouping = openIncidents();
  const { attributions, incidents: grouped } = grouping.close(
    Array.from(correlation.cases, (entry) => grouping.put(entry.violation, decide(entry))),
  );
  const incidents = withCircumstances(grouped, attributions, {
    episodes: correlation.episodes.episodes,
    leases: correlation.leases,
    metrics: () => store.metrics.map(correct),
  });
  const moments = momentsOf(attributions, incidents);
  const report = {
    version: VERSION,
    arguments: options.paths,
    clocks: clocks.reports,
    attributions,
    incidents,
    episodes: correlation.episodes.episodes.size,
    calls: correlation.episodes.callCount,
    rollouts: rolloutsOf(correlation.episodes.episodes.values(), namedIn(attributions)),
    coverage: coverageOf(gathered.inputs) * gathered.readShare,
    chance: chanceOf(moments, moments.length === 0 ? [] : spansOf(correlation.episodes.allTimes())),
    lanes: lanesOf(attributions, {
      processes,
      metrics: store.metrics.map(correct),
      coverage: store.coverage.map(correct),
    }),
  };
  // Last: the hashes are made meanwhile.
  const hashing = withHashes(gathered.inputs);
  let isHashing = true;
  const done = (): void => {
    isHashing = false;
  };
  hashing.then(done, done);
  await options.whileHashing?.(report, () => isHashing);
  const hashed = await hashing;
  const inputs = hashed.map((input) => ({ ...input, host: places.hosts.hostOfPath(input.path) }));
  const problems = [...gathered.problems, ...counted.problems()];
  if (gathered.readShare === 1) problems.push(...unhashedProblems(inputs));
  return { ...report, problems, inputs };
}

/** What is in here only for this goes with its end: it is as much as what is made of it. */
function correlateAll(
  gathered: Gathered,
  options: RunOptions,
  { places, correct, shift }: Corrected,
): {
  readonly correlation: Correlation;
  readonly counted: Counted;
  readonly processes: readonly Timed<ProcessEvent>[];
} {
  const { store } = gathered;
  const network = store.network.map(correct);
  const dns = store.dns.map(correct);
  const processes = store.processes.map(correct);
  const detector = createDetector(rulePacks, { inventory: store.inventory, leased: store.leases.ips() });
  const folding = new Folding(mostViolations(options.memoryBytes));
  const flagged: Flagged[] = [];
  for (const list of [network, dns, processes])
    for (const timed of list) {
      const finding = detector.observe(timed.event);
      if (finding === undefined || !isInWindow(timed, options)) continue;
      if (folding.admits(timed.event, finding)) flagged.push({ timed, finding });
    }
  const counted = new Counted(gathered.folding, folding);
  const correlation = correlate({
    flagged: (stretchesOf) => {
      const together = counted.flagged(stretchesOf, { correct, shift });
      return [...flagged, ...together.filter(({ timed }) => isInWindow(timed, options))];
    },
    network,
    dns,
    processes,
    narrowedUs: gathered.narrowedUs,
    nat: store.nat.map(correct),
    leases: store.leases,
    episodes: store.episodes.map(correct),
    calls: store.calls,
    correct,
    inventory: store.inventory.map(correct),
    hosts: places.hosts,
    shift,
    isBackground: isBackgroundCommand,
    classify: (command) => classifyCommand(command).map((entry) => entry.category),
  });
  return { correlation, counted, processes };
}

function isInWindow(timed: Timed, { from, to }: RunOptions): boolean {
  return (from === undefined || timed.at >= from) && (to === undefined || timed.at < to);
}

/** Episodes that an attribution names, also as a rival. */
function namedIn(attributions: readonly Attribution[]): ReadonlySet<string> {
  const named = new Set<string>();
  // Of a burst, all violations share them.
  const seen = new Set<Attribution['candidates']>();
  for (const { candidates } of attributions) {
    if (seen.has(candidates)) continue;
    seen.add(candidates);
    for (const { episode } of candidates) if (episode !== undefined) named.add(episode.id);
  }
  return named;
}

/** First violation of each incident that is laid on an agent, with its sandbox. */
function momentsOf(attributions: readonly Attribution[], incidents: readonly Incident[]): readonly Moment[] {
  const lanes = new Map<string, string>();
  for (const { episode, incident } of attributions)
    if (episode?.sandboxId !== undefined && !lanes.has(incident)) lanes.set(incident, episode.sandboxId);
  return incidents.flatMap(({ id, first }) => {
    const lane = lanes.get(id);
    return lane === undefined ? [] : [{ at: first, lane }];
  });
}

function spansOf(calls: Iterable<CallTimes>): readonly Span[] {
  const spans: Span[] = [];
  for (const { sandboxId, start, end, timing } of calls)
    if (sandboxId !== undefined && timing !== 'inferred' && start !== undefined && end !== undefined)
      spans.push({ lane: sandboxId, start, end });
  return spans;
}

/** Share of the records read that were understood. 0 when nothing was read. */
function coverageOf(inputs: readonly Pick<InputReport, 'records'>[]): number {
  const read = inputs.reduce((sum, { records }) => sum + records.read, 0);
  const failed = inputs.reduce((sum, { records }) => sum + records.failed, 0);
  return read === 0 ? 0 : (read - failed) / read;
}
