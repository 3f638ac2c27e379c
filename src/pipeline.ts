import { chanceOf, type Moment, type Span } from './attribute/chance.ts';
import { decide } from './attribute/decide.ts';
import { groupIncidents } from './attribute/incidents.ts';
import { alignClocks, type Clocks } from './clocks/align.ts';
import { type ClockPair, type Observation, observe, observeIds, pairsOf } from './clocks/observe.ts';
import { collectFile, type Recognised, recognise } from './collect.ts';
import { isBackgroundCommand } from './core/background.ts';
import type { Call } from './correlate/episodes.ts';
import { correlate } from './correlate/index.ts';
import { classifyCommand, createDetector, rulePacks } from './detect/index.ts';
import { locate, type Places } from './domains.ts';
import { allEvents, type EventsByKind, emptyStore, keep } from './evidence-store.ts';
import { formats } from './formats/index.ts';
import type { Attribution, Incident } from './model/attribution.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Event } from './model/event.ts';
import type { Format } from './model/format.ts';
import type { InputReport, Report } from './model/report.ts';
import type { Micros } from './model/time.ts';
import type { Timed } from './model/timed.ts';
import type { ViolatingEvent } from './model/violation.ts';
import { discover, type InputFile } from './sources/discover.ts';
import { findDuplicates } from './sources/duplicates.ts';
import { readHead } from './sources/head.ts';
import { VERSION } from './version.ts';

export interface RunOptions {
  readonly paths: readonly string[];
  readonly cwd: string;
  /** `--as FORMAT=PATH`. */
  readonly forced?: ReadonlyMap<string, string>;
  /** Minutes east of UTC by source name, for stamps without a zone. */
  readonly zones?: ReadonlyMap<string, number>;
  readonly year?: number;
  /** Microseconds by which a source's clock is ahead, stated by the user. */
  readonly clockOffsets?: ReadonlyMap<string, number>;
  /** The present, for stamps without a year on standard input. */
  readonly now?: Micros;
  readonly from?: Micros;
  readonly to?: Micros;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly readBytes: number;
  readonly totalBytes: number;
}

/** Everything read from the inputs, before any question is asked. */
export interface Gathered {
  readonly store: EventsByKind;
  readonly inputs: readonly InputReport[];
  readonly problems: readonly Diagnostic[];
}

/** Discovers, recognises and reads all inputs. `onEvents` gets each batch in file order. */
export async function gather(options: RunOptions, onEvents?: (events: readonly Event[]) => void): Promise<Gathered> {
  const { inputs, problems } = discover(options.paths, options.cwd);
  const files: Recognised[] = [];
  for (const input of inputs)
    files.push(recognise(input, await readHead(input), formats, forcedFormat(input, options)));
  const copies = await findDuplicates(files);
  const store = emptyStore();
  const reports: InputReport[] = [];
  const found: Diagnostic[] = [...problems];
  const totalBytes = inputs.reduce((sum, input) => sum + input.bytes, 0);
  let readSoFar = 0;
  const emit = (events: readonly Event[]): void => {
    for (const event of events) keep(store, event);
    onEvents?.(events);
  };
  for (const file of files) {
    const original = copies.get(file.input.path);
    if (original !== undefined) {
      reports.push(duplicateReport(file, original));
      continue;
    }
    const { report, problems: own } = await collectFile(
      file,
      formats,
      {
        zoneOffsetMin: (path) => zoneFor(path, options),
        reference: (input) => referenceFor(input, options),
        onBytes: (bytes) => {
          readSoFar += bytes;
          options.onProgress?.({ readBytes: readSoFar, totalBytes });
        },
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      emit,
    );
    reports.push(report);
    found.push(...own);
  }
  return { store, inputs: reports, problems: found };
}

function forcedFormat(input: InputFile, options: RunOptions): Format | undefined {
  for (const [path, id] of options.forced ?? []) {
    if (input.path === path || input.path.endsWith(`/${path}`) || input.absolute.endsWith(path))
      return formats.find((format) => format.id === id);
  }
  return undefined;
}

function zoneFor(path: string, options: RunOptions): number {
  for (const [source, minutes] of options.zones ?? []) if (path === source || path.includes(source)) return minutes;
  return 0;
}

/** Years that a stamp leaves out end with the year of the file's last change, or with `--year`. */
function referenceFor(input: InputFile, options: RunOptions): Micros {
  if (options.year !== undefined) return (Date.UTC(options.year, 11, 31, 23, 59, 59) * 1000) as Micros;
  return input.absolute === '-' && options.now !== undefined ? options.now : (input.modifiedUs as Micros);
}

function duplicateReport(file: Recognised, original: string): InputReport {
  const { input, detection } = file;
  return {
    path: input.path,
    format: detection.format?.id,
    roles: [],
    sha256: '',
    bytes: input.bytes,
    records: { read: 0, decoded: 0, skipped: 0, failed: 0, duplicate: 0 },
    skipped: {},
    first: undefined,
    last: undefined,
    host: undefined,
    candidates: [],
    bad: [],
    mixed: {},
    duplicateOf: original,
    note: `the same content as ${original}, read once`,
  };
}

/** The whole job: read, correct clocks, detect, correlate, attribute. */
export async function investigate(options: RunOptions): Promise<Report> {
  const gathered = await gather(options);
  return attribute(gathered, options, correctClocks(gathered.store, options));
}

/** The report and every event behind it, for views that merge all sources. */
export async function investigateWithEvents(
  options: RunOptions,
): Promise<{ readonly report: Report; readonly events: Timed[] }> {
  const gathered = await gather(options);
  const corrected = correctClocks(gathered.store, options);
  return {
    report: attribute(gathered, options, corrected),
    events: [...allEvents(gathered.store)].map((event) => corrected.correct(event)),
  };
}

/** The normalised events with corrected times, in file order. */
export async function eventStream(
  options: RunOptions,
): Promise<{ readonly events: readonly Timed[]; readonly problems: readonly Diagnostic[] }> {
  const inOrder: Event[] = [];
  const gathered = await gather(options, (events) => inOrder.push(...events));
  const { correct } = correctClocks(gathered.store, options);
  return { events: inOrder.map((event) => correct(event)), problems: gathered.problems };
}

/** The clocks of the inputs and, for each domain, up to 200 of the pairs behind its correction. */
export async function alignedClocks(options: RunOptions): Promise<{
  readonly clocks: Report['clocks'];
  readonly pairs: ReadonlyMap<string, readonly ClockPair[]>;
  readonly problems: readonly Diagnostic[];
}> {
  const { store, problems } = await gather(options);
  const { clocks, observations } = correctClocks(store, options);
  return { clocks: clocks.reports, pairs: pairsOf(observations), problems };
}

/** Corrected events: the clocks of this run applied to every stamp. */
interface Corrected {
  readonly places: Places;
  readonly clocks: Clocks;
  readonly observations: readonly Observation[];
  readonly correct: <E extends Event>(event: E) => Timed<E>;
  /** Another stamp of the same event, corrected. */
  readonly shift: (timed: Timed, at: Micros) => Micros;
}

function correctClocks(store: EventsByKind, options: RunOptions): Corrected {
  const places = locate(store);
  const context = {
    domainOf: places.domainOf,
    hostOf: places.hostOf,
    hostOfIp: (ip: string) => places.hosts.hostOfIp(ip),
  };
  const observations = [...observe(allEvents(store), context), ...observeIds(store.calls, context)];
  const ranks = domainRanks(store, places);
  const domains = new Set(ranks.keys());
  const hosts = domainHosts(store, places);
  const stated = new Map<string, number>();
  for (const [source, ahead] of options.clockOffsets ?? [])
    for (const domain of domains) if (domain === source || domain.includes(source)) stated.set(domain, ahead);
  const clocks = alignClocks(domains, observations, {
    rank: (domain) => ranks.get(domain) ?? 9,
    hostOf: (domain) => hosts.get(domain),
    stated,
    spans: domainSpans(store, places),
    zoneless: zonelessDomains(store, places),
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
  return { places, clocks, observations, correct, shift };
}

/** Which clocks are trusted to be right: the orchestrator's leases, then traces, hosts, and last the network's sensors. */
function domainRanks(store: EventsByKind, places: Places): ReadonlyMap<string, number> {
  const rank: Record<Event['kind'], number> = {
    lease: 0,
    episode: 1,
    'tool-call': 2,
    process: 3,
    nat: 4,
    network: 5,
    dns: 6,
    metric: 7,
    coverage: 8,
    inventory: 9,
  };
  const out = new Map<string, number>();
  for (const event of allEvents(store)) {
    if (event.time.basis === 'none' && event.kind !== 'lease') continue;
    const domain = places.domainOf(event);
    // A clock whose zone had to be assumed is never the one that others are held against.
    const own = rank[event.kind] + (event.time.zone === 'assumed' ? 20 : 0);
    out.set(domain, Math.min(out.get(domain) ?? 99, own));
  }
  return out;
}

/** Domains in which no stamp states its zone. */
function zonelessDomains(store: EventsByKind, places: Places): ReadonlySet<string> {
  const assumed = new Set<string>();
  const stated = new Set<string>();
  for (const event of allEvents(store)) (event.time.zone === 'assumed' ? assumed : stated).add(places.domainOf(event));
  return new Set([...assumed].filter((domain) => !stated.has(domain)));
}

function domainSpans(store: EventsByKind, places: Places): ReadonlyMap<string, readonly [number, number]> {
  const out = new Map<string, [number, number]>();
  for (const event of allEvents(store)) {
    if (event.time.basis === 'none') continue;
    const domain = places.domainOf(event);
    const span = out.get(domain);
    if (span === undefined) out.set(domain, [event.time.at, event.time.at]);
    else {
      span[0] = Math.min(span[0], event.time.at);
      span[1] = Math.max(span[1], event.time.at);
    }
  }
  return out;
}

/** The host whose clock a domain is; none where leases of several hosts stand in one file. */
function domainHosts(store: EventsByKind, places: Places): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const event of allEvents(store)) {
    const domain = places.domainOf(event);
    if (out.has(domain) || event.kind === 'lease') continue;
    const host = places.hostOf(event);
    if (host !== undefined) out.set(domain, host);
  }
  return out;
}

function attribute(gathered: Gathered, options: RunOptions, corrected: Corrected): Report {
  const { store } = gathered;
  const { places, clocks, correct, shift } = corrected;
  const network = store.network.map(correct);
  const dns = store.dns.map(correct);
  const processes = store.processes.map(correct);
  const detector = createDetector(rulePacks, { inventory: store.inventory, leases: store.leases });
  const inWindow = (timed: Timed): boolean =>
    (options.from === undefined || timed.at >= options.from) && (options.to === undefined || timed.at < options.to);
  const flagged = ([...network, ...dns, ...processes] as Timed<ViolatingEvent>[]).flatMap((timed) => {
    const finding = detector.observe(timed.event);
    return finding === undefined || !inWindow(timed) ? [] : [{ timed, finding }];
  });
  const correlation = correlate({
    flagged,
    network,
    dns,
    processes,
    nat: store.nat.map(correct),
    leases: store.leases.map(correct),
    episodes: store.episodes.map(correct),
    calls: store.calls.map(correct),
    inventory: store.inventory.map(correct),
    hosts: places.hosts,
    shift,
    isBackground: isBackgroundCommand,
    classify: (command) => classifyCommand(command).map((entry) => entry.category),
  });
  const decided = correlation.cases.map((entry) => ({ violation: entry.violation, ...decide(entry) }));
  const { attributions, incidents } = groupIncidents(decided);
  return {
    version: VERSION,
    arguments: options.paths,
    inputs: gathered.inputs.map((input) => ({ ...input, host: places.hosts.hostOfPath(input.path) })),
    clocks: clocks.reports,
    attributions,
    incidents,
    episodes: correlation.episodes.episodes.size,
    calls: correlation.episodes.calls.length,
    coverage: coverageOf(gathered.inputs),
    chance: chanceOf(momentsOf(attributions, incidents), spansOf(correlation.episodes.calls)),
    problems: gathered.problems,
  };
}

/** First violation of each incident that is laid on an agent, with its sandbox. */
function momentsOf(attributions: readonly Attribution[], incidents: readonly Incident[]): readonly Moment[] {
  const byId = new Map(attributions.map((attribution) => [attribution.violation.id, attribution]));
  return incidents.flatMap((incident) => {
    const lane = incident.attributions
      .map((id) => byId.get(id)?.episode?.sandboxId)
      .find((sandbox) => sandbox !== undefined);
    return lane === undefined ? [] : [{ at: incident.first, lane }];
  });
}

function spansOf(calls: readonly Call[]): readonly Span[] {
  return calls.flatMap(({ sandboxId, start, end, timing }) =>
    sandboxId === undefined || timing === 'inferred' || start === undefined || end === undefined
      ? []
      : [{ lane: sandboxId, start, end }],
  );
}

/** Share of the records read that were understood. 0 when nothing was read. */
function coverageOf(inputs: readonly InputReport[]): number {
  const read = inputs.reduce((sum, { records }) => sum + records.read, 0);
  const failed = inputs.reduce((sum, { records }) => sum + records.failed, 0);
  return read === 0 ? 0 : (read - failed) / read;
}
