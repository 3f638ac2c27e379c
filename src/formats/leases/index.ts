import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact, compactOver, isObject, numberOf, textOf } from '../../core/json/json.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { FieldMap, type FieldName, type Fields } from '../../core/tables/fields.ts';
import { RowReader, sniffRows, unwrapRows } from '../../core/tables/rows.ts';
import { instantOf } from '../../core/time/instant.ts';
import { episodeEvent, windowTime, withoutBounds } from '../../core/tools/tool-call.ts';
import type { Event, LeaseEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';

const FIELDS = new FieldMap([
  'episode',
  'sandbox',
  'container',
  'host',
  'ip',
  'uid',
  'rootPid',
  'portFrom',
  'portTo',
  'ports',
  'sharedIp',
  'start',
  'end',
  'run',
  'group',
  'trainStep',
  'attempt',
  'reward',
  'task',
  'agent',
  'model',
  'command',
  'tool',
]);
/** A lone `time` or `timestamp` dates an event; a lease starts. */
const SPAN_START = /start|from|begin|created/i;
const WRAPPERS = ['leases', 'sandboxes', 'rows', 'records', 'data'];

/** Who held an address, uid, port range or container, and when. See docs/tables.md. */
export const leases: Format = {
  id: 'leases',
  title: 'lease table (CSV, JSON lines, JSON)',
  roles: ['lease', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: 'ISO stamps or epoch numbers of the orchestrator that gave the sandbox out',
  traps: [
    'addresses, uids and containers are used again: a lease without an end is open',
    "a process left behind outlives the lease, and its packets then carry the next holder's address",
  ],
  claims,
  sniff: (sample) => sniffRows(sample, scoreNames, claims),
  open: openTable,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not a row');
  if ('servers' in json || 'firewall' in json) return no('an inventory');
  const [row] = unwrapRows(json, WRAPPERS);
  if (row === undefined) return no('no rows');
  return sandboxOf(FIELDS.read(row)) === undefined ? no('names nobody') : scoreNames(Object.keys(row));
}

function scoreNames(names: readonly string[]): Sniff {
  const known = FIELDS.known(names);
  const has = (...fields: readonly FieldName[]): boolean => fields.some((field) => known.has(field));
  if (!has('start')) return no('no start of a lease');
  if (has('command') || names.includes('tool') || names.includes('tool_name')) return no('a tool call');
  if (!has('sandbox', 'container', 'episode')) return no('names no sandbox, container or episode');
  const isContainer = has('container') && has('sandbox', 'episode') && has('end');
  if (!isContainer && !has('ip', 'uid', 'ports', 'portFrom', 'rootPid'))
    return no('no address, uid, port range, pid or container');
  if (has('end')) return yes(0.9, 'row with a sandbox, what it held, from and to');
  return names.some((name) => SPAN_START.test(name))
    ? yes(0.6, 'row with a sandbox, what it held, and from when')
    : no('a moment, not a span of time');
}

function openTable(context: DecodeContext): Decoder {
  const rows = new RowReader((names) => scoreNames(names).score > 0);
  return { decode: (record) => decode(record, rows, context.zoneOffsetMin) };
}

function decode(record: RawRecord, rows: RowReader, zone: number): Decoded {
  const read = rows.read(record);
  if (read.is === 'bad') return failed('neither JSON nor a row under a known header');
  if (read.is !== 'row') return read.is === 'held' ? decoded() : skipped(read.is);
  const events: Event[] = [];
  for (const row of unwrapRows(read.row, WRAPPERS)) {
    const fields = FIELDS.read(row);
    if (!isCall(fields)) events.push(...leasesOf(fields, read.ref, zone));
  }
  return events.length > 0 ? decoded(...events) : failed('names no sandbox, container or episode');
}

/** Calls name a sandbox too. */
function isCall({ tool, command }: Fields): boolean {
  return tool !== undefined && command !== undefined;
}

/** Whose the row is: an episode stands for its sandbox. */
function sandboxOf({ sandbox, container, episode }: Fields): string | undefined {
  return textOf(sandbox) ?? textOf(container) ?? textOf(episode);
}

function leasesOf(fields: Fields, ref: SourceRef, zone: number): readonly Event[] {
  const episodeId = textOf(fields.episode);
  const sandboxId = sandboxOf(fields);
  if (sandboxId === undefined) return [];
  const start = instantOf(fields.start, zone);
  const end = instantOf(fields.end, zone);
  const base = compact({
    kind: 'lease' as const,
    format: 'leases',
    clock: 'start',
    time: windowTime(start, end, { earlyUs: 0, lateUs: 0 }),
    ref,
    host: textOf(fields.host),
    sandboxId,
    episodeId,
    group: textOf(fields.group),
    uid: numberOf(fields.uid),
    containerId: textOf(fields.container),
    rootPid: numberOf(fields.rootPid),
    ...portsOf(fields),
    start: start?.stamp.at,
    end: end?.stamp.at,
    sharedIp: fields.sharedIp === true || fields.sharedIp === 'true' ? (true as const) : undefined,
  });
  const ips = addresses(fields.ip);
  const held: readonly LeaseEvent[] = ips.length === 0 ? [base] : ips.map((ip) => compactOver(base, { ip }));
  return [...held, ...episodesOf(fields, ref, zone)];
}

/** Addresses of a text (one, or several parted by blanks, commas or semicolons) or of an array. */
function addresses(value: unknown): readonly string[] {
  const texts = Array.isArray(value) ? value.map(textOf) : (textOf(value)?.split(/[\s,;]+/) ?? []);
  return texts
    .map((text) => (text === undefined ? undefined : parseIp(text.replace(/\/\d+$/, ''))))
    .filter((ip) => ip !== undefined);
}

function portsOf(fields: Fields): { portFrom: number | undefined; portTo: number | undefined } {
  const list = Array.isArray(fields.ports) ? fields.ports : (textOf(fields.ports)?.split(/[\s,:-]+/) ?? []);
  const portFrom = parsePort(textOf(fields.portFrom)) ?? parsePort(textOf(list[0]));
  return { portFrom, portTo: parsePort(textOf(fields.portTo)) ?? parsePort(textOf(list[list.length - 1])) };
}

/** A lease that also knows the run, step, task or reward says something about its episode. */
function episodesOf(fields: Fields, ref: SourceRef, zone: number): readonly Event[] {
  const episodeId = textOf(fields.episode);
  const facts = compact({
    run: textOf(fields.run),
    step: numberOf(fields.trainStep),
    attempt: textOf(fields.attempt),
    reward: numberOf(fields.reward),
    task: textOf(fields.task),
    agent: textOf(fields.agent),
    model: textOf(fields.model),
  });
  if (episodeId === undefined || Object.keys(facts).length === 0) return [];
  const start = instantOf(fields.start, zone);
  const sandboxId = textOf(fields.sandbox);
  return [
    withoutBounds(
      episodeEvent({
        format: 'leases',
        clock: 'start',
        ref,
        episodeId,
        ...facts,
        group: textOf(fields.group),
        sandboxId,
        start,
      }),
    ),
  ];
}
