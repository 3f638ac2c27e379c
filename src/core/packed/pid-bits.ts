const PAGE_BITS = 12;
const PAGE = 2 ** PAGE_BITS;

/** Pids below 2^22, one bit each in pages of 512 bytes, for those who ask millions of times. */
export class PidBits {
  readonly #pages: (Uint32Array | undefined)[] = [];

  constructor(pids: Iterable<number> = []) {
    for (const pid of pids) this.add(pid);
  }

  add(pid: number): void {
    const page = this.#pages[pid >>> PAGE_BITS] ?? new Uint32Array(PAGE / 32);
    this.#pages[pid >>> PAGE_BITS] = page;
    page[(pid % PAGE) >>> 5] = (page[(pid % PAGE) >>> 5] ?? 0) | (1 << (pid & 31));
  }

  has(pid: number): boolean {
    const page = this.#pages[pid >>> PAGE_BITS];
    return page !== undefined && ((page[(pid & (PAGE - 1)) >>> 5] ?? 0) & (1 << (pid & 31))) !== 0;
  }
}
