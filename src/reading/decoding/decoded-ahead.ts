import type { LeaseColumns } from '../../core/leases/columns.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { LEASE } from '../../reach/skimming/record-outcomes.ts';
import { AHEAD, AHEAD_NUMBERS, type RecordBlock, type SkimmedRecords } from '../../reach/skimming/record-skimmer.ts';
import type { Stretch } from '../../sources/cutting/line-cutter.ts';
import type { Tally } from '../counting/tally.ts';
import type { Emit, Taking } from './taking.ts';

interface Context {
  readonly tally: Tally;
  readonly emit: Emit;
  readonly leases: LeaseColumns;
  /** Of the records. */
  readonly source: string;
}

/** Takes what became of records that were decoded ahead, in their order; those before which another one has a bearing are decoded anew. */
export class DecodedAhead implements Taking {
  /** Leases and the like are worked on as they are read. */
  readonly calls = 0;
  readonly #context: Context;
  #base: Pick<SourceRef, 'line' | 'offset'> = { line: 0, offset: 0 };
  #stretch: Stretch | undefined;
  #block: RecordBlock | undefined;
  #takeLease: (row: number) => Micros | undefined = () => undefined;
  /** The record that comes next, and the first lease that stands in it or behind it. */
  #next = 0;
  #lease = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  left(skimmed: Skimmed, base: Pick<SourceRef, 'line' | 'offset'>, stretch: Stretch): void {
    if (!isAhead(skimmed)) return;
    const { ahead } = skimmed;
    this.#base = base;
    this.#stretch = stretch;
    this.#block = ahead;
    this.#takeLease = this.#context.leases.taking(ahead.leases, base);
    this.#next = 0;
    this.#lease = 0;
  }

  isDue(line: number): boolean {
    return this.#numberOfNext(AHEAD.line) + this.#base.line < line;
  }

  async takeUntil(line: number): Promise<void> {
    while (this.isDue(line)) {
      if (this.#context.tally.isQuiet) this.#takeAll(line);
      else await this.#decodeNext();
    }
  }

  /** Those that come before a line. */
  #takeAll(line: number): void {
    const { reasons = [] } = this.#block ?? {};
    const counts = new Uint32Array(reasons.length + 1);
    for (; this.isDue(line); this.#next += AHEAD_NUMBERS) {
      const outcome = this.#numberOfNext(AHEAD.outcome);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      if (outcome === LEASE) this.#see(this.#takeLease(this.#lease++));
    }
    this.#context.tally.takeAhead(
      counts[LEASE] ?? 0,
      reasons.map((reason, n) => [reason, counts[n + 1] ?? 0]),
    );
  }

  #see(moment: Micros | undefined): void {
    if (moment !== undefined) this.#context.tally.see([moment, moment]);
  }

  /** As its decoder has it, which knows of those before. */
  async #decodeNext(): Promise<void> {
    const { tally, emit, source } = this.#context;
    const from = this.#numberOfNext(AHEAD.from);
    const bytes = this.#numberOfNext(AHEAD.bytes);
    const line = this.#base.line + this.#numberOfNext(AHEAD.line);
    if (this.#numberOfNext(AHEAD.outcome) === LEASE) this.#lease++;
    this.#next += AHEAD_NUMBERS;
    const text = this.#stretch?.toString('utf8', from, from + bytes) ?? '';
    const events = tally.read({ text, ref: { source, line, offset: this.#base.offset + from, bytes } });
    tally.note(events, events, line);
    if (events.length > 0) await emit(events);
  }

  /** Infinity where there is none. */
  #numberOfNext(column: number): number {
    return this.#block?.records[this.#next + column] ?? Infinity;
  }
}

function isAhead(skimmed: Skimmed): skimmed is SkimmedRecords {
  return 'ahead' in skimmed;
}
