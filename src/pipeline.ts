import { attribute, isInWindow } from './answer.ts';
import { type ClockPair, pairsOf } from './clocks/observe.ts';
import { type Corrected, correctClocks } from './correction.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Event } from './model/event.ts';
import type { Report } from './model/report.ts';
import type { Timed } from './model/timed.ts';
import { type Gathered, gather } from './reading/gather.ts';
import type { RunOptions } from './reading/options/run-options.ts';
import { allEvents } from './reading/store/evidence-store.ts';

export type { RunOptions } from './reading/options/run-options.ts';

/** The whole job: read, correct clocks, detect, correlate, attribute. */
export async function investigate(options: RunOptions): Promise<Report> {
  const { report } = await withGathered(gather(options, 'reach'), (gathered) => reportOf(gathered, options));
  return report;
}

/** The report and every event behind it, for views that merge all sources. */
export async function investigateWithEvents(
  options: RunOptions,
): Promise<{ readonly report: Report; readonly events: Timed[] }> {
  return withGathered(gather(options, 'all'), async (gathered) => {
    const { report, corrected } = await reportOf(gathered, options);
    return { report, events: [...allEvents(gathered.store)].map((event) => corrected.correct(event)) };
  });
}

/**
 * The report, and a second reading of the same inputs with corrected times for counts that need to know the violations
 * first. `open` gets the report and returns what receives each event; no event is kept. Standard input cannot be read twice.
 */
export async function investigateThenReplay(
  options: RunOptions,
  open: (report: Report) => (timed: Timed) => void,
): Promise<Report> {
  const { report, corrected } = await withGathered(gather(options, 'reach'), (gathered) => reportOf(gathered, options));
  const receive = open(report);
  await gather({ ...options, hashes: false }, 'none', (events) => {
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
  const gathering = gather(options, 'reach', (events) => void whole.push(...events));
  const { report, corrected } = await withGathered(gathering, (gathered) => reportOf(gathered, options));
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
  const gathering = isOnce ? gather(options, 'all', (events) => void once.push(...events)) : gather(options, 'reach');
  const { correct, problems } = await withGathered(gathering, (gathered) => {
    const corrected = correctClocks(gathered, options);
    return { correct: corrected.correct, problems: [...gathered.problems, ...corrected.problems] };
  });
  for (const event of once) await receive(correct(event));
  if (!isOnce)
    await gather({ ...options, hashes: false }, 'none', async (events) => {
      for (const event of events) await receive(correct(event));
    });
  return problems;
}

/** The clocks of the inputs and, for each domain, up to 200 of the pairs behind its correction. */
export async function alignedClocks(options: RunOptions): Promise<{
  readonly clocks: Report['clocks'];
  readonly pairs: ReadonlyMap<string, readonly ClockPair[]>;
  readonly problems: readonly Diagnostic[];
}> {
  return withGathered(gather(options, 'reach'), (gathered) => {
    let pairs: ReadonlyMap<string, readonly ClockPair[]> = new Map();
    const { clocks, problems } = correctClocks(gathered, options, (observations) => {
      pairs = pairsOf(observations);
    });
    return { clocks: clocks.reports, pairs, problems: [...gathered.problems, ...problems] };
  });
}

async function reportOf(
  gathered: Gathered,
  options: RunOptions,
): Promise<{ readonly report: Report; readonly corrected: Corrected }> {
  options.onProgress?.({ stage: 'answering', weighed: 0, violations: undefined });
  const corrected = correctClocks(gathered, options);
  return { report: await attribute(gathered, options, corrected), corrected };
}

/** What was gathered is let go of when the answer is there, or when there is none. */
async function withGathered<T>(
  gathering: Promise<Gathered>,
  answer: (gathered: Gathered) => T | Promise<T>,
): Promise<T> {
  const gathered = await gathering;
  try {
    return await answer(gathered);
  } finally {
    gathered.close();
  }
}
