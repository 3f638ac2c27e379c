import type { Buffer } from 'node:buffer';
import type { CallPacker } from '../../core/calls/block.ts';
import type { AlikeRow, Like } from '../../core/calls/put.ts';
import { plainlySaid } from '../../core/tools/quoted-said.ts';
import type { AlikeRecords, CutRecord } from '../../model/call-cutter.ts';
import type { Mutable } from '../../model/mutable.ts';
import type { Template } from '../../model/template.ts';
import { RECORD, RECORD_NUMBERS } from '../../scan/layout.ts';
import { type Matcher, MOST_BYTES } from '../../scan/matcher.ts';
import { HashTable } from './hash-table.ts';

const NO_CALL = -1;

/** Where a line stands: its number, and its bytes from the start of the stretch. */
export interface LinePlace {
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Records of one line: rows from the first to the last. */
export interface Rows {
  readonly first: number;
  readonly last: number;
}

/**
 * Records that are like ones that were cut before are put into columns as they were: a template takes them, and hashes say that all
 * values are equal that matter. Which lines are found alike changes nothing but the time.
 */
export class AlikeLines {
  readonly #matcher: Matcher;
  readonly #alike: AlikeRecords;
  readonly #packer: CallPacker;
  readonly #rows: Uint32Array;
  readonly #numbers: Float64Array;
  /** One more than the place of what calls are like, or that they are none. */
  readonly #kinds = new HashTable();
  /** One more than the number of a name. */
  readonly #episodes = new HashTable();
  readonly #said = new HashTable();
  readonly #likes: Like[] = [];
  /** Templates that the matcher was given. */
  readonly #templates = new Set<Template>();
  /** What was found of each record of a line: kind, episode, what it says. */
  readonly #found: Int32Array;
  #lines: Buffer | undefined;
  #editions = 0;
  #call: Mutable<AlikeRow> = {
    like: NOTHING,
    said: 0,
    episode: 0,
    start: 0,
    end: 0,
    nanos: 0,
    line: 0,
    offset: 0,
    bytes: 0,
  };

  constructor(matcher: Matcher, alike: AlikeRecords, packer: CallPacker) {
    this.#matcher = matcher;
    this.#alike = alike;
    this.#packer = packer;
    this.#rows = matcher.rows;
    this.#numbers = matcher.numbers;
    this.#found = new Int32Array(3 * Math.ceil(matcher.rows.length / RECORD_NUMBERS));
    matcher.begin(alike.mark);
  }

  /** Lines with their line feeds. False where they are too long. */
  load(lines: Buffer): boolean {
    if (lines.length > MOST_BYTES) return false;
    this.#forgetOld();
    this.#matcher.load(lines);
    this.#lines = lines;
    return true;
  }

  /** How many rows of records there are from a place on. */
  scan(from: number): number {
    return this.#matcher.cut(from);
  }

  /** Where the line behind that of a record begins, 0 where it is not the last of its line. */
  endOf(row: number): number {
    return this.#rows[row * RECORD_NUMBERS + RECORD.to] ?? 0;
  }

  /** Puts the records of a line into columns, where all are known. */
  add({ first, last }: Rows, place: LinePlace): boolean {
    if (!this.#packer.hasRoom(last - first + 1) || this.#hasTwins(first, last)) return false;
    for (let row = first; row <= last; row++) if (!this.#find(row, (row - first) * 3)) return false;
    for (let row = first; row <= last; row++) this.#put(row, (row - first) * 3, place);
    this.#packer.endLine(place.line);
    return true;
  }

  /** See `CallCutter`: such lines are not cut. */
  #hasTwins(first: number, last: number): boolean {
    if (first === last) return false;
    const ids = new Set<number>();
    for (let row = first; row <= last; row++) {
      const at = row * RECORD_NUMBERS + RECORD.kin;
      // Enough of it: whoever has an equal part is looked at again.
      ids.add(this.#rows[at + 4] ?? 0);
    }
    return ids.size <= last - first;
  }

  #find(row: number, to: number): boolean {
    const rows = this.#rows;
    const at = row * RECORD_NUMBERS;
    const kind = this.#kinds.get(rows[at + RECORD.low] ?? 0, rows[at + RECORD.high] ?? 0, 0);
    if (kind === 0) return false;
    const episode = numberAt(this.#episodes, rows, at + RECORD.episode);
    const said = kind === NO_CALL ? 0 : this.#saidAt(at, kind);
    this.#found[to] = kind;
    this.#found[to + 1] = episode;
    this.#found[to + 2] = said;
    return episode >= 0 && said >= 0 && (kind === NO_CALL || (episode > 0 && said > 0));
  }

  /** Arguments that were not seen before are noted as they stand, where nothing else about the call follows from them. */
  #saidAt(at: number, kind: number): number {
    const known = numberAt(this.#said, this.#rows, at + RECORD.said);
    const like = this.#likes[kind - 1];
    if (known >= 0 || like === undefined || this.#lines === undefined) return known;
    const from = this.#rows[at + RECORD.saidAt] ?? 0;
    const to = from + (this.#rows[at + RECORD.saidLength] ?? 0);
    if (plainlySaid(this.#packer.toolOf(like), this.#lines.toString('utf8', from, to)) === undefined) return known;
    const said = this.#packer.quotedOf(this.#lines, from, to);
    this.#set(this.#said, at + RECORD.said, 1 + said);
    return said;
  }

  #put(row: number, from: number, place: LinePlace): void {
    const at = row * RECORD_NUMBERS;
    const [kind = 0, episode = 0, said = 0] = [this.#found[from], this.#found[from + 1], this.#found[from + 2]];
    this.#packer.addRecord(this.#rows, at + RECORD.kin, episode, kind !== NO_CALL);
    const like = kind === NO_CALL ? undefined : this.#likes[kind - 1];
    if (like === undefined || this.#lines === undefined) return;
    const call = this.#call;
    call.like = like;
    call.said = said;
    call.episode = episode;
    call.start = this.#numbers[(at + RECORD.start) / 2] ?? 0;
    call.end = this.#numbers[(at + RECORD.end) / 2] ?? 0;
    call.nanos = this.#rows[at + RECORD.nanos] ?? 0;
    call.line = place.line;
    call.offset = place.offset;
    call.bytes = place.bytes;
    const id = this.#rows[at + RECORD.idAt] ?? 0;
    this.#packer.addCall(call, this.#lines, id, id + (this.#rows[at + RECORD.idLength] ?? 0));
  }

  /** Takes note of a line that was cut. True where lines that follow may be found alike for it now. */
  learn({ first, last }: Rows, records: readonly CutRecord[]): boolean {
    if (this.#forgetOld()) return true;
    const low = this.#rows[first * RECORD_NUMBERS + RECORD.low];
    const high = this.#rows[first * RECORD_NUMBERS + RECORD.high];
    if (low === 0 && high === 0) return this.#learnTemplates();
    if (records.length !== last - first + 1) return false;
    for (const [i, record] of records.entries()) if (record.isAlike === true) this.#learnRecord(first + i, record);
    return false;
  }

  #learnTemplates(): boolean {
    let isMore = false;
    for (const template of this.#alike.templates()) {
      if (template === undefined || this.#templates.has(template)) continue;
      this.#templates.add(template);
      isMore = this.#matcher.add(template) || isMore;
    }
    return isMore;
  }

  #learnRecord(row: number, { call, episodeId }: CutRecord): void {
    const at = row * RECORD_NUMBERS;
    if (call?.kind === 'tool-call') return;
    this.#set(
      this.#kinds,
      at + RECORD.low,
      call === undefined ? NO_CALL : this.#placeOf(this.#packer.likeOf(call.like)),
    );
    this.#set(this.#episodes, at + RECORD.episode, 1 + this.#packer.numberOf(episodeId));
    if (call !== undefined) this.#set(this.#said, at + RECORD.said, 1 + this.#packer.saidOf(call.said));
  }

  #placeOf(like: Like): number {
    const known = this.#likes.indexOf(like);
    return known < 0 ? this.#likes.push(like) : known + 1;
  }

  #set(table: HashTable, at: number, value: number): void {
    const [low = 0, high = 0] = [this.#rows[at], this.#rows[at + 1]];
    if (low !== 0 || high !== 0) table.set(low, high, 0, value);
  }

  #forgetOld(): boolean {
    // Both only grow.
    const editions = this.#alike.edition() + this.#packer.edition;
    if (editions === this.#editions) return false;
    this.#editions = editions;
    this.#matcher.clear();
    this.#templates.clear();
    this.#kinds.clear();
    this.#episodes.clear();
    this.#said.clear();
    this.#likes.length = 0;
    return true;
  }
}

const NOTHING: Like = { frame: 0, sandbox: 0, slack: { earlyUs: 0, lateUs: 0 } };

/** The number for a hash, 0 where there is no hash, -1 where it is not known. */
function numberAt(table: HashTable, rows: Uint32Array, at: number): number {
  const [low = 0, high = 0] = [rows[at], rows[at + 1]];
  return low === 0 && high === 0 ? 0 : table.get(low, high, 0) - 1;
}
