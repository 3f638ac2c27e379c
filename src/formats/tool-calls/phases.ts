import { type JsonObject, textOf } from '../../core/json/json.ts';
import type { Fields } from '../../core/tables/fields.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';

/** Columns in which logs of events say what a row is about. */
const EVENT = ['event', 'event_type', 'phase', 'type'] as const;
const BEGINS = /(?:^|[^a-z])(?:start|started|begin|began|beginning)$/i;
const ENDS = /(?:^|[^a-z])(?:end|ended|finish|finished|complete|completed|result|done)$/i;
/** Calls that run at the same time. */
const MOST_OPEN = 1000;

/** A row about a call. */
export interface CallRow {
  readonly fields: Fields;
  readonly ref: SourceRef;
  readonly record: RawRecord;
}

/** Puts the row that a call begins with and the one that it ends with together, where a log of events has one each. */
export class Phases {
  readonly #open: Map<string, CallRow>;

  /** `before`: the calls that the piece of the log before this one left open. */
  constructor(before?: ReadonlyMap<string, CallRow>) {
    this.#open = new Map(before);
  }

  get open(): ReadonlyMap<string, CallRow> {
    return this.#open;
  }

  /** The calls that are whole with this row; none while it is awaited how one ends. */
  read(row: JsonObject, call: CallRow): readonly CallRow[] {
    const { fields } = call;
    const id = textOf(fields.callId);
    if (id === undefined || fields.end !== undefined) return [call];
    const said = EVENT.map((name) => textOf(row[name])).find((text) => text !== undefined) ?? '';
    const key = `${textOf(fields.episode) ?? textOf(fields.sandbox) ?? ''} ${id}`;
    if (BEGINS.test(said)) return this.#begin(key, call);
    return ENDS.test(said) ? [this.#end(key, call)] : [call];
  }

  /** Calls whose end is not told. */
  flush(): readonly CallRow[] {
    const rest = [...this.#open.values()];
    this.#open.clear();
    return rest;
  }

  #begin(key: string, call: CallRow): readonly CallRow[] {
    const [oldest] = this.#open.has(key) ? [key] : this.#open.size < MOST_OPEN ? [] : this.#open.keys();
    const out = oldest === undefined ? undefined : this.#open.get(oldest);
    if (oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(key, call);
    return out === undefined ? [] : [out];
  }

  /** The stamp of such a row is when the call ended. */
  #end(key: string, { fields: { start: end, ...fields }, ref, record }: CallRow): CallRow {
    const begun = this.#open.get(key);
    this.#open.delete(key);
    return begun === undefined
      ? { fields: { ...fields, end }, ref, record }
      : { ...begun, fields: { ...fields, ...begun.fields, ...resultOf(fields), end } };
  }
}

/** What only the end of a call can tell. */
function resultOf({ status, exit, output, durationMs, durationS }: Fields): Fields {
  const told = Object.entries({ status, exit, output, durationMs, durationS });
  return Object.fromEntries(told.filter(([, value]) => value !== undefined));
}
