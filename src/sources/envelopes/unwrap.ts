import { isObject, tryJson } from '../../core/json/json.ts';
import { type Exported, exportedRow, exportedTable } from '../../core/tables/exported.ts';
import type { RawRecord } from '../../model/source.ts';
import {
  expandObject,
  type Layer,
  type Piece,
  peelCompose,
  peelCri,
  peelExport,
  peelHeader,
  peelLogEntry,
  peelObject,
  peelObjectYaml,
  peelPod,
  peelRepeated,
} from './carriers.ts';
import { lokiStreams, otelLines, peelShipped } from './shippers.ts';

const MAX_LAYERS = 4;
/** One of these stands in every envelope: testing for them is far cheaper than parsing, and by their first letters cheaper still. */
const CARRIER_KEY =
  /"(?:s(?=tream"\s{0,4}:\s{0,4}"std|ource_type"|hort_message")|M(?=ESSAGE")|i(?=ngestionTime"|dent")|_(?=(?:raw|source|msg|id)")|l(?=ogEvents"|og\.(?:file\.|iostream"))|S(?=yslogMessage")|@(?=version"|metadata"|message")|t(?=extPayload")|j(?=sonPayload")|r(?=awmsg"|esultType"))/;
/** Loki's `logcli`, Grafana's download, Fluent Bit, `dmesg --json` and answers of CloudWatch Logs Insights begin with theirs, Wazuh's alerts and archives with a stamp and what follows it. */
const CARRIER_START =
  /^\{\s{0,4}"(?:(?:labels|line|date|log|dmesg)"\s{0,4}:|results"\s{0,4}:\s{0,4}\[\s{0,12}\[|timestamp":"[^"]{20,32}","(?:rule":\{"level"|agent":\{"id"))/;

/** Whether a text may be an envelope in JSON, or carry many. */
export function mayCarry(text: string): boolean {
  return text.charCodeAt(0) === 123 && (CARRIER_START.test(text) || CARRIER_KEY.test(text));
}

/**
 * Removes carrier envelopes around a record, repeatedly, and keeps what they state: Docker json-file, CRI, journald JSON and
 * export, CloudWatch, Splunk export, Elastic hit, and what log shippers and their stores write. An envelope is removed only when its payload is inside.
 */
export function unwrapRecord(record: RawRecord): RawRecord {
  let current = record;
  for (let depth = 0; depth < MAX_LAYERS; depth++) {
    const layer = peel(current.text);
    if (layer === undefined) return current;
    current = inside(current, layer);
  }
  return current;
}

/** Whether a record may stand in an envelope, or be one piece of several. */
export function mayBeWrapped(text: string): boolean {
  return mayCarry(text) || peel(text, false) !== undefined;
}

function peel(text: string, isCarrier = mayCarry(text)): Layer | undefined {
  const c = text.charCodeAt(0);
  if (c >= 48 && c <= 57) return peelCri(text) ?? peelHeader(text) ?? peelRepeated(text);
  if (c === 95 && text.startsWith('__CURSOR=')) return peelExport(text);
  if (c === 45 && text.startsWith('---\n')) return peelLogEntry(text);
  if (c === 97 && text.startsWith('apiVersion: ')) return peelObjectYaml(text);
  if (c === 91) return peelPod(text);
  if (c !== 123) return peelCompose(text) ?? peelHeader(text) ?? peelRepeated(text);
  const value = isCarrier ? tryJson(text) : undefined;
  if (isObject(value)) return peelObject(value) ?? peelShipped(value);
  return peelDamaged(text);
}

const DOCKER_HEAD =
  /^\{"(?:log|message)":"[^"\\]*(?:\\.[^"\\]*)*","stream":"(?:stdout|stderr)","time":"[^"]*"(?=[,}\s]|$)/;

/** Docker writes 16 KB of a line at most. More that is escaped than V8's expressions can repeat would throw. */
const LONGEST_HEAD = 1 << 20;

function hasDockerHead(text: string): boolean {
  return text.startsWith('{"log":"') || text.startsWith('{"message":"');
}

/** Docker's own members stand first: an envelope that is cut off or broken behind them still holds its payload whole. */
function peelDamaged(text: string): Layer | undefined {
  if (!hasDockerHead(text)) return undefined;
  const head = DOCKER_HEAD.exec(text.slice(0, LONGEST_HEAD))?.[0];
  const value = head === undefined ? undefined : tryJson(`${head}}`);
  return isObject(value) ? peelObject(value) : undefined;
}

/** What the outer envelope stated goes before what an inner one states. */
function inside(record: RawRecord, layer: Layer): RawRecord {
  const observed = record.observed ?? layer.observed;
  const host = record.host ?? layer.host;
  const containerId = record.containerId ?? layer.containerId;
  const monotonicUs = record.monotonicUs ?? layer.monotonicUs;
  const repeats = record.repeats ?? layer.repeats;
  return {
    text: layer.text,
    ref: record.ref,
    isUnwrapped: true,
    ...(observed === undefined ? {} : { observed }),
    ...(host === undefined ? {} : { host }),
    ...(containerId === undefined ? {} : { containerId }),
    ...(monotonicUs === undefined ? {} : { monotonicUs }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(record.oversize ? { oversize: true as const } : {}),
  };
}

/** The records of a document that carries many (CloudWatch subscription and export, Elastic search answer, Splunk results). */
export function expandRecord(record: RawRecord): readonly RawRecord[] | undefined {
  const value = mayCarry(record.text) ? tryJson(record.text) : undefined;
  const layers = isObject(value) ? (expandObject(value) ?? lokiStreams(value) ?? otelLines(value)) : undefined;
  return layers?.map((layer) => inside(record, layer));
}

/** Unwraps the records of one file in order; undefined for a piece that a later record completes. */
export interface Unwrapper {
  /** `isCarrier`: what `mayCarry` said of its text, where it was asked. */
  (record: RawRecord, isCarrier?: boolean): RawRecord | undefined;
  /** Pieces whose end never came. */
  end(): readonly RawRecord[];
}

/**
 * Joins the pieces of lines that CRI, Docker and its journald driver have split, each stream for itself. Under the heading of an
 * exported table it takes what was exported out of the rows; the heading itself is no record.
 */
export function createUnwrapper(): Unwrapper {
  const held = new Map<string, RawRecord>();
  let isFirst = true;
  let table: Exported | undefined;
  const unwrap = (record: RawRecord, isCarrier?: boolean): RawRecord | undefined => {
    if (isFirst || table !== undefined) {
      isFirst = false;
      const heading = exportedTable(record.text);
      table = heading ?? table;
      if (heading !== undefined) return undefined;
      const row = table && exportedRow(record.text, table);
      if (row !== undefined) return unwrapRecord(inside(record, row));
    }
    const layer = peel(record.text, isCarrier);
    if (layer === undefined) return record;
    const piece = inside(record, layer);
    if (layer.piece === undefined) return unwrapRecord(piece);
    return join(held, layer.piece, piece);
  };
  return Object.assign(unwrap, {
    end: () => {
      const rest = [...held.values()].map(unwrapRecord);
      held.clear();
      return rest;
    },
  });
}

/** Time, host and line are those of the first piece; the bytes reach to the end of the last. */
function join(held: Map<string, RawRecord>, { stream, last }: Piece, record: RawRecord): RawRecord | undefined {
  const before = held.get(stream);
  const whole =
    before === undefined
      ? record
      : {
          ...before,
          text: before.text + record.text,
          ref: { ...before.ref, bytes: record.ref.offset + record.ref.bytes - before.ref.offset },
        };
  if (!last) held.set(stream, whole);
  else held.delete(stream);
  return last ? unwrapRecord(whole) : undefined;
}
