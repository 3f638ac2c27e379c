import { digestOf } from '../../core/digest.ts';
import { areFewBytes, emptyTraffic, noteClient, noteRequest } from '../../core/looks/look.ts';
import { stampOf } from '../../core/network/network.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Glance, Heading, Look } from '../../model/format.ts';
import type { Template } from '../../model/template.ts';

const CLIENT = ['id.orig_h', 'id.orig_p', 'proto', 'orig_bytes', 'resp_bytes', 'uri', 'user_agent', 'ts'] as const;
/** What the rules and other logs tell a far end by. */
const FAR = ['id.resp_h', 'id.resp_p', 'proto', 'local_orig', 'local_resp'] as const;
/** Logs that can be left, each with what else of a row is judged. */
const QUIET_LOGS = wordTable<readonly string[]>({
  conn: [],
  dns: ['query', 'qtype_name', 'answers', 'rcode_name'],
  http: ['host', 'method', 'status_code'],
  ssl: ['server_name', 'version'],
  ssh: [],
});
/** With the end of the log before it. */
const LONGEST_HEADER = 16;
const SETTINGS = ['separator', 'set_separator', 'empty_field', 'unset_field'];

/** Where the columns of a log stand: for the client, and for the key. */
interface Layout {
  /** Name of the log and of its columns. */
  readonly name: string;
  readonly client: readonly number[];
  /** First and last column of each run of columns that are compared. */
  readonly compared: readonly (readonly [number, number])[];
  readonly columns: number;
}

/** Looks at rows of connections, names and requests over TCP and UDP, under a header that was seen whole. */
export function lookAtZeekRows(): Look {
  const glance = emptyTraffic();
  const tabs: number[] = [];
  const cells: string[] = CLIENT.map(() => '');
  let header: string[] = [];
  let layout: Layout | undefined;
  let headers = 0;
  const look = (line: string): Glance | undefined => {
    if (line.charCodeAt(0) === 35) {
      headers++;
      layout = undefined;
      header.push(line);
      if (header.length > LONGEST_HEADER) header.shift();
      return undefined;
    }
    if (header.length > 0) layout = layoutOf(header);
    header = [];
    if (layout === undefined || line.includes('\\') || line.endsWith('\r') || !cutRow(line, tabs, layout.columns))
      return undefined;
    for (let i = 0; i < CLIENT.length; i++) cells[i] = cellOf(line, tabs, layout.client[i] ?? -1);
    const [client = '', port = '', proto = '', sent = '', got = '', url = '', userAgent = ''] = cells;
    if (stampOf(cells[7]) === undefined) return undefined;
    if (proto !== 'tcp' && proto !== 'udp' && proto !== '') return undefined;
    if (!noteClient(glance, client, port) || !areFewBytes(sent, got)) return undefined;
    if (url === '') glance.url = glance.userAgent = undefined;
    else if (!noteRequest(glance, url, userAgent)) return undefined;
    glance.key = layout.name;
    for (const [first, last] of layout.compared) glance.key += line.slice(tabs[first], tabs[last + 1]);
    return glance;
  };
  const templateOf = (line: string): Template | undefined => (layout === undefined ? layout : templateIn(line, layout));
  const begin = ({ lines, isOver }: Heading): void => {
    headers++;
    header = lines.slice(-LONGEST_HEADER);
    layout = isOver ? layoutOf(header) : undefined;
    if (isOver) header = [];
  };
  return Object.assign(look, { templateOf, edition: () => headers, begin });
}

/** Uses of the columns `CLIENT`. */
const USES = ['client', 'port', 'same', 'few', 'few', 'url', 'same', 'stamp'] as const;

/** A cell that says nothing is a part of the template where its column is looked at. */
function templateIn(line: string, { client, compared }: Layout): Template {
  const cells = line.split('\t');
  return cells.flatMap((cell, column): Template => {
    const isCompared = compared.some(([first, last]) => first <= column && column <= last);
    const use = USES[client.indexOf(column)] ?? (isCompared ? 'same' : 'free');
    const end = column === cells.length - 1 ? '' : '\t';
    if (cell === '-' && use !== 'free') return [{ literal: `-${end}` }];
    return [{ kind: 'field', use, stop: '\t', refused: '\\' }, { literal: end }];
  });
}

/** The cell of a column; '' where it is unset or the log has no such column. */
function cellOf(line: string, tabs: readonly number[], column: number): string {
  if (column < 0) return '';
  const cell = line.slice((tabs[column] ?? 0) + 1, tabs[column + 1]);
  return cell === '-' ? '' : cell;
}

/** Places of the tabs, with one before the row and one behind it; false when the row has not as many cells as its header. */
function cutRow(line: string, tabs: number[], columns: number): boolean {
  tabs[0] = -1;
  let count = 1;
  for (let at = line.indexOf('\t'); at >= 0; at = line.indexOf('\t', at + 1)) tabs[count++] = at;
  tabs[count] = line.length;
  return count === columns;
}

/** Undefined under a header that misses a line, states other signs than Zeek's own, or is another log's. */
function layoutOf(header: readonly string[]): Layout | undefined {
  const rows = header.map((line) => line.slice(1).split('\t'));
  const valuesOf = (name: string): readonly string[] | undefined => rows.findLast(([key]) => key === name)?.slice(1);
  const fields = valuesOf('fields');
  const log = valuesOf('path')?.[0] ?? '';
  const also = QUIET_LOGS[log];
  const settings = SETTINGS.map((name) => header.findLast((line) => line.startsWith(`#${name}`)) ?? '').join('|');
  const isUsual = settings === '#separator \\x09|#set_separator\t,|#empty_field\t(empty)|#unset_field\t-';
  if (fields === undefined || also === undefined || !isUsual || fields.includes('_path')) return undefined;
  const place = (name: string): number => fields.indexOf(name);
  return {
    name: `${log} ${digestOf(fields.join('\t'), 16)}`,
    client: CLIENT.map(place),
    compared: runsOf([...FAR, ...also].map(place)),
    columns: fields.length,
  };
}

/** Columns that stand side by side are cut out as one. */
function runsOf(columns: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const column of columns.filter((place) => place >= 0).sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && column === last[1] + 1) last[1] = column;
    else runs.push([column, column]);
  }
  return runs;
}
