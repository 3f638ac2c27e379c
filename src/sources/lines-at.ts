import { Buffer } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import type { RawRecord, SourceRef } from '../model/source.ts';
import type { InputFile } from './discover.ts';
import type { ReadLog } from './read.ts';
import { storedRange } from './stored.ts';

const NEWLINE = 10;
const RETURN = 13;
/** Bytes that are read at once, between these: the more, the nearer to each other the lines lie. */
const SMALLEST_WINDOW = 4 * 1024;
const LARGEST_WINDOW = 64 * 1024;

/** Whether the bytes of a file stand on the disk as they are read. `log`: of a reading of it. */
export function isSeekable(input: InputFile, log: Pick<ReadLog, 'compression'>): boolean {
  return log.compression === 'none' && (input.member?.method ?? 0) === 0 && storedRange(input) !== undefined;
}

/** The line of that number, from that byte on, and those that follow: `lines` in all. */
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
): Generator<{ readonly place: P; readonly record: RawRecord }> {
  const range = storedRange(input);
  if (range === undefined) return;
  const file = new Window(openSync(input.absolute, 'r'), range);
  try {
    for (const place of places) {
      let { offset } = place;
      for (let i = 0; i < place.lines; i++) {
        const found = file.line(offset);
        if (found === undefined) onMoved();
        if (found === undefined) break;
        const { bytes, next } = found;
        const ref = { source: input.path, line: place.line + i, offset, bytes: bytes.length };
        yield { place, record: { text: bytes.toString('utf8'), ref } };
        offset = next;
      }
    }
  } finally {
    file.close();
  }
}

interface Line {
  readonly bytes: Buffer;
  /** Where the line behind it begins. */
  readonly next: number;
}

/** A stretch of a file in memory, which moves on. */
class Window {
  readonly #file: number;
  readonly #start: number;
  #length: number;
  #size = SMALLEST_WINDOW;
  #memory = Buffer.allocUnsafe(SMALLEST_WINDOW);
  #bytes = this.#memory.subarray(0, 0);
  #at = 0;

  constructor(file: number, { start, end }: { readonly start: number; readonly end: number }) {
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
      if (to >= 0 || this.#at + this.#bytes.length >= this.#length) return this.#cut(offset, to);
      this.#load(from, size);
    }
  }

  /** Twice as much is read where the next line wanted lies just behind what was read, else half. */
  #moveTo(from: number): void {
    const isNear = from - this.#at < this.#bytes.length + this.#size;
    this.#size = isNear ? Math.min(LARGEST_WINDOW, this.#size * 2) : Math.max(SMALLEST_WINDOW, this.#size / 2);
    this.#load(from, this.#size);
  }

  #cut(offset: number, to: number): Line | undefined {
    const from = offset - this.#at;
    if (from >= this.#bytes.length || (offset > 0 && this.#bytes[from - 1] !== NEWLINE)) return undefined;
    const line = this.#bytes.subarray(from, to < 0 ? undefined : to);
    const bytes = line.at(-1) === RETURN ? line.subarray(0, -1) : line;
    return { bytes, next: offset + line.length + 1 };
  }

  #load(from: number, size: number): void {
    const wanted = Math.max(0, Math.min(size, this.#length - from));
    if (wanted > this.#memory.length) this.#memory = Buffer.allocUnsafe(wanted);
    const read = readSync(this.#file, this.#memory, 0, wanted, this.#start + from);
    // It has become shorter since.
    if (read < wanted) this.#length = from + read;
    this.#bytes = this.#memory.subarray(0, read);
    this.#at = from;
  }

  close(): void {
    closeSync(this.#file);
  }
}
