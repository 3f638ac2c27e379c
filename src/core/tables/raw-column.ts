import type { Micros } from '../../model/time.ts';
import { parseIso } from '../time/time.ts';
import { delimiterOf, headerNames, splitRow } from './table.ts';

/** Columns of a table that holds whole lines of logs, as consoles and search heads export what was found. */
export interface RawColumns {
  readonly delimiter: string;
  readonly text: number;
  readonly time: number;
  readonly host: number;
  /** Times without a zone are UTC. */
  readonly isUtc: boolean;
}

/** Splunk, CloudWatch Logs Insights, Cloud Logging, Elastic, Azure Monitor. */
const TEXTS = ['_raw', '@message', 'textPayload', 'event.original', 'SyslogMessage'];
const TIMES = ['_time', '@timestamp', 'timestamp', 'TimeGenerated [UTC]', 'TimeGenerated'];
const HOSTS = ['host', 'host.name', 'Computer', 'HostName', 'source'];
const MAY_BE = /^\uFEFF?[^\n]{0,4000}(?:_raw|@message|textPayload|event\.original|SyslogMessage|message)/;
const LONGEST = 16_384;

/** The columns that a line names where it heads such a table; any other line is undefined. Graylog's tables are told by all of theirs. */
export function rawColumns(text: string): RawColumns | undefined {
  if (!MAY_BE.test(text) || /^\s*[{[<]/.test(text)) return undefined;
  const line =
    text
      .slice(0, LONGEST)
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/, 1)[0] ?? '';
  const delimiter = delimiterOf(line);
  const names = headerNames(line, delimiter).map((name) => name.trim());
  if (!names.every((name) => /^[\w@ .[\]-]{1,100}$/.test(name))) return undefined;
  const isGraylog = ['timestamp', 'source', 'message'].every((name) => names.includes(name));
  const one = (known: readonly string[]): number => names.findIndex((name) => known.includes(name));
  const column = one(isGraylog ? [...TEXTS, 'message'] : TEXTS);
  if (column < 0 || names.length < 2) return undefined;
  return { delimiter, text: column, time: one(TIMES), host: one(HOSTS), isUtc: names[column] === '@message' };
}

/** The line that a row holds; undefined where it has no such cell. */
export function rawCell(
  row: string,
  columns: RawColumns,
): { text: string; observed?: Micros; host?: string } | undefined {
  const cells = splitRow(row, columns.delimiter);
  const text = cells[columns.text];
  if (text === undefined || text === '') return undefined;
  const time = cells[columns.time] ?? '';
  const stamp = parseIso(columns.isUtc && /\d$/.test(time) ? `${time}Z` : time);
  const host = cells[columns.host] ?? '';
  return {
    text: text.trimEnd(),
    ...(stamp?.zone === 'explicit' ? { observed: stamp.at } : {}),
    ...(host === '' ? {} : { host }),
  };
}
