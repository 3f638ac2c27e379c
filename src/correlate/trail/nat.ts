import { compareInLogs, logOf } from '../../core/lines/rotated.ts';
import { push } from '../../core/push.ts';
import type { NatEvent, NetworkEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import { Logged } from './logged.ts';
import { isSlot, NatSlots } from './nat-slots.ts';
import { StatedNat } from './stated-nat.ts';
import { type NatEntry, type Tuple, toTuple, tupleKey } from './tuple.ts';

/** An entry whose end was not logged yet, and when it was told of last. */
interface Live {
  readonly log: string;
  readonly entry: NatEntry;
  seen: Micros;
}

interface Log {
  readonly logged: Logged;
  last: Micros;
  /** Not only how entries begin. */
  tellsLives: boolean;
}

/** `lost`: of which the end is not logged, as they began anew. */
interface Open {
  readonly live: Map<string, Live>;
  readonly lost: Live[];
}

/** Every translation seen, answered by the tuple outside or inside of it. */
export class NatTable {
  readonly #hosts = new Map<string, Logged>();
  readonly #outside = new Map<string, NatEntry[]>();
  readonly #inside = new Map<string, NatEntry[]>();
  readonly #outsideNoPort = new Map<string, NatEntry[]>();
  readonly #slots = new NatSlots();
  readonly #stated: StatedNat;
  /** Hosts by the addresses that they put in front of others'. */
  readonly #fronts = new Map<string, Set<string>>();
  /** By the source alone; made when it is asked for. */
  #bySource: Map<string, NatEntry[]> | undefined;

  /** `network`: flows whose records may state a translation as well. */
  constructor(events: readonly Timed<NatEvent>[], network: readonly Timed<NetworkEvent>[] = []) {
    this.#stated = new StatedNat(network);
    const open: Open = { live: new Map(), lost: [] };
    const logs = new Map<string, Log>();
    const sorted = [...events].sort((a, b) => a.at - b.at || compareInLogs(a, b));
    for (const timed of sorted) {
      noteIn(logs, timed);
      this.#add(timed, open);
    }
    for (const one of open.lost) closeWith(logs.get(one.log), one);
    for (const one of open.live.values()) closeWith(logs.get(one.log), one);
  }

  #add(timed: Timed<NatEvent>, { live, lost }: Open): void {
    const { event } = timed;
    if (isSlot(event)) {
      this.#slots.add(timed);
      return;
    }
    const inside = insideOf(event);
    const outside = outsideOf(event);
    if (inside === undefined || outside === undefined) return;
    const keys = { inside: tupleKey(inside), outside: tupleKey(outside) };
    const log = logOf(timed);
    const key = `${log}|${keys.inside}|${keys.outside}`;
    this.#log(timed, keys.inside !== keys.outside);
    const before = live.get(key);
    const current = before?.entry;
    if (before !== undefined && current !== undefined && event.phase !== 'new') {
      before.seen = timed.at;
      if (event.phase === 'destroy') {
        current.end = timed.at;
        live.delete(key);
      } else if (event.phase === 'session') current.end = Math.max(current.end, timed.hi) as Micros;
      return;
    }
    // Of an entry that begins anew, the end was not logged.
    if (before !== undefined && current?.end === Infinity) {
      current.end = timed.at;
      lost.push(before);
    }
    const entry: NatEntry = {
      inside,
      outside,
      translates: keys.inside !== keys.outside,
      // Where only ends are logged, an entry has lived since before.
      start: event.phase === 'session' || event.phase === 'destroy' ? timed.lo : timed.at,
      end: event.phase === 'session' ? timed.hi : event.phase === 'destroy' ? timed.at : (Infinity as Micros),
      host: timed.host,
      windowed: event.phase === 'session',
      stepUs: event.time.stepUs,
      errorUs: timed.errorUs,
      ref: event.ref,
    };
    if (event.phase !== 'destroy') live.set(key, { log, entry, seen: timed.at });
    this.#index(entry, keys);
  }

  /** Whether a flow with the host's own address is its own: its log shows the flow untranslated, or would have shown its translation. */
  isOwn(host: string, tuple: Tuple, at: Micros, slackUs: number): boolean {
    const logged = this.#hosts.get(host);
    // Without its port a flow is found in no log.
    if (logged === undefined || (tuple.srcPort === 0 && !tuple.transport.startsWith('icmp'))) return false;
    const shown = this.#inside.get(tupleKey(tuple))?.filter((entry) => entry.host === host && keepsSource(entry));
    if (latest(shown, at, slackUs, () => true) !== undefined) return true;
    // A log of all flows that lacks this one has a gap there, or had not begun.
    if (logged.untranslated && tuple.srcPort !== 0) return false;
    return logged.covers(at, slackUs);
  }

  /** The one host whose translations put this address in front of others: it is the host's own. */
  hostOf(ip: string): string | undefined {
    const hosts = this.#fronts.get(ip);
    return hosts?.size === 1 ? hosts.values().next().value : undefined;
  }

  #index(entry: NatEntry, keys: { readonly inside: string; readonly outside: string }): void {
    if (entry.host !== undefined && !keepsSource(entry)) this.#front(entry.outside.srcIp, entry.host);
    push(this.#outside, keys.outside, entry);
    push(this.#inside, keys.inside, entry);
    push(this.#outsideNoPort, looseKey(entry.outside), entry);
  }

  #front(ip: string, host: string): void {
    const hosts = this.#fronts.get(ip);
    if (hosts === undefined) this.#fronts.set(ip, new Set([host]));
    else hosts.add(host);
  }

  #log({ host, at, lo, hi, event }: Timed<NatEvent>, translates: boolean): void {
    if (host === undefined) return;
    const [from, to] = event.phase === 'session' ? [lo, hi] : [at, at];
    const logged = this.#hosts.get(host) ?? new Logged(from);
    this.#hosts.set(host, logged);
    logged.add(from, to);
    logged.untranslated ||= !translates;
  }

  get isEmpty(): boolean {
    return this.#outside.size === 0 && this.#slots.isEmpty && this.#stated.isEmpty;
  }

  /** The translation that produced this tuple at that time: the latest that had begun. */
  undo(tuple: Tuple, at: Micros, slackUs: number): NatEntry | undefined {
    if (tuple.dstIp === '') return this.#undoSource(tuple, at, slackUs);
    const entry = latest(this.#outside.get(tupleKey(tuple)), at, slackUs, ({ translates }) => translates);
    return entry ?? this.#slots.undo(tuple, at, slackUs) ?? this.#stated.undo(tuple, at, slackUs);
  }

  /** Name servers and proxies log who asked them, not their own address: the source must be that of one sender then. */
  #undoSource(tuple: Tuple, at: Micros, slackUs: number): NatEntry | undefined {
    if (tuple.srcPort === 0) return undefined;
    this.#bySource ??= bySource(this.#outside.values());
    const entries = this.#bySource.get(sourceKey(tuple));
    const fits = ({ outside }: NatEntry): boolean => tuple.dstPort === 0 || outside.dstPort === tuple.dstPort;
    const found = latest(entries, at, slackUs, fits);
    if (found === undefined) return undefined;
    const other = latest(entries, at, slackUs, (entry) => fits(entry) && !isSameSource(entry.inside, found.inside));
    return other === undefined ? found : undefined;
  }

  /** An entry that shows this very tuple, translated or not: proof of the host and of the flow's start. */
  witness(tuple: Tuple, at: Micros, slackUs: number): NatEntry | undefined {
    return latest(this.#inside.get(tupleKey(tuple)), at, slackUs, () => true);
  }

  /** Entries from anybody to a far end that began in a window (proxy joins). */
  *begunTo(dstIp: string, dstPort: number, srcIp: string, lo: Micros, hi: Micros): Iterable<NatEntry> {
    const key = looseKey({ transport: 'tcp', srcIp, srcPort: 0, dstIp, dstPort });
    for (const entry of this.#outsideNoPort.get(key) ?? []) if (entry.start >= lo && entry.start <= hi) yield entry;
  }
}

function noteIn(logs: Map<string, Log>, timed: Timed<NatEvent>): void {
  const { at, lo, hi, event } = timed;
  const [from, to] = event.phase === 'session' ? [lo, hi] : [at, at];
  const log = logs.get(logOf(timed)) ?? { logged: new Logged(from), last: at, tellsLives: false };
  logs.set(logOf(timed), log);
  log.logged.add(from, to);
  log.last = at;
  log.tellsLives ||= event.phase !== 'new';
}

/** After a log that follows entries is over, and where it fell silent, nothing says whether an entry still lives, nor who has its ports. */
function closeWith(log: Log | undefined, { entry, seen }: Live): void {
  if (log === undefined) return;
  if (log.tellsLives && entry.end === Infinity) entry.end = log.last;
  const silent = entry.windowed ? undefined : log.logged.silentAfter(seen);
  if (silent !== undefined && silent < entry.end) entry.end = silent;
}

function bySource(all: Iterable<readonly NatEntry[]>): Map<string, NatEntry[]> {
  const out = new Map<string, NatEntry[]>();
  for (const entries of all)
    for (const entry of entries) if (entry.translates) push(out, sourceKey(entry.outside), entry);
  return out;
}

const sourceKey = ({ transport, srcIp, srcPort }: Tuple): string => `${transport}|${srcIp}|${srcPort}`;

const isSameSource = (a: Tuple, b: Tuple): boolean => a.srcIp === b.srcIp && a.srcPort === b.srcPort;

/** The sender used the host's own address; its port may still have been changed (`masquerade random`). */
const keepsSource = ({ inside, outside }: NatEntry): boolean => inside.srcIp === outside.srcIp;

function looseKey(t: Tuple): string {
  return `${t.transport}|${t.srcIp}|${t.dstIp}|${t.dstPort}`;
}

function latest(
  entries: readonly NatEntry[] | undefined,
  at: Micros,
  slackUs: number,
  accept: (entry: NatEntry) => boolean,
): NatEntry | undefined {
  let best: NatEntry | undefined;
  for (const entry of entries ?? []) {
    if (!accept(entry)) continue;
    const slack = slackUs + entry.errorUs;
    if (entry.start - slack > at) continue;
    if (entry.end + slack < at) continue;
    if (best === undefined || entry.start >= best.start) best = entry;
  }
  return best;
}

function insideOf(event: NatEvent): Tuple | undefined {
  return toTuple(event.transport, event.src, event.dst, event.icmp?.id);
}

/** The reply's destination is the source as the far side sees it; its source is the far side itself. */
function outsideOf(event: NatEvent): Tuple | undefined {
  return toTuple(event.transport, event.replyDst, event.replySrc, event.icmp?.replyId ?? event.icmp?.id);
}
