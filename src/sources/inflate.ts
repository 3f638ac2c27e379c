import { crc32, createInflateRaw } from 'node:zlib';
import type { ByteReader } from './byte-reader.ts';

/** Told once why compressed data could not be read to its end; the code becomes part of a diagnostic. */
export type Fail = (code: string, reason: string) => void;

/** What the engine holds back when it meets damage is lost, so this is also the most that damage costs beyond itself. */
const OUT_BYTES = 64 * 1024;
const PIECE_BYTES = 64 * 1024;

/** One raw deflate stream. zlib's own gzip reader throws a whole member away when only its checksum is wrong. */
class Inflation {
  readonly #engine = createInflateRaw({ chunkSize: OUT_BYTES });
  #out: Uint8Array[] = [];
  #wake: () => void = () => {};
  ended = false;
  error: string | undefined;

  constructor() {
    this.#engine.on('data', (chunk: Uint8Array) => this.#out.push(chunk));
    this.#engine.on('end', () => {
      this.ended = true;
      this.#wake();
    });
    this.#engine.on('error', (error) => {
      this.error = error.message;
      this.#wake();
    });
  }

  /** Bytes of `piece` that belonged to the stream. zlib calls back only when it took the piece whole. */
  async push(piece: Uint8Array): Promise<number> {
    const before = this.#engine.bytesWritten;
    await new Promise<void>((done) => {
      this.#wake = done;
      this.#engine.write(piece, () => done());
    });
    return this.#engine.bytesWritten - before;
  }

  /** No more input: `ended` or `error` is set afterwards. */
  async finish(): Promise<void> {
    await new Promise<void>((done) => {
      this.#wake = done;
      this.#engine.end();
    });
  }

  take(): readonly Uint8Array[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  close(): void {
    this.#engine.destroy();
  }
}

/** Checksum and length of what a member gave. */
interface Sums {
  crc: number;
  bytes: number;
  whole: boolean;
}

async function inflateSome(inflation: Inflation, reader: ByteReader): Promise<void> {
  if (!(await reader.fill(1))) return inflation.finish();
  const consumed = await inflation.push(reader.rest.subarray(0, PIECE_BYTES));
  reader.take(consumed);
  if (consumed === 0 && !inflation.ended && inflation.error === undefined) inflation.error = 'no progress';
}

/** One raw deflate stream out of `reader`, which stands behind it afterwards. */
async function* inflateOne(reader: ByteReader, sums: Sums, fail: Fail): AsyncGenerator<Uint8Array> {
  const inflation = new Inflation();
  try {
    for (let step = inflateSome(inflation, reader); ; ) {
      await step;
      const out = inflation.take();
      const isOver = inflation.ended || inflation.error !== undefined;
      // The next piece is inflated, on a thread of its own, while this one is worked on.
      if (!isOver) step = inflateSome(inflation, reader);
      for (const chunk of out) {
        sums.crc = crc32(chunk, sums.crc);
        sums.bytes += chunk.length;
        yield chunk;
      }
      if (isOver) break;
    }
    sums.whole = inflation.error === undefined;
    if (inflation.error !== undefined) fail('broken', `is damaged or cut short (${inflation.error})`);
  } finally {
    inflation.close();
  }
}

/** A zip entry of method 8. */
export async function* inflateRaw(reader: ByteReader, fail: Fail): AsyncGenerator<Uint8Array> {
  yield* inflateOne(reader, { crc: 0, bytes: 0, whole: false }, fail);
}

/** Gzip members one after the other; zero padding between and behind them is allowed. RFC 1952. */
export async function* gunzip(reader: ByteReader, fail: Fail): AsyncGenerator<Uint8Array> {
  for (let members = 0; await reader.fill(1); ) {
    if (members > 0 && reader.rest[0] === 0) {
      reader.take(zerosAtStart(reader.rest));
      continue;
    }
    if (members > 0 && !((await reader.fill(2)) && reader.rest[0] === 0x1f && reader.rest[1] === 0x8b))
      return fail('trailing', 'has bytes behind it that are no gzip');
    const header = await skipHeader(reader);
    if (header !== 'ok') return fail('broken', header);
    const sums: Sums = { crc: 0, bytes: 0, whole: false };
    yield* inflateOne(reader, sums, fail);
    if (!sums.whole) return;
    if (!(await reader.fill(8))) return fail('broken', 'is cut short (its checksum is missing)');
    const trailer = reader.take(8);
    if (trailer.readUInt32LE(0) !== sums.crc || trailer.readUInt32LE(4) !== sums.bytes % 2 ** 32)
      return fail('broken', 'is damaged (its checksum does not match)');
    members++;
  }
}

function zerosAtStart(bytes: Uint8Array): number {
  let n = 0;
  while (n < bytes.length && bytes[n] === 0) n++;
  return n;
}

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const SHORT = 'is cut short (inside its header)';

/** RFC 1952, section 2.3. */
async function skipHeader(reader: ByteReader): Promise<string> {
  if (!(await reader.fill(10))) return SHORT;
  const header = reader.take(10);
  if (header[2] !== 8) return 'has a compression method that gzip does not know';
  const flags = header[3] ?? 0;
  if ((flags & FEXTRA) !== 0) {
    if (!(await reader.fill(2))) return SHORT;
    const length = reader.take(2).readUInt16LE(0);
    if (!(await reader.fill(length))) return SHORT;
    reader.take(length);
  }
  for (const flag of [FNAME, FCOMMENT]) if ((flags & flag) !== 0 && !(await skipText(reader))) return SHORT;
  if ((flags & FHCRC) === 0) return 'ok';
  if (!(await reader.fill(2))) return SHORT;
  reader.take(2);
  return 'ok';
}

async function skipText(reader: ByteReader): Promise<boolean> {
  while (await reader.fill(1)) {
    const end = reader.rest.indexOf(0);
    reader.take(end < 0 ? reader.rest.length : end + 1);
    if (end >= 0) return true;
  }
  return false;
}
