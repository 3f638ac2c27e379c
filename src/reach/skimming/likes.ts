import { Buffer } from 'node:buffer';
import { compact } from '../../core/json/json.ts';
import { ownText } from '../../core/text/own-text.ts';
import type { Glance, LifeGlance, Look, SocketGlance } from '../../model/format.ts';
import { PATH_BITS, ROW, ROW_NUMBERS } from '../../scan/layout.ts';
import type { Side } from '../../scan/left-lines.ts';
import { createMatcher, type Matcher, MOST_BYTES } from '../../scan/matcher.ts';
import type { Area } from '../../scan/memory.ts';
import { LEFT, LIFE } from '../moments/answer.ts';
import { clientMark, containerMark } from '../moments/marks.ts';
import { HashTable } from './hash-table.ts';
import type { Quiet } from './quiet.ts';
import type { SkimNotes } from './skim-notes.ts';

type Templates = Required<Pick<Look, 'templateOf' | 'edition'>> & Pick<Look, 'verdicts' | 'continues'>;

/** Whose process records are. */
interface Owner {
  readonly host: string | undefined;
  /** See `containerMark`. */
  readonly group: number;
}

/** So many lines that no template takes although theirs is known: no more are learned. */
const MOST_STRANGE = 64;
const MOST_ADDRESSES = 10_000;
/** Sides of a client, as the table has them. */
const INSIDE: Side = 0;
const OUTSIDE: Side = 1;
/** Beside those of `answer.ts`: left for good, but who started whom is noted. */
const SOCKET = LIFE - 1;
/** A violation that is counted. */
const COUNTED = LIFE - 2;
/** What is kept of those: their number, and what `openerOf` says. */
const NUMBER = 0;
const OPENERS = 1;

/** Undefined where each line must be looked at. `area`: see `createMatcher`. */
export function likesOf(look: Look, quiet: Quiet, area: Area): Likes | undefined {
  const { templateOf, edition = () => 0, verdicts, continues } = look;
  const matcher = templateOf === undefined ? undefined : createMatcher(area);
  return templateOf === undefined || matcher === undefined
    ? undefined
    : new Likes(matcher, compact({ templateOf, edition, verdicts, continues }), quiet);
}

/**
 * Lines that are like one on which a look told something are left like it, without a look: a template of the one takes the
 * other, and their hashes say that all values that matter are equal. Which lines are found alike changes nothing but the time.
 */
export class Likes {
  readonly #matcher: Matcher;
  readonly #rows: Uint32Array;
  readonly #templates: Templates;
  readonly #quiet: Quiet;
  /** For each hash what becomes of its lines, by the side of their client: see `Quiet`. */
  readonly #answers = new HashTable();
  /** For each hash of violations that are counted under which number. */
  readonly #countedAs = new HashTable();
  /** For each hash of host and container which of `#owners` they are, counted from 1: of lines left as `LIFE`, and as `SOCKET`. */
  readonly #ownerOf = new HashTable();
  readonly #owners: Owner[] = [];
  /** Where each of them stands, by container and host. */
  readonly #placesOfOwners = new Map<number, Map<string | undefined, number>>();
  #lines: Buffer = Buffer.alloc(0);
  /** Clients by their addresses as numbers, 0 for none. */
  readonly #clients = new Map<number, { readonly ip: string; readonly side: Side }>();
  #scanned = 0;
  #strange = 0;
  #edition = 0;

  constructor(matcher: Matcher, templates: Templates, quiet: Quiet) {
    this.#matcher = matcher;
    this.#rows = matcher.rows;
    this.#templates = templates;
    this.#quiet = quiet;
    matcher.left.watch(quiet.ports);
  }

  /** Lines with their line feeds. False where they are too long. */
  load(lines: Buffer): boolean {
    if (lines.length > MOST_BYTES) return false;
    this.forgetOld();
    this.#matcher.load(lines);
    this.#lines = lines;
    return true;
  }

  /** How many lines were compared from a place on. */
  scan(from: number): number {
    this.#scanned = from;
    return this.#matcher.scan(from);
  }

  /** Where the line feed of a line stands. */
  endOf(row: number): number {
    return this.#rows[row * ROW_NUMBERS + ROW.to] ?? 0;
  }

  /** How many lines next to each other a row is of that are left; 0 where it is one line, or unit, that `leaves` decides about. */
  leftAt(row: number): number {
    const at = row * ROW_NUMBERS;
    const isTold = this.#rows[at + ROW.low] !== 0 || this.#rows[at + ROW.high] !== 0;
    return isTold ? 0 : (this.#rows[at + ROW.a] ?? 0);
  }

  /** Where the last of them begins. */
  lastAt(row: number): number {
    return this.#rows[row * ROW_NUMBERS + ROW.b] ?? 0;
  }

  /** Of how many lines it is; 0 where no template took it. */
  linesOf(row: number): number {
    const at = row * ROW_NUMBERS;
    const isTaken = this.#rows[at + ROW.low] !== 0 || this.#rows[at + ROW.high] !== 0;
    return isTaken ? (this.#rows[at + ROW.lines] ?? 0) : 0;
  }

  /** Notes that a line is left, where that is known. `place`: of its first byte in the chunk. */
  leaves(row: number, place: number, notes: SkimNotes): boolean {
    const rows = this.#rows;
    const at = row * ROW_NUMBERS;
    const low = rows[at + ROW.low] ?? 0;
    const high = rows[at + ROW.high] ?? 0;
    if (low === 0 && high === 0) return false;
    const [a, b, c] = [rows[at + ROW.a] ?? 0, rows[at + ROW.b] ?? 0, rows[at + ROW.c] ?? 0];
    const inside = this.#answers.get(low, high, INSIDE);
    if (inside === COUNTED) return this.#counts(row, place, notes);
    if (inside <= LIFE) {
      const owner = this.#ownerOf.get(rows[at + ROW.whoseLow] ?? 0, rows[at + ROW.whoseHigh] ?? 0, LIFE - inside);
      const known = this.#owners[owner - 1];
      if (known === undefined) return false;
      const lines = rows[at + ROW.lines] ?? 1;
      const { host, group } = known;
      if (inside === SOCKET) return notes.socket({ host, pid: b, ppid: c }, lines);
      return notes.life(place, { host, pid: b, ppid: c, second: a, group }, lines);
    }
    if (this.#quiet.isKeptForClocks(b, c) || this.#asksForPath(rows[at + ROW.path] ?? 0)) return false;
    const { ip, side } = this.#clientOf(a);
    const answer = side === INSIDE ? inside : this.#answers.get(low, high, OUTSIDE);
    if (answer === LEFT) notes.left();
    else if (answer > 0) notes.later(place, answer, clientMark(ip, b));
    return answer !== 0;
  }

  #counts(row: number, place: number, notes: SkimNotes): boolean {
    const rows = this.#rows;
    const at = row * ROW_NUMBERS;
    const [low = 0, high = 0, , port = 0, openers = 0, path = 0] = rows.subarray(at + ROW.low, at + ROW.lines);
    // Who opened a flow is told by its port too, where the flow names one.
    if (this.#countedAs.get(low, high, OPENERS) !== openerOf(port, openers)) return false;
    if (this.#quiet.isKeptForClocks(port, 0) || this.#asksForPath(path)) return false;
    const number = this.#countedAs.get(low, high, NUMBER);
    if (number === 0) return false;
    const [second = 0, micros = 0] = rows.subarray(at + ROW.second, at + ROW_NUMBERS);
    const bytes = this.endOf(row) - (row === 0 ? this.#scanned : this.endOf(row - 1) + 1);
    notes.counted({ from: place, to: place + bytes }, number, { second, micros });
    return true;
  }

  #asksForPath(path: number): boolean {
    if (path === 0) return false;
    const from = path >>> PATH_BITS;
    const to = from + (path & (2 ** PATH_BITS - 1));
    return this.#quiet.suspects(this.#lines.toString('latin1', from, to), undefined);
  }

  /** To be called after each look, which may have begun another edition: true where what was compared before holds no more. */
  forgetOld(): boolean {
    const edition = this.#templates.edition();
    if (edition === this.#edition) return false;
    this.#edition = edition;
    this.#matcher.clear();
    this.#answers.clear();
    this.#ownerOf.clear();
    this.#countedAs.clear();
    this.#strange = 0;
    return true;
  }

  /** Takes note of a line that was left after a look. True where lines that follow may be found alike for it now. */
  learn(row: number, line: string, glance: Glance, answer: number): boolean {
    const at = row * ROW_NUMBERS;
    const [low = 0, high = 0] = this.#rows.subarray(at + ROW.low, at + ROW.low + 2);
    if (low === 0 && high === 0) return this.#learnTemplate(line, glance);
    // Only a template of verdicts tells a moment, and only one of traffic its client.
    if ((glance.kind === 'alert') !== (this.#rows[at + ROW.second] !== 0)) return this.#learnTemplate(line, glance);
    if (glance.kind === 'traffic') {
      const side = this.#quiet.sideOf(glance.clientIp) === 'inside' ? INSIDE : OUTSIDE;
      this.#answers.set(low, high, side, answer);
      // Lines of units are told one by one.
      if (answer === LEFT && this.#templates.continues === undefined) this.#matcher.left.add(low, high, side);
    } else if (glance.kind === 'alert') this.#learnCounted(at, answer);
    else this.#learnOwner(at, glance);
    return false;
  }

  #learnCounted(at: number, number: number): void {
    const [low = 0, high = 0, , port = 0, openers = 0] = this.#rows.subarray(at + ROW.low, at + ROW.lines);
    this.#answers.set(low, high, INSIDE, COUNTED);
    this.#countedAs.set(low, high, NUMBER, number);
    this.#countedAs.set(low, high, OPENERS, openerOf(port, openers));
  }

  #learnOwner(at: number, glance: LifeGlance | SocketGlance): void {
    const isLife = glance.kind === 'life';
    const [low = 0, high = 0] = this.#rows.subarray(at + ROW.low, at + ROW.low + 2);
    this.#answers.set(low, high, INSIDE, isLife ? LIFE : SOCKET);
    const [whoseLow = 0, whoseHigh = 0] = this.#rows.subarray(at + ROW.whoseLow, at + ROW.whoseLow + 2);
    const place = this.#placeOf(glance.host, isLife ? containerMark(glance.containerId) : 0);
    this.#ownerOf.set(whoseLow, whoseHigh, isLife ? 0 : 1, place + 1);
  }

  #placeOf(host: string | undefined, group: number): number {
    const places = this.#placesOfOwners.get(group) ?? new Map<string | undefined, number>();
    this.#placesOfOwners.set(group, places);
    const known = places.get(host);
    if (known !== undefined) return known;
    const own = host === undefined ? undefined : ownText(host);
    const place = this.#owners.push({ host: own, group }) - 1;
    places.set(own, place);
    return place;
  }

  #learnTemplate(line: string, { kind }: Glance): boolean {
    if (this.#strange >= MOST_STRANGE) return false;
    const { templateOf, verdicts } = this.#templates;
    const template = kind === 'alert' ? verdicts?.templateOf(line) : templateOf(line);
    const isNew = template !== undefined && this.#matcher.add(template);
    if (!isNew) this.#strange++;
    return isNew;
  }

  #clientOf(number: number): { readonly ip: string; readonly side: Side } {
    const known = this.#clients.get(number);
    if (known !== undefined) return known;
    const ip = number === 0 ? '' : [24, 16, 8, 0].map((bits) => (number >>> bits) & 0xff).join('.');
    const side = this.#quiet.sideOf(ip) === 'inside' ? INSIDE : OUTSIDE;
    const client = { ip, side };
    if (number !== 0) this.#matcher.left.setSide(number, side);
    if (this.#clients.size < MOST_ADDRESSES) this.#clients.set(number, client);
    return client;
  }
}

/** 0: its record names no port of who opened the flow, 1: it is the client's, 2: it is another. */
function openerOf(port: number, openers: number): number {
  return openers === 0 ? 0 : openers === port ? 1 : 2;
}
