import type { LeaseEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { Names } from '../names.ts';
import { Uint32List } from '../packed/uint32-list.ts';
import { HandedLeases, type LeaseBlock } from './block.ts';
import { isPlain, PlainLeases } from './plain.ts';
import { NO_NAME } from './rows.ts';
import { tellingLeases } from './telling.ts';

/** Leases in the order in which they were read: the plain ones in columns, and the others, which are few, as they are. */
export class LeaseColumns implements Iterable<LeaseEvent> {
  readonly sandboxes = new Names();
  readonly hosts = new Names();
  readonly plain = new PlainLeases(this);
  readonly whole: LeaseEvent[] = [];
  /** How many leases came before each of those. */
  readonly wholeNth = new Uint32List();
  readonly #lastHosts = new Uint32List();

  get length(): number {
    return this.whole.length + this.plain.length;
  }

  push(lease: LeaseEvent): void {
    const nth = this.length;
    const sandbox = this.sandboxes.add(lease.sandboxId);
    const host = lease.host === undefined ? NO_NAME : this.hosts.add(lease.host);
    this.#noteHost(sandbox, host);
    if (isPlain(lease)) this.plain.push(lease, { sandbox, host, nth });
    else {
      this.whole.push(lease);
      this.wholeNth.push(nth);
    }
  }

  /** What takes leases of another thread, row by row, and tells their moments. Lines and offsets are counted from a place. */
  taking(block: LeaseBlock, base: Pick<SourceRef, 'line' | 'offset'>): (row: number) => Micros | undefined {
    const { sandboxes, hosts, plain } = this;
    const handed = new HandedLeases(block, { sandboxes, hosts, ips: plain.ips, frames: plain.frames });
    return (row) => {
      const lease = handed.at(row, this.length, base);
      this.#noteHost(lease.sandbox, lease.host);
      plain.add(lease);
      return plain.momentOf(plain.length - 1);
    };
  }

  #noteHost(sandbox: number, host: number): void {
    if (sandbox === this.#lastHosts.length) this.#lastHosts.push(host);
    else if (host !== NO_NAME) this.#lastHosts.put(sandbox, host);
  }

  has(sandboxId: string): boolean {
    return this.sandboxes.numberOf(sandboxId) !== undefined;
  }

  /** Host of a sandbox, as the last lease that names one has it. */
  hostOf(sandboxId: string): string | undefined {
    const sandbox = this.sandboxes.numberOf(sandboxId);
    return sandbox === undefined ? undefined : this.hosts.texts[this.#lastHosts.at(sandbox)];
  }

  /** All addresses that they name. */
  *ips(): Generator<string> {
    for (const { ip } of this.whole) if (ip !== undefined) yield ip;
    yield* this.plain.ips.texts;
  }

  *[Symbol.iterator](): Generator<LeaseEvent> {
    let row = 0;
    for (const [i, lease] of this.whole.entries()) {
      for (; this.#isPlainBefore(row, i); row++) yield this.plain.at(row);
      yield lease;
    }
    for (; row < this.plain.length; row++) yield this.plain.at(row);
  }

  /**
   * Those that tell which hosts and clocks there are, and between which moments, in their order: of the plain ones a few. Each is only
   * valid until the next.
   */
  eachTelling(visit: (lease: LeaseEvent) => void): void {
    const rows = tellingLeases(this.plain);
    let next = 0;
    for (let i = 0; i < this.whole.length; i++) {
      for (let row = rows[next]; row !== undefined && this.#isPlainBefore(row, i); row = rows[++next])
        visit(this.plain.glance(row));
      visit(this.whole[i] as LeaseEvent);
    }
    for (let row = rows[next]; row !== undefined; row = rows[++next]) visit(this.plain.glance(row));
  }

  #isPlainBefore(row: number, whole: number): boolean {
    return row < this.plain.length && this.plain.nth(row) < this.wholeNth.at(whole);
  }
}
