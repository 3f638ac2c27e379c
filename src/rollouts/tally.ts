import { createHash } from 'node:crypto';
import type { Decoded } from '../model/format.ts';
import { BatchCounter } from '../quarantine/batches.ts';
import { type RowFate, rowFacts } from '../quarantine/match.ts';
import type { Counts, PlanOptions, Remark } from './rows.ts';

/** How many remarks of one kind are kept with their place; the rest is counted. */
const MAX_REMARKS = 20;

/** A row's 1-based line or place, and its text (of a row too long to be read, its beginning). */
interface Row {
  readonly number: number;
  readonly text: string;
}

/** Decides and counts rows while they go by. `rows` = kept + dropped. */
export class RowTally {
  readonly #options: PlanOptions;
  readonly #batches = new BatchCounter();
  readonly #dropped: { row: number; episode: string }[] = [];
  readonly #remarks: Remark[] = [];
  readonly #kept = createHash('sha256');
  #rows = 0;
  #unnamed = 0;
  #unreadable = 0;
  #contradicted = 0;
  #inseparable = 0;

  constructor(options: PlanOptions) {
    this.#options = options;
  }

  /** True when the row stays. `decoded` is undefined for a row too long to be read. */
  keeps(row: Row, decoded: Decoded | undefined): boolean {
    const stays = this.#decide(row.number, decoded);
    if (stays) this.#kept.update(row.text).update('\0');
    return stays;
  }

  #decide(row: number, decoded: Decoded | undefined): boolean {
    this.#rows++;
    if (decoded === undefined || decoded.status === 'failed') {
      this.#unreadable++;
      this.#remark(row, `could not be read: ${decoded?.reason ?? 'it is too long'}`);
      return true;
    }
    const facts = rowFacts(decoded.status === 'decoded' ? decoded.events : [], this.#options.lineNames);
    const fate = this.#options.fateOf(facts);
    this.#batches.add(facts, fate.is !== 'drop');
    this.#note(row, fate);
    return fate.is !== 'drop';
  }

  #note(row: number, fate: RowFate): void {
    switch (fate.is) {
      case 'keep':
        return;
      case 'drop':
        this.#dropped.push({ row, episode: fate.episode });
        return;
      case 'unnamed':
        this.#unnamed++;
        return;
      case 'inseparable':
        this.#inseparable++;
        this.#remark(row, `holds several rollouts, ${fate.episode} among them`);
        return;
      case 'contradicted':
        this.#contradicted++;
        this.#remark(row, `bears the name of ${fate.episode}, but is of ${fate.says}`);
        return;
    }
  }

  #remark(row: number, says: string): void {
    if (this.#remarks.length < MAX_REMARKS) this.#remarks.push({ row, says });
  }

  counts(): Counts {
    return {
      rows: this.#rows,
      keptSha256: this.#kept.copy().digest('hex'),
      dropped: this.#dropped,
      unnamed: this.#unnamed,
      unreadable: this.#unreadable,
      contradicted: this.#contradicted,
      inseparable: this.#inseparable,
      remarks: this.#remarks,
      steps: this.#batches.steps(),
      broken: this.#batches.broken(),
    };
  }
}
