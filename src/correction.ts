import { alignClocks, type Clocks } from './clocks/align.ts';
import { HourTwice } from './clocks/hour-twice.ts';
import { type Observing, observe } from './clocks/observe.ts';
import { observeIds } from './clocks/observe-calls.ts';
import { type Observation, together } from './clocks/sightings.ts';
import { deniedOffsets } from './clocks/stated.ts';
import { surveyDomains } from './clocks/survey.ts';
import { yearsApart } from './clocks/years.ts';
import { inLogOrder, piecesOf } from './core/lines/rotated.ts';
import { locate, type Places } from './domains.ts';
import { formats } from './formats/index.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Event } from './model/event.ts';
import type { Micros } from './model/time.ts';
import type { Piece, Timed } from './model/timed.ts';
import type { Gathered } from './reading/gather.ts';
import type { RunOptions } from './reading/options/run-options.ts';
import { type EventsByKind, eachButPlainLeases, eachTelling } from './reading/store/evidence-store.ts';

/** Corrected events: the clocks of this run applied to every stamp. */
export interface Corrected {
  readonly places: Places;
  readonly clocks: Clocks;
  readonly correct: <E extends Event>(event: E) => Timed<E>;
  /** Another stamp of the same event, corrected. */
  readonly shift: (timed: Timed, at: Micros) => Micros;
  /** The same for many stamps. */
  readonly shiftOf: (event: Event) => (at: Micros) => Micros;
  /** Of logs of several hosts, and of offsets that the user stated. */
  readonly problems: readonly Diagnostic[];
}

/** `witness` sees what the clocks were compared by: it is too much to keep. */
export function correctClocks(
  { store, isWhole, isNumbered, inputs }: Gathered,
  options: RunOptions,
  witness: (observations: readonly Observation[]) => void = () => {},
): Corrected {
  const pieces = piecesOf(inputs);
  const mixed = new Set(inputs.filter((input) => Object.keys(input.mixed).length > 1).map(({ path }) => path));
  const places = locate(store, { pieces, mixed, isByItsHost });
  const context = {
    domainOf: places.domainOf,
    hostOf: places.hostOf,
    hostOfIp: (ip: string) => places.hosts.hostOfIp(ip),
    isProxy: (ip: string) => places.hosts.isProxy(ip),
    isNumbered,
  };
  const seen = observe((observing) => eachWhole(inOrder(store, pieces), isWhole, observing), context);
  const sighted = together(seen, observeIds(store.calls, context));
  witness(sighted.meeting);
  const twice = new HourTwice();
  const { ranks, hosts, spans, zoneless, yearless } = surveyDomains(
    (see) =>
      eachTelling(store, (event) => {
        if (event.time.zone === 'assumed') twice.see(event, places.domainOf(event));
        see(event);
      }),
    places,
  );
  const domains = new Set(ranks.keys());
  const { stated, problems } = statedOffsets(options.clockOffsets ?? [], domains, pieces);
  const around = {
    rank: (domain: string) => ranks.get(domain) ?? 9,
    hostOf: (domain: string) => hosts.get(domain),
    spans,
    zoneless,
    yearless,
  };
  const clocks = alignClocks(domains, sighted, { ...around, stated });
  const unstated = stated.size === 0 ? clocks : alignClocks(domains, sighted, { ...around, stated: new Map() });
  const denied = deniedOffsets(stated, unstated.reports);
  return {
    places,
    clocks,
    ...corrections(places, clocks, pieces),
    problems: [...places.problems, ...problems, ...denied, ...yearsApart({ yearless, spans }), ...twice.problems()],
  };
}

/** Offsets that the user stated, by the clocks whose names hold the text he wrote or that of a piece of their log. */
function statedOffsets(
  offsets: Iterable<readonly [source: string, ahead: number]>,
  domains: ReadonlySet<string>,
  pieces: ReadonlyMap<string, Piece>,
): { readonly stated: ReadonlyMap<string, number>; readonly problems: readonly Diagnostic[] } {
  const stated = new Map<string, number>();
  const problems: Diagnostic[] = [];
  for (const [source, ahead] of offsets) {
    const logs = Array.from(pieces, ([path, { log }]) => (path.includes(source) ? [log] : [])).flat();
    const named = [...domains].filter((domain) => domain.includes(source) || logs.some((log) => isOf(domain, log)));
    for (const domain of named) stated.set(domain, ahead);
    if (named.length === 0) problems.push(unknownClock(source));
  }
  return { stated, problems };
}

/** A clock is that of a log, or of one format or host in it. */
function isOf(domain: string, log: string): boolean {
  return domain === log || domain.startsWith(`${log}#`) || domain.startsWith(`${log}@`);
}

function corrections(
  places: Places,
  clocks: Clocks,
  pieces: ReadonlyMap<string, Piece>,
): Pick<Corrected, 'correct' | 'shift' | 'shiftOf'> {
  const shiftOf = (event: Event): ((at: Micros) => Micros) => {
    const domain = places.domainOf(event);
    return (at) => Math.round(at - clocks.offsetAt(domain, at)) as Micros;
  };
  const correct = <E extends Event>(event: E): Timed<E> => {
    const domain = places.domainOf(event);
    const by = clocks.offsetAt(domain, event.time.at);
    const move = (at: Micros): Micros => Math.round(at - by) as Micros;
    const timed = {
      event,
      at: move(event.time.at),
      lo: move(event.time.lo),
      hi: move(event.time.hi),
      errorUs: clocks.errorAt(domain, event.time.at),
      host: places.hostOf(event),
    };
    const piece = pieces.size === 0 ? undefined : pieces.get(event.ref.source);
    return piece === undefined ? timed : { ...timed, piece };
  };
  return { correct, shiftOf, shift: (timed, at) => shiftOf(timed.event)(at) };
}

const describing = new Set(formats.flatMap(({ id, describesHosts }) => (describesHosts === true ? [id] : [])));

function isByItsHost({ format }: Event): boolean {
  return !describing.has(format);
}

function unknownClock(source: string): Diagnostic {
  const message = `clock offset of ${source}: no clock of these inputs has this name; egressblame clocks lists them`;
  return { severity: 'warning', code: 'clock-unknown', message };
}

/** What is numbered in the order of appearance appears in that of its log. */
function inOrder(store: EventsByKind, pieces: ReadonlyMap<string, Piece>): EventsByKind {
  return {
    ...store,
    network: inLogOrder(store.network, pieces),
    nat: inLogOrder(store.nat, pieces),
    dns: inLogOrder(store.dns, pieces),
    processes: inLogOrder(store.processes, pieces),
  };
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
