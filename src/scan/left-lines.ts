import { CLIENT_SLOTS, CLIENTS, LEFT_HASHES, LEFT_SLOTS, PORTS } from './layout.ts';

const MOST_TRIED = 8;

/** Sides of a client. */
export type Side = 0 | 1;

interface Exports {
  setLeft(hashes: number, mask: number, ports: number, clients: number, shift: number): void;
}

/**
 * Which lines a scan leaves by itself: those whose hash was found to be left for good, for clients of one side, whose ports nobody
 * waits for. The tables stand in the memory of the matcher. What they do not hold is told as a row, so they may forget.
 */
export class LeftLines {
  readonly #hashes: Uint32Array;
  readonly #ports: Uint8Array;
  readonly #clients: Uint32Array;

  /** `base`: where the area of the matcher begins. */
  constructor(exports: Exports, memory: ArrayBufferLike, base: number) {
    this.#hashes = new Uint32Array(memory, base + LEFT_HASHES.from, LEFT_SLOTS * 2);
    this.#ports = new Uint8Array(memory, base + PORTS.from, PORTS.to - PORTS.from);
    this.#clients = new Uint32Array(memory, base + CLIENTS.from, CLIENT_SLOTS * 2);
    this.#hashes.fill(0);
    this.#ports.fill(0);
    this.#clients.fill(0);
    exports.setLeft(
      this.#hashes.byteOffset,
      LEFT_SLOTS - 1,
      this.#ports.byteOffset,
      this.#clients.byteOffset,
      Math.clz32(CLIENT_SLOTS - 1),
    );
  }

  /** `ports`: 1 for each port whose lines are not left. */
  watch(ports: Uint8Array): void {
    this.#ports.set(ports);
  }

  /** The side of a client, an IPv4 address as a number. */
  setSide(client: number, side: Side): void {
    const slot = Math.imul(client, 0x9e3779b1) >>> Math.clz32(CLIENT_SLOTS - 1);
    this.#clients[slot * 2] = client;
    this.#clients[slot * 2 + 1] = side;
  }

  /** Lines of a hash are left from now on where their client is on that side. */
  add(low: number, high: number, side: Side): void {
    const key = (low ^ side) >>> 0;
    const hashes = this.#hashes;
    for (let i = 0, slot = key & (LEFT_SLOTS - 1); i < MOST_TRIED; i++, slot = (slot + 1) & (LEFT_SLOTS - 1)) {
      const [a, b] = [hashes[slot * 2], hashes[slot * 2 + 1]];
      if (a === key && b === high) return;
      if (a !== 0 || b !== 0) continue;
      hashes[slot * 2] = key;
      hashes[slot * 2 + 1] = high;
      return;
    }
  }

  clear(): void {
    this.#hashes.fill(0);
  }
}
