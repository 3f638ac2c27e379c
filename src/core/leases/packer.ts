import type { LeaseEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { PackedTexts } from '../packed/packed-texts.ts';
import type { LeaseBlock } from './block.ts';
import { LeaseFrames } from './frames.ts';
import { isPlain } from './plain.ts';
import { LeaseRows, NO_NAME } from './rows.ts';

/** What a lease has of its own, beside its sandbox. */
interface Own {
  readonly ip?: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly ref: Omit<SourceRef, 'source'>;
}

/** Puts leases together for another thread. */
export class LeasePacker {
  #rows = new LeaseRows();
  #frames = new LeaseFrames();
  readonly #sandboxes = new PackedTexts();
  readonly #hosts = new Map<string, number>();
  readonly #ips = new Map<string, number>();

  /** False where it is not plain. Most are of a sandbox of their own. */
  add(lease: LeaseEvent): boolean {
    if (!isPlain(lease)) return false;
    this.#put(lease, this.#sandboxes.add(lease.sandboxId), lease);
    return true;
  }

  /** One that is like another one, which is plain, but for these; the name of its sandbox stands in the bytes. */
  addAlike(like: LeaseEvent, bytes: Uint8Array, own: Own & SandboxPlace): void {
    this.#put(like, this.#sandboxes.addBytes(bytes, own.sandboxFrom, own.sandboxTo), own);
  }

  /** Those that were added since the last time. */
  taken(): LeaseBlock {
    const block = {
      rows: this.#rows.handed(),
      frames: this.#frames.all,
      sandboxes: this.#sandboxes.taken(),
      hosts: [...this.#hosts.keys()],
      ips: [...this.#ips.keys()],
    };
    this.#rows = new LeaseRows();
    this.#frames = new LeaseFrames();
    this.#hosts.clear();
    this.#ips.clear();
    return block;
  }

  #put(like: LeaseEvent, sandbox: number, own: Own): void {
    const { start, end, ref } = own;
    const { line, offset, bytes } = ref;
    const host = numberIn(this.#hosts, like.host);
    const ip = numberIn(this.#ips, own.ip);
    const frame = this.#frames.ofLease(like);
    this.#rows.push({ start, end, offset, sandbox, host, ip, frame, line, bytes, nth: 0 });
  }
}

interface SandboxPlace {
  readonly sandboxFrom: number;
  readonly sandboxTo: number;
}

function numberIn(numbers: Map<string, number>, text: string | undefined): number {
  if (text === undefined) return NO_NAME;
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, numbers.size);
  return numbers.size - 1;
}
