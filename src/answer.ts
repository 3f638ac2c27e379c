import { decideOnce } from './attribute/alike.ts';
import { chanceOf, type Moment, type Span } from './attribute/chance.ts';
import { type Grouped, openIncidents } from './attribute/incidents.ts';
import { withCircumstances } from './circumstances.ts';
import { isBackgroundCommand } from './core/tools/background.ts';
import type { Corrected } from './correction.ts';
import type { CallTimes } from './correlate/episodes/episode-calls.ts';
import { rolloutsOf } from './correlate/episodes/rollouts.ts';
import type { Flagged } from './correlate/groups/group.ts';
import { type Correlation, correlate } from './correlate/index.ts';
import { silentProblems } from './correlate/missing/trace-missing.ts';
import { Counted } from './counted.ts';
import type { Detector } from './detect/detector.ts';
import { classifyCommand, createDetector, rulePacks } from './detect/index.ts';
import { Folding } from './fold/folding.ts';
import type { Attribution, Incident } from './model/attribution.ts';
import { type InputReport, type Report, unhashedProblems, withHashes } from './model/report.ts';
import type { Timed } from './model/timed.ts';
import type { Category } from './model/violation.ts';
import type { Gathered } from './reading/gather.ts';
import type { RunOptions } from './reading/options/run-options.ts';
import { most } from './reading/store/budget.ts';
import { lanesOf } from './timeline/lanes.ts';
import { type LifeMoment, lifeMoments } from './timeline/life-moments.ts';
import { VERSION } from './version.ts';

/** What a run answers: violations, what is behind each, incidents, and what was read for it. */
export async function attribute(gathered: Gathered, options: RunOptions, corrected: Corrected): Promise<Report> {
  const { store } = gathered;
  const { places, clocks, correct } = corrected;
  const { correlation, counted, lives } = correlateAll(gathered, options, corrected);
  const { attributions, incidents: grouped } = weighed(correlation, options);
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
      processes: lives,
      metrics: store.metrics.map(correct),
      coverage: store.coverage.map(correct),
    }),
  };
  // Last: the hashes are made meanwhile.
  const hashed = await hashedMeanwhile(gathered.inputs, (isHashing) => options.whileHashing?.(report, isHashing));
  const inputs = hashed.map((input) => ({ ...input, host: places.hosts.hostOfPath(input.path) }));
  const problems = [...gathered.problems, ...corrected.problems, ...counted.problems()];
  if (attributions.length > 0) problems.push(...silentProblems(correlation.episodes.episodes));
  if (gathered.readShare === 1 && options.hashes !== false) problems.push(...unhashedProblems(inputs));
  return { ...report, problems, inputs };
}

/** Every case with its verdict, and what belongs together. */
function weighed({ cases, count }: Correlation, { onProgress }: RunOptions): Grouped {
  const decide = decideOnce();
  const grouping = openIncidents();
  const verdicts = Array.from(cases, (entry, n) => {
    onProgress?.({ stage: 'answering', weighed: n, violations: count });
    return grouping.put(entry.violation, decide(entry));
  });
  return grouping.close(verdicts);
}

/** The inputs with their hashes; `meanwhile` is told whether these are still being made. */
async function hashedMeanwhile(
  inputs: Gathered['inputs'],
  meanwhile: (isHashing: () => boolean) => Promise<void> | undefined,
): Promise<readonly InputReport[]> {
  const hashing = withHashes(inputs);
  let isHashing = true;
  const done = (): void => {
    isHashing = false;
  };
  hashing.then(done, done);
  await meanwhile(() => isHashing);
  return hashing;
}

/** Violations of the time that is looked at; those that are too many to weigh each are left to `folding`. */
function flaggedOf(
  events: readonly Flagged['timed'][],
  detector: Detector,
  folding: Folding,
  options: RunOptions,
): readonly Flagged[] {
  const flagged: Flagged[] = [];
  for (const timed of events) {
    const finding = detector.observe(timed.event);
    if (finding === undefined || !isInWindow(timed, options)) continue;
    if (folding.admits(timed.event, finding)) flagged.push({ timed, finding });
  }
  return flagged;
}

/** What is in here only for this goes with its end: it is as much as what is made of it. */
function correlateAll(
  gathered: Gathered,
  options: RunOptions,
  { places, correct, shift, shiftOf }: Corrected,
): {
  readonly correlation: Correlation;
  readonly counted: Counted;
  readonly lives: Iterable<LifeMoment>;
} {
  const { store } = gathered;
  const network = store.network.map(correct);
  const dns = store.dns.map(correct);
  const processes = store.processes.map(correct);
  const detector = createDetector(rulePacks, { inventory: store.inventory, leased: store.leases.ips() });
  const folding = new Folding(most('violations', options.memoryBytes));
  const flagged = [network, dns, processes].flatMap((events) => flaggedOf(events, detector, folding, options));
  const counted = new Counted(gathered.folding, folding);
  const lives = lifeMoments(processes);
  const nat = store.nat.map(correct);
  const episodes = store.episodes.map(correct);
  gathered.letGo('timed');
  const correlation = correlate({
    flagged: (stretchesOf) => {
      const together = counted.flagged(stretchesOf, { correct, shiftOf });
      return [...flagged, ...together.filter(({ timed }) => isInWindow(timed, options))];
    },
    network,
    dns,
    processes,
    narrowedUs: gathered.narrowedUs,
    nat,
    leases: store.leases,
    episodes,
    calls: store.calls,
    correct,
    inventory: store.inventory.map(correct),
    hosts: places.hosts,
    shift,
    isBackground: isBackgroundCommand,
    classify: categoriesOf,
  });
  gathered.letGo('leases');
  return { correlation, counted, lives };
}

/** Not a closure: it would hold all that was flagged as long as anybody holds it. */
function categoriesOf(command: string): readonly Category[] {
  return classifyCommand(command).map(({ category }) => category);
}

/** Whether it is of the time that was asked for. */
export function isInWindow(timed: Timed, { from, to }: RunOptions): boolean {
  return (from === undefined || timed.at >= from) && (to === undefined || timed.at < to);
}

/** Episodes that an attribution names, also as a rival. */
function namedIn(attributions: readonly Attribution[]): ReadonlySet<string> {
  const named = new Set<string>();
  // Of a burst, all violations share them.
  const seen = new Set<Attribution['candidates']>();
  for (const { candidates, unlisted } of attributions) {
    if (seen.has(candidates)) continue;
    seen.add(candidates);
    for (const { episode } of unlisted?.suspects ?? []) named.add(episode.id);
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
