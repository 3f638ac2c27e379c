import type { Decoded, Decoder, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { decoded, skipped, sniffMean } from '../decoded.ts';
import { at, isObject, type JsonObject, tryJson } from '../json/json.ts';
import { delimiterOf, headerNames, rowObject, splitRow } from '../tables/table.ts';
import type { Stamp } from '../time/stamp.ts';
import { parseEpoch, parseIso } from '../time/time.ts';

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

/** Members with which an answer of the service, a log group or one of its items begins, in any of their spellings. */
const WRAPPED =
  /^\{\s*"(?:meta|data|Time|time|TimeNs|timeNs|Contents|contents|Topic|Source|LogTags|LogItems|Logs|logs)"/;

/** The flat maps in a document: the rows of an answer (`GetLogsV2`) or of a log group, or an item's contents. Undefined when it is flat itself. */
function wrappedRows(json: unknown): readonly unknown[] | undefined {
  if (!isObject(json)) return undefined;
  const { data, meta, LogItems: items, Topic: topic, Source: source } = json;
  if (isObject(meta) && Array.isArray(data)) return data;
  if (Array.isArray(items)) {
    const about = { __topic__: topic, __source__: source };
    return items.map((item: unknown) => Object.assign({ ...about }, itemRow(item)));
  }
  const row = itemRow(json);
  return row === undefined ? undefined : [row];
}

/** A log item keeps its fields as a list of keys and values. */
function itemRow(item: unknown): JsonObject | undefined {
  const contents = at(item, 'Contents') ?? at(item, 'contents');
  if (!Array.isArray(contents)) return undefined;
  const fields = contents.map((part: unknown) => [
    at(part, 'Key') ?? at(part, 'key'),
    at(part, 'Value') ?? at(part, 'value'),
  ]);
  const named = fields.filter((field): field is [string, unknown] => typeof field[0] === 'string');
  return { __time__: at(item, 'Time') ?? at(item, 'time'), ...Object.fromEntries(named) };
}

/** By which a document is recognised: its first row, or itself. */
export function firstSlsRow(json: unknown): unknown {
  return wrappedRows(json)?.[0] ?? json;
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

/** Score of a head: rows of a CSV bear no names, so its header is asked, and of JSON every record. */
export function sniffSls(sample: Sample, claims: (record: SniffRecord) => Sniff): Sniff {
  const [first] = sample.records;
  return first !== undefined && first.json === undefined ? claims(first) : sniffMean(sample, claims);
}

/** A decoder of one export, whose header line (in CSV) holds these names. */
export function openSls(names: readonly string[], decode: (record: RawRecord, reader: SlsReader) => Decoded): Decoder {
  const reader = new SlsReader(names);
  return {
    decode: (record) => {
      const rows = WRAPPED.test(record.text) ? wrappedRows(tryJson(record.text)) : undefined;
      if (rows === undefined) return decode(record, reader);
      return together(rows.map((row) => decode({ ...record, text: JSON.stringify(row) }, reader)));
    },
  };
}

/** What the rows of one document are, taken together. */
function together(results: readonly Decoded[]): Decoded {
  const events = results.flatMap((result) => (result.status === 'decoded' ? result.events : []));
  return events.length > 0 ? decoded(...events) : (results[0] ?? skipped('no rows'));
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
