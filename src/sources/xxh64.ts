/**
 * XXH64 with seed 0 (xxHash fast digest algorithm, xxhash_spec.md), the checksum of Zstandard frames. 64-bit numbers are
 * pairs of 32-bit halves: BigInt is some 30 times slower.
 */
const P1 = [0x9e3779b1, 0x85ebca87] as const;
const P2 = [0xc2b2ae3d, 0x27d4eb4f] as const;
const P3 = [0x165667b1, 0x9e3779f9] as const;
const P4 = [0x85ebca77, 0xc2b2ae63] as const;
const P5 = [0x27d4eb2f, 0x165667c5] as const;

type Prime = readonly [high: number, low: number];

/** A 64-bit register. */
class Word {
  high: number;
  low: number;

  constructor(high = 0, low = 0) {
    this.high = high | 0;
    this.low = low | 0;
  }

  add(high: number, low: number): void {
    const sum = (this.low >>> 0) + (low >>> 0);
    this.high = (this.high + high + (sum > 0xffffffff ? 1 : 0)) | 0;
    this.low = sum | 0;
  }

  xor(high: number, low: number): void {
    this.high ^= high;
    this.low ^= low;
  }

  multiply([high, low]: Prime): void {
    const a = this.low >>> 16;
    const b = this.low & 0xffff;
    const c = low >>> 16;
    const d = low & 0xffff;
    const bd = b * d;
    const middle = a * d + (bd >>> 16);
    const middle2 = b * c + (middle & 0xffff);
    // The sum of the three parts stays below 2^33, so the upper half of the product is exact in a double.
    const upper = a * c + Math.floor(middle / 65536) + Math.floor(middle2 / 65536);
    this.high = (Math.imul(this.high, low) + Math.imul(this.low, high) + (upper % 4294967296)) | 0;
    this.low = Math.imul(this.low, low);
  }

  rotate(bits: number): void {
    const { high, low } = this;
    if (bits < 32) {
      this.high = (high << bits) | (low >>> (32 - bits));
      this.low = (low << bits) | (high >>> (32 - bits));
    } else {
      const n = bits - 32;
      this.high = n === 0 ? low : (low << n) | (high >>> (32 - n));
      this.low = n === 0 ? high : (high << n) | (low >>> (32 - n));
    }
  }

  /** `this ^= this >>> bits` */
  fold(bits: number): void {
    const { high, low } = this;
    if (bits >= 32) this.xor(0, high >>> (bits - 32));
    else this.xor(high >>> bits, (low >>> bits) | (high << (32 - bits)));
  }

  /** `rotate(this + input * P2, 31) * P1` */
  round(high: number, low: number): void {
    SCRATCH.high = high | 0;
    SCRATCH.low = low | 0;
    SCRATCH.multiply(P2);
    this.add(SCRATCH.high, SCRATCH.low);
    this.rotate(31);
    this.multiply(P1);
  }
}

const SCRATCH = new Word();

export class Xxh64 {
  readonly #lanes = [new Word(), new Word(P2[0], P2[1]), new Word(), new Word()];
  readonly #tail = new Uint8Array(32);
  #tailBytes = 0;
  #total = 0;

  constructor() {
    const [a, , , d] = this.#lanes;
    a?.add(...P1);
    a?.add(...P2);
    d?.add(~P1[0] >>> 0, ~P1[1] >>> 0);
    d?.add(0, 1);
  }

  update(bytes: Uint8Array): void {
    this.#total += bytes.length;
    let from = 0;
    if (this.#tailBytes > 0) {
      from = Math.min(32 - this.#tailBytes, bytes.length);
      this.#tail.set(bytes.subarray(0, from), this.#tailBytes);
      this.#tailBytes += from;
      if (this.#tailBytes < 32) return;
      this.#stripes(this.#tail, 0, 32);
      this.#tailBytes = 0;
    }
    const whole = from + Math.floor((bytes.length - from) / 32) * 32;
    this.#stripes(bytes, from, whole);
    this.#tail.set(bytes.subarray(whole));
    this.#tailBytes = bytes.length - whole;
  }

  #stripes(bytes: Uint8Array, from: number, to: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const lanes = this.#lanes;
    for (let i = from; i < to; i += 32) {
      let at = i;
      for (const lane of lanes) {
        lane.round(view.getInt32(at + 4, true), view.getInt32(at, true));
        at += 8;
      }
    }
  }

  /** Lower half of the hash: what a frame stores. */
  low32(): number {
    const hash = this.#merged();
    hash.add(Math.floor(this.#total / 4294967296), this.#total % 4294967296);
    const view = new DataView(this.#tail.buffer, 0, this.#tailBytes);
    let i = 0;
    for (; i + 8 <= this.#tailBytes; i += 8) {
      const word = new Word();
      word.round(view.getInt32(i + 4, true), view.getInt32(i, true));
      mix(hash, word, 27, P1, P4);
    }
    if (i + 4 <= this.#tailBytes) {
      const word = new Word(0, view.getInt32(i, true));
      word.multiply(P1);
      mix(hash, word, 23, P2, P3);
      i += 4;
    }
    for (; i < this.#tailBytes; i++) {
      const word = new Word(0, view.getUint8(i));
      word.multiply(P5);
      mix(hash, word, 11, P1);
    }
    hash.fold(33);
    hash.multiply(P2);
    hash.fold(29);
    hash.multiply(P3);
    hash.fold(32);
    return hash.low >>> 0;
  }

  #merged(): Word {
    const hash = new Word();
    if (this.#total < 32) {
      hash.add(...P5);
      return hash;
    }
    for (const [i, lane] of this.#lanes.entries()) {
      const turned = new Word(lane.high, lane.low);
      turned.rotate([1, 7, 12, 18][i] ?? 0);
      hash.add(turned.high, turned.low);
    }
    for (const lane of this.#lanes) {
      const word = new Word();
      word.round(lane.high, lane.low);
      hash.xor(word.high, word.low);
      hash.multiply(P1);
      hash.add(...P4);
    }
    return hash;
  }
}

/** `hash = rotate(hash ^ word, bits) * by + plus` */
function mix(hash: Word, word: Word, bits: number, by: Prime, plus?: Prime): void {
  hash.xor(word.high, word.low);
  hash.rotate(bits);
  hash.multiply(by);
  if (plus !== undefined) hash.add(...plus);
}
