import { Buffer } from 'node:buffer';
import { constants, createInflateRaw } from 'node:zlib';

/** What the engine holds back when it meets damage is lost, so this is also the most that damage costs beyond itself. */
const OUT_BYTES = 64 * 1024;

/** One raw deflate stream. zlib's own gzip reader throws a whole member away when only its checksum is wrong. */
export interface Inflation {
  /** The stream's last byte was taken. */
  readonly ended: boolean;
  readonly error: string | undefined;
  /** What a piece makes. `isLast`: no more will come. */
  inflate(piece: Uint8Array, isLast: boolean): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** Bytes of the last piece that belonged to the stream. */
  readonly consumed: number;
  /** For the next stream. */
  again(): Inflation;
  close(): void;
}

/** How the bytes are held that come out. */
export interface Passing {
  /** A chunk is good until the next is asked for; else it has memory of its own. */
  readonly isPassing?: boolean;
}

/** `isDirect`: by calls that wait for their answer, where this Node has them. */
export function newInflation({ isPassing = false }: Passing, isDirect = true): Inflation {
  const engine = createInflateRaw({ chunkSize: constants.Z_MIN_CHUNK }) as Engine;
  if (isDirect && isCallable(engine)) return new DirectInflation(engine, isPassing);
  engine.destroy();
  return new StreamInflation();
}

type Engine = ReturnType<typeof createInflateRaw> & Partial<Callable>;

/**
 * What all Nodes so far have under zlib's streams. These cost more than inflating itself: each 64 KiB go through another thread
 * and come in memory of their own, for which V8 looks through the whole heap again and again.
 */
interface Callable {
  readonly _handle: {
    writeSync(flush: number, ...inAndOut: [...Stretch, ...Stretch]): void;
    onerror: (message: string) => void;
  };
  /** What was left of the room for output and of the input. */
  readonly _writeState: Uint32Array;
}

type Stretch = [bytes: Uint8Array, from: number, length: number];

function isCallable(engine: Engine): engine is Engine & Callable {
  return typeof engine._handle?.writeSync === 'function' && engine._writeState instanceof Uint32Array;
}

class DirectInflation implements Inflation {
  readonly #engine: Engine & Callable;
  readonly #isPassing: boolean;
  #room = Buffer.allocUnsafeSlow(OUT_BYTES);
  #filled = 0;
  ended = false;
  error: string | undefined;
  consumed = 0;

  constructor(engine: Engine & Callable, isPassing: boolean) {
    this.#engine = engine;
    this.#isPassing = isPassing;
    engine._handle.onerror = (message) => {
      this.error = message;
    };
  }

  *inflate(piece: Uint8Array, isLast: boolean): Generator<Uint8Array> {
    const { _handle: handle, _writeState: state } = this.#engine;
    const flush = isLast ? constants.Z_FINISH : constants.Z_NO_FLUSH;
    this.consumed = 0;
    for (let isFull = true; isFull; ) {
      const from = this.#filled;
      const room = OUT_BYTES - from;
      handle.writeSync(flush, piece, this.consumed, piece.length - this.consumed, this.#room, from, room);
      if (this.error !== undefined) return;
      const [roomLeft = 0, inputLeft = 0] = state;
      this.consumed = piece.length - inputLeft;
      isFull = roomLeft === 0;
      if (!isFull) this.ended = isLast || inputLeft > 0;
      if (roomLeft < room) yield this.#made(from, OUT_BYTES - roomLeft);
    }
  }

  /** Files of many members are as quick as others. */
  again(): Inflation {
    this.#engine.reset();
    this.ended = false;
    this.#filled = 0;
    if (!this.#isPassing) this.#room = Buffer.allocUnsafeSlow(OUT_BYTES);
    return this;
  }

  #made(from: number, to: number): Uint8Array {
    const made = this.#room.subarray(from, to);
    this.#filled = to % OUT_BYTES;
    if (this.#filled === 0 && !this.#isPassing) this.#room = Buffer.allocUnsafeSlow(OUT_BYTES);
    return made;
  }

  close(): void {
    this.#engine.destroy();
  }
}

class StreamInflation implements Inflation {
  readonly #engine = createInflateRaw({ chunkSize: OUT_BYTES });
  #out: Uint8Array[] = [];
  #wake: () => void = () => {};
  ended = false;
  error: string | undefined;
  consumed = 0;

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

  async *inflate(piece: Uint8Array, isLast: boolean): AsyncGenerator<Uint8Array> {
    const before = this.#engine.bytesWritten;
    await new Promise<void>((done) => {
      this.#wake = done;
      if (isLast) this.#engine.end();
      // It calls back only when it took the piece whole.
      else this.#engine.write(piece, () => done());
    });
    this.consumed = this.#engine.bytesWritten - before;
    yield* this.#out.splice(0);
  }

  again(): Inflation {
    this.close();
    return new StreamInflation();
  }

  close(): void {
    this.#engine.destroy();
  }
}
