import type { Buffer } from 'node:buffer';
import type { LeaseBlock } from '../../core/leases/block.ts';
import { LeasePacker } from '../../core/leases/packer.ts';
import type { AlikeOf, Decoded, Decoder } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import type { Area } from '../../scan/memory.ts';
import { type AlikeOutcomes, alikeOutcomesOf, type Compared } from './alike-outcomes.ts';

/** Outcome of a record of which a lease was made; those that were skipped have the place of their reason, and 1. */
export const LEASE = 0;
export const TO_READ = -1;
const MOST_REASONS = 200;

export interface OutcomesContext {
  /** A decoder that knows of no record. */
  readonly open: () => Decoder;
  /** Whether a record may stand in an envelope. */
  readonly isWrapped: (text: string) => boolean;
  readonly alikeOf?: AlikeOf | undefined;
  /** See `createMatcher`; without one no lines are compared. */
  readonly area?: Area | undefined;
}

/** Where the line of a record stands, and how it compares with others. */
interface ComparedLine {
  readonly compared: Compared;
  readonly from: number;
  readonly to: number;
}

/** Says what becomes of records that need no others, and keeps what it made of them. */
export class RecordOutcomes {
  readonly #context: OutcomesContext;
  readonly #leases = new LeasePacker();
  readonly reasons: string[] = [];
  readonly alike: AlikeOutcomes | undefined;
  #decoder: Decoder;
  /** Lines that are compared may be known by now that were not before. */
  isOutdated = false;

  constructor(context: OutcomesContext) {
    this.#context = context;
    this.#decoder = context.open();
    if (context.alikeOf !== undefined) this.alike = alikeOutcomesOf(context.area);
  }

  /** Leases that were made since the last time. */
  taken(): LeaseBlock {
    return this.#leases.taken();
  }

  /** What became of others like it; undefined where that is not known. */
  known({ compared, from, to }: ComparedLine, bytes: Buffer, ref: SourceRef): number | undefined {
    const known = this.alike?.find(compared, bytes, from, to);
    if (known?.lease === undefined || this.alike === undefined) return known?.outcome;
    const { sandboxFrom, sandboxTo, start, end } = this.alike.own;
    const own = { sandboxFrom, sandboxTo, start, end, ip: this.alike.textOf(compared.address), ref };
    this.#leases.addAlike(known.lease, bytes, own);
    return known.outcome;
  }

  isWrapped(text: string): boolean {
    return this.#context.isWrapped(text);
  }

  /** By decoding it. `compared`: where it is one line that was compared. */
  decoded(record: RawRecord, compared: Compared | undefined): number {
    const made = this.#decoder.decode(record);
    if (this.#decoder.isQuiet?.() === false) {
      this.#decoder = this.#context.open();
      return TO_READ;
    }
    const outcome = this.#outcomeOf(made);
    if (compared !== undefined && outcome !== TO_READ) this.#learn(compared, record, { outcome, made });
    return outcome;
  }

  #outcomeOf(made: Decoded): number {
    if (made.status === 'skipped') return this.#placeOf(made.reason);
    const [event, more] = made.status === 'decoded' ? made.events : [];
    const isTaken = event?.kind === 'lease' && more === undefined && this.#leases.add(event);
    return isTaken ? LEASE : TO_READ;
  }

  #learn(
    compared: Compared,
    record: RawRecord,
    { outcome, made }: { readonly outcome: number; readonly made: Decoded },
  ): void {
    const alike = this.alike?.isCurious ? this.#context.alikeOf?.(record, made) : undefined;
    if (alike === undefined) return;
    const [event] = made.status === 'decoded' ? made.events : [];
    const lease = event?.kind === 'lease' ? event : undefined;
    if (this.alike?.learn(compared, alike, { outcome, lease })) this.isOutdated = true;
  }

  #placeOf(reason: string): number {
    const known = this.reasons.indexOf(reason);
    if (known >= 0) return known + 1;
    return this.reasons.length < MOST_REASONS ? this.reasons.push(reason) : TO_READ;
  }
}
