import { Buffer } from 'node:buffer';
import { XXH64_WASM } from './xxh64-wasm.ts';

/** What `assembly/xxh64.ts` exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  begin(): void;
  stripes(length: number): void;
  low32(rest: number, total: number): number;
}

/** Bytes of a stripe, and of the lanes that stand before what is hashed. */
const STRIPE = 32;
const MOST_BYTES = 64 * 1024;

let loaded: Exports | undefined;

function load(): Exports {
  loaded ??= new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(XXH64_WASM, 'base64'))).exports as Exports;
  return loaded;
}

/** The checksum of Zstandard frames. In WebAssembly, which has 64-bit numbers: by halves it took longer than decompressing. */
export class Xxh64 {
  readonly #exports = load();
  readonly #memory = new Uint8Array(this.#exports.memory.buffer);
  /** Other hashes may be made in between. */
  readonly #lanes = new Uint8Array(STRIPE);
  readonly #rest = new Uint8Array(STRIPE);
  #restBytes = 0;
  #total = 0;

  constructor() {
    this.#exports.begin();
    this.#keep();
  }

  update(bytes: Uint8Array): void {
    this.#total += bytes.length;
    this.#restore();
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + MOST_BYTES - this.#restBytes);
      this.#memory.set(part, STRIPE + this.#restBytes);
      this.#hash(this.#restBytes + part.length);
      from += part.length;
    }
    this.#keep();
  }

  /** Of what stands in the memory all whole stripes; the rest then begins it. */
  #hash(length: number): void {
    const whole = length - (length % STRIPE);
    this.#exports.stripes(whole);
    this.#memory.copyWithin(STRIPE, STRIPE + whole, STRIPE + length);
    this.#restBytes = length - whole;
  }

  #restore(): void {
    this.#memory.set(this.#lanes);
    this.#memory.set(this.#rest, STRIPE);
  }

  #keep(): void {
    this.#lanes.set(this.#memory.subarray(0, STRIPE));
    this.#rest.set(this.#memory.subarray(STRIPE, 2 * STRIPE));
  }

  /** Lower half of the hash: what a frame stores. */
  low32(): number {
    this.#restore();
    return this.#exports.low32(this.#restBytes, this.#total) >>> 0;
  }
}
