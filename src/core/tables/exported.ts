import type { Micros } from '../../model/time.ts';
import { parseIso } from '../time/time.ts';
import { delimiterOf, headerNames, splitRow } from './table.ts';

/** Columns of a table as consoles and search heads export what was found: of lines of logs, or of the members of documents. */
export interface Exported {
  readonly delimiter: string;
  readonly names: readonly string[];
  /** Column of the lines; undefined where a row is a document. */
  readonly text: number | undefined;
  readonly time: number;
  readonly host: number;
  /** Times without a zone are UTC. */
  readonly isUtc: boolean;
}

/** Splunk, CloudWatch Logs Insights, Cloud Logging, Elastic. */
const TEXTS = ['_raw', '@message', 'textPayload', 'event.original'];
const TIMES = ['_time', '@timestamp', 'timestamp', 'TimeGenerated [UTC]', 'TimeGenerated'];
const HOSTS = ['host', 'host.name', 'Computer', 'HostName', 'source'];
/** Log Analytics, the Logs Explorer of Google Cloud, Kibana. */
const DOCUMENTS = /^(?:TimeGenerated \[UTC\]|jsonPayload\.[\w.]+|(?:source|destination)\.(?:ip|address))$/;
const MAY_BE =
  /^\uFEFF?[^\n]{0,4000}(?:_raw|@message|textPayload|event\.original|message|\[UTC\]|jsonPayload\.|(?:source|destination)\.(?:ip|address))/;
const LONGEST = 16_384;

/** What a line names where it heads such a table; any other line is undefined. Graylog's tables are told by all of their columns. */
export function exportedTable(text: string): Exported | undefined {
  if (/^\s*[{[<]/.test(text) || !MAY_BE.test(text)) return undefined;
  const line =
    text
      .slice(0, LONGEST)
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/, 1)[0] ?? '';
  const delimiter = delimiterOf(line);
  const names = headerNames(line, delimiter);
  if (names.length < 2 || !names.every((name) => /^[\w@ .()[\]-]{1,100}$/.test(name))) return undefined;
  const isGraylog = ['timestamp', 'source', 'message'].every((name) => names.includes(name));
  const one = (known: readonly string[]): number => names.findIndex((name) => known.includes(name));
  const column = one(isGraylog ? [...TEXTS, 'message'] : TEXTS);
  if (column < 0 && !names.some((name) => DOCUMENTS.test(name))) return undefined;
  return {
    delimiter,
    names,
    text: column < 0 ? undefined : column,
    time: one(TIMES),
    host: one(HOSTS),
    isUtc: names[column] === '@message',
  };
}

interface Row {
  readonly text: string;
  readonly observed?: Micros;
  readonly host?: string;
}

/** The line or the document that a row holds; undefined where it has no such cell. */
export function exportedRow(row: string, table: Exported): Row | undefined {
  const cells = splitRow(row, table.delimiter);
  if (table.text === undefined)
    return cells.length === table.names.length ? { text: JSON.stringify(documentOf(table.names, cells)) } : undefined;
  const text = cells[table.text];
  if (text === undefined || text === '') return undefined;
  const time = cells[table.time] ?? '';
  const stamp = parseIso(table.isUtc && /\d$/.test(time) ? `${time}Z` : time);
  const host = cells[table.host] ?? '';
  return {
    text: text.trimEnd(),
    ...(stamp?.zone === 'explicit' ? { observed: stamp.at } : {}),
    ...(host === '' ? {} : { host }),
  };
}

type Members = { [name: string]: string | Members };

/** Names with points are members of members; empty cells are absent. Dates of people become ISO, UTC where the column says so. */
function documentOf(names: readonly string[], cells: readonly string[]): Members {
  const out: Members = Object.create(null);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] ?? '';
    const cell = cells[i] ?? '';
    if (cell === '' || cell === '-') continue;
    const [, plain] = /^(.*) \[UTC\]$/.exec(name) ?? [];
    if (plain !== undefined) {
      out[name] = cell;
      put(out, [plain], isoOf(cell, 'Z'));
    } else put(out, name.split('.'), isoOf(cell, ''));
  }
  return out;
}

function put(tree: Members, path: readonly string[], value: string): void {
  let node = tree;
  for (const key of path.slice(0, -1)) {
    const next = node[key];
    if (typeof next === 'object') node = next;
    else node = node[key] = Object.create(null) as Members;
  }
  const last = path[path.length - 1] ?? '';
  if (typeof node[last] !== 'object') node[last] = value;
}

/** `11/23/2026, 5:19:11.438 PM` of Log Analytics. */
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4}), (\d{1,2}):(\d\d):(\d\d(?:\.\d{1,9})?) ([AP])M$/;
/** `Nov 23, 2026 @ 17:19:11.438` of Kibana, in the zone of the browser. */
const KIBANA = /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) @ (\d\d:\d\d:\d\d(?:\.\d{1,9})?)$/;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const two = (value: number | string | undefined): string => String(value).padStart(2, '0');

function isoOf(cell: string, zone: string): string {
  const american = AMERICAN.exec(cell);
  if (american !== null) {
    const [, month, day, year, hour, minute, second, half] = american;
    const hours = (Number(hour) % 12) + (half === 'P' ? 12 : 0);
    return `${year}-${two(month)}-${two(day)}T${two(hours)}:${minute}:${second}${zone}`;
  }
  const [, month = '', day, year, clock] = KIBANA.exec(cell) ?? [];
  if (year !== undefined) return `${year}-${two(MONTHS.indexOf(month) + 1)}-${two(day)}T${clock}${zone}`;
  return cell;
}
