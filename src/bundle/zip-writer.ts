import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { Zip, ZipDeflate, type ZipInputFile } from 'fflate';
import type { Manifest } from './layout.ts';

/** Zip without its 64-bit extension ends here; the writer refuses to go beyond. */
const MAX_BYTES = 0xffff_ffff;
/** The first moment a zip can state; local time, which is what zip stamps hold, so it is the same bytes in every zone. */
const STAMP = new Date(1980, 0, 1);
const PIECE = 1 << 16;

type Content = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** What an archive's directory says of one member. */
interface StoredMember {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  /** Decompressed. */
  readonly bytes: number;
  readonly stamp: Date | undefined;
}

/** Writes one archive as a stream: what is in memory is one piece of one member. */
export class ZipWriter {
  readonly #zip: Zip;
  #bytes = 0;
  #error: Error | undefined;

  constructor(sink: (chunk: Uint8Array) => void) {
    this.#zip = new Zip((error, chunk) => {
      if (error !== null) this.#error ??= error;
      else {
        this.#bytes += chunk.length;
        sink(chunk);
      }
    });
  }

  /** Throws a RangeError when the archive or a member outgrows what zip can hold. */
  async add(name: string, content: Content, stamp: Date = STAMP): Promise<Manifest['members'][number]> {
    const member = new ZipDeflate(name, { level: 6 });
    member.mtime = stamp;
    this.#zip.add(member);
    const hash = createHash('sha256');
    let bytes = 0;
    const push = (piece: Uint8Array, last: boolean): void => {
      hash.update(piece);
      bytes += piece.length;
      if (bytes > MAX_BYTES || this.#bytes > MAX_BYTES) throw new RangeError(`${name} would exceed 4 GiB`);
      member.push(piece, last);
      if (this.#error !== undefined) throw this.#error;
    };
    for await (const piece of pieces(content)) push(piece, false);
    push(new Uint8Array(0), true);
    return { name, bytes, sha256: hash.digest('hex') };
  }

  /** Takes a member over from another archive as it is stored there, however it is compressed. */
  async copy(
    { name, method, crc, bytes, stamp = STAMP }: StoredMember,
    stored: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const member: ZipInputFile = { filename: name, compression: method, crc, size: bytes, mtime: stamp };
    this.#zip.add(member);
    const push = (piece: Uint8Array, last: boolean): void => {
      member.ondata?.(null, Uint8Array.from(piece), last);
      if (this.#bytes > MAX_BYTES) throw new RangeError(`${name} would exceed 4 GiB`);
      if (this.#error !== undefined) throw this.#error;
    };
    for await (const piece of stored) push(piece, false);
    push(new Uint8Array(0), true);
  }

  end(): void {
    this.#zip.end();
    if (this.#error !== undefined) throw this.#error;
  }
}

/** Small texts put together: deflate is called once for many lines. */
async function* pieces(content: Content): AsyncGenerator<Uint8Array> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const part of content) {
    const buffer = typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part);
    held.push(buffer);
    bytes += buffer.length;
    if (bytes < PIECE) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
