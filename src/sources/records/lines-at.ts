import { Buffer } from 'node:buffer';
import { readSync } from 'node:fs';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import { behindHole } from '../cutting/frame.ts';
import type { InputFile } from '../files/discover.ts';
import { type OpenFile, openFile, storedRange } from '../files/stored.ts';
import { isPacked, type ReadLog } from './read.ts';

const NEWLINE = 10;
const RETURN = 13;
/** Bytes that are read at once, between these: the more, the nearer to each other the lines lie. */
const SMALLEST_WINDOW = 4 * 1024;
const LARGEST_WINDOW = 64 * 1024;

/** Whether the bytes of a file stand on the disk as they are read. `log`: of a reading of it. */
export function isSeekable(input: InputFile, log: Pick<ReadLog, 'compression'>): boolean {
  return log.compression === 'none' && !isPacked(input, log) && storedRange(input) !== undefined;
}

/** The line of that number, from that byte of what is decompressed on, and those that follow: `lines` in all. */
export interface Place extends Pick<SourceRef, 'line' | 'offset'> {
  readonly lines: number;
}

/**
 * Reads single lines of a file that is not compressed. `places` are taken one at a time, in ascending order. Throws what the file
 * system throws; a place where no line begins any more is left out, and `onMoved` is told.
 */
export function* linesAt<P extends Place>(
  input: InputFile,
  places: Iterable<P>,
  onMoved: () => void,
): Generator<Found<P>> {
  const range = storedRange(input);
  if (range === undefined) return;
  const file = new Window(openFile(input), range);
  try {
    for (const place of places) {
      let { offset } = place;
      for (let i = 0; i < place.lines; i++) {
        const found = file.line(offset);
        if (found === undefined) onMoved();
        if (found === undefined) break;
        yield foundAt(place, i, { source: input.path, offset, line: found });
        offset = found.next;
      }
    }
  } finally {
    file.close();
  }
}

/** The same of a file whose bytes stand elsewhere than they are read, as it is compressed: `chunks` are all of them, decompressed, each good until the next is asked for. */
export async function* linesWithin<P extends Place>(
  { path, chunks }: { readonly path: string; readonly chunks: AsyncIterable<Uint8Array> },
  places: Iterable<P>,
  onMoved: () => void,
): AsyncGenerator<Found<P>> {
  const stream = new Stream(chunks);
  try {
    for (const place of places) {
      let { offset } = place;
      for (let i = 0; i < place.lines; i++) {
        const found = await stream.line(offset);
        if (found === undefined) onMoved();
        if (found === undefined) break;
        yield foundAt(place, i, { source: path, offset, line: found });
        offset = found.next;
      }
    }
  } finally {
    await stream.close();
  }
}

export interface Found<P extends Place> {
  readonly place: P;
  readonly record: RawRecord;
}

/** The `i`th line of a place, from 0. */
function foundAt<P extends Place>(
  place: P,
  i: number,
  { source, offset, line }: { readonly source: string; readonly offset: number; readonly line: Line },
): Found<P> {
  const ref = { source, line: place.line + i, offset, bytes: line.bytes.length };
  return { place, record: { text: behindHole(line.bytes.toString('utf8')), ref } };
}

interface Line {
  readonly bytes: Buffer;
  /** Where the line behind it begins. */
  readonly next: number;
}

/** A stretch of a file in memory, which moves on. */
class Window {
  readonly #file: OpenFile;
  readonly #start: number;
  #length: number;
  #size = SMALLEST_WINDOW;
  #memory = Buffer.allocUnsafe(SMALLEST_WINDOW);
  #bytes = this.#memory.subarray(0, 0);
  #at = 0;

  constructor(file: OpenFile, { start, end }: { readonly start: number; readonly end: number }) {
    this.#file = file;
    this.#start = start;
    this.#length = end + 1 - start;
  }

  /** Without its ending; undefined where no line begins. */
  line(offset: number): Line | undefined {
    const from = Math.max(0, offset - 1);
    if (from < this.#at || offset >= this.#at + this.#bytes.length) this.#moveTo(from);
    for (let size = this.#size; ; size *= 2) {
      const to = this.#bytes.indexOf(NEWLINE, offset - this.#at);
      if (to >= 0 || this.#at + this.#bytes.length >= this.#length) return cutLine(this.#bytes, this.#at, offset);
      this.#load(from, size);
    }
  }

  /** Twice as much is read where the next line wanted lies just behind what was read, else half. */
  #moveTo(from: number): void {
    const isNear = from - this.#at < this.#bytes.length + this.#size;
    this.#size = isNear ? Math.min(LARGEST_WINDOW, this.#size * 2) : Math.max(SMALLEST_WINDOW, this.#size / 2);
    this.#load(from, this.#size);
  }

  #load(from: number, size: number): void {
    const wanted = Math.max(0, Math.min(size, this.#length - from));
    if (wanted > this.#memory.length) this.#memory = Buffer.allocUnsafe(wanted);
    const read = readSync(this.#file.descriptor, this.#memory, 0, wanted, this.#start + from);
    // It has become shorter since.
    if (read < wanted) this.#length = from + read;
    this.#bytes = this.#memory.subarray(0, read);
    this.#at = from;
  }

  close(): void {
    this.#file.close();
  }
}

/** Bytes that come one chunk after the other: only what lies ahead can be asked for. */
class Stream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Without its ending; undefined where no line begins. */
  async line(offset: number): Promise<Line | undefined> {
    const from = Math.max(0, offset - 1);
    for (;;) {
      if (from >= this.#at && this.#bytes.includes(NEWLINE, offset - this.#at)) break;
      if (!(await this.#fetch(from))) break;
    }
    return cutLine(this.#bytes, this.#at, offset);
  }

  /** The next chunk behind what is still needed; false at the end. */
  async #fetch(from: number): Promise<boolean> {
    const kept = this.#bytes.subarray(Math.max(0, from - this.#at));
    this.#at += this.#bytes.length - kept.length;
    this.#bytes = Buffer.from(kept);
    const { done, value } = await this.#chunks.next();
    if (done === true) return false;
    this.#bytes =
      kept.length === 0
        ? Buffer.from(value.buffer, value.byteOffset, value.length)
        : Buffer.concat([this.#bytes, value]);
    return true;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

/** The line at an offset among bytes that begin at `at`. */
function cutLine(bytes: Buffer, at: number, offset: number): Line | undefined {
  const from = offset - at;
  if (from < 0 || from >= bytes.length || (offset > 0 && bytes[from - 1] !== NEWLINE)) return undefined;
  const to = bytes.indexOf(NEWLINE, from);
  const line = bytes.subarray(from, to < 0 ? undefined : to);
  const text = line.at(-1) === RETURN ? line.subarray(0, -1) : line;
  return { bytes: text, next: offset + line.length + 1 };
}
