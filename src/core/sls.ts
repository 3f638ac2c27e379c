import type { Decoded, Decoder } from '../model/format.ts';
import type { RawRecord } from '../model/source.ts';
import type { Micros } from '../model/time.ts';
import { isObject, tryJson } from './json.ts';
import type { Stamp } from './stamp.ts';
import { delimiterOf, headerNames, rowObject, splitRow } from './table.ts';
import { parseEpoch, parseIso } from './time.ts';

/** One record of Alibaba's Simple Log Service: a flat map, every value a string. */
export type SlsRow = Readonly<Record<string, string>>;

/** Values that mean "nothing": empty, dashes, `N/A`, the all-zero UUID of a rule that did not hit. */
const NOTHING = /^(?:|-|null|N\/A|0{8}-0{4}-0{4}-0{4}-0{12})$/;

/** The flat map of a JSON record; nested values become JSON text. Undefined when it is no object. */
export function slsRow(json: unknown): SlsRow | undefined {
  if (!isObject(json)) return undefined;
  const row: Record<string, string> = {};
  for (const [key, value] of Object.entries(json)) {
    if (value === null || value === undefined) continue;
    row[key] = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  return row;
}

/** First of the named fields that says something. */
export function slsText(row: SlsRow, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = row[key];
    if (value !== undefined && !NOTHING.test(value.trim())) return value.trim();
  }
  return undefined;
}

/** Epoch of any unit, or text time; consoles print Beijing time without a zone. */
export function slsStamp(text: string | undefined, zoneOffsetMin: number): Stamp | undefined {
  if (text === undefined) return undefined;
  return parseEpoch(text) ?? parseIso(text, zoneOffsetMin);
}

/** When the record reached the Logstore: minutes after the fact, never to be joined on. */
export function slsIngested(row: SlsRow, zoneOffsetMin: number): Micros | undefined {
  return slsStamp(slsText(row, '__time__'), zoneOffsetMin)?.at;
}

/** Whether a CSV line is a header that holds all these names. */
export function isSlsHeader(text: string, names: readonly string[]): boolean {
  if (text.startsWith('{') || !names.every((name) => text.includes(name))) return false;
  const header = headerNames(text);
  return names.every((name) => header.includes(name));
}

/** A decoder of one export, whose header line (in CSV) holds these names. */
export function openSls(names: readonly string[], decode: (record: RawRecord, reader: SlsReader) => Decoded): Decoder {
  const reader = new SlsReader(names);
  return { decode: (record) => decode(record, reader) };
}

/** Reads rows of a JSON-lines or CSV export. */
export class SlsReader {
  readonly #names: readonly string[];
  #header: readonly string[] | undefined;
  #delimiter = ',';

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** A row, `header` for a header line, or undefined when the record is neither. */
  read(record: RawRecord): SlsRow | 'header' | undefined {
    if (record.text.trimStart().startsWith('{')) return slsRow(tryJson(record.text));
    if (isSlsHeader(record.text, this.#names)) {
      this.#delimiter = delimiterOf(record.text);
      this.#header = headerNames(record.text, this.#delimiter);
      return 'header';
    }
    if (this.#header === undefined) return undefined;
    return rowObject(this.#header, splitRow(record.text, this.#delimiter));
  }
}
