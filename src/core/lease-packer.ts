import type { LeaseEvent } from '../model/event.ts';
import type { LeaseBlock } from './lease-block.ts';
import { LeaseFrames } from './lease-frames.ts';
import { LeaseRows, NO_NAME } from './lease-rows.ts';
import { isPlain } from './plain-leases.ts';

/** Puts leases of a chunk together for another thread. */
export class LeasePacker {
  readonly #rows = new LeaseRows();
  readonly #frames = new LeaseFrames();
  readonly #sandboxes: string[] = [];
  readonly #hosts = new Map<string, number>();
  readonly #ips = new Map<string, number>();

  /** False where it is not plain. */
  add(lease: LeaseEvent): boolean {
    if (!isPlain(lease)) return false;
    const { start, end, sandboxId } = lease;
    const { line, offset, bytes } = lease.ref;
    // Most are of a sandbox of their own.
    const sandbox = this.#sandboxes.push(sandboxId) - 1;
    const host = numberIn(this.#hosts, lease.host);
    const ip = numberIn(this.#ips, lease.ip);
    const frame = this.#frames.ofLease(lease);
    this.#rows.push({ start, end, offset, sandbox, host, ip, frame, line, bytes, nth: 0 });
    return true;
  }

  taken(): LeaseBlock {
    return {
      rows: this.#rows.handed(),
      frames: this.#frames.all,
      sandboxes: this.#sandboxes,
      hosts: [...this.#hosts.keys()],
      ips: [...this.#ips.keys()],
    };
  }
}

function numberIn(numbers: Map<string, number>, text: string | undefined): number {
  if (text === undefined) return NO_NAME;
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, numbers.size);
  return numbers.size - 1;
}
