import { Buffer } from 'node:buffer';
import { blockYaml } from '../../core/json/block-yaml.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { formatIso, parseEpoch, parseIso } from '../../core/time/time.ts';
import type { Micros } from '../../model/time.ts';

/** Part of a split line. */
export interface Piece {
  readonly stream: string;
  readonly last: boolean;
}

/** What lies inside an envelope and what the envelope states. */
export interface Layer {
  readonly text: string;
  readonly observed?: Micros | undefined;
  readonly host?: string | undefined;
  readonly containerId?: string | undefined;
  readonly monotonicUs?: number | undefined;
  readonly repeats?: number | undefined;
  /** Set by carriers that split long lines. */
  readonly piece?: Piece;
}

/** kubernetes/cri-api: `<RFC3339Nano> <stream> <tags> <text>`; RFC3339Nano drops zeros at the end, tags are divided by `:`. */
const CRI =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([FP])(?::[\w:]*)?(?: (.*))?$/s;
/** Docker's json-file driver splits lines at this many bytes. */
const DOCKER_PIECE_BYTES = 16 * 1024;

export function peelCri(text: string): Layer | undefined {
  const match = CRI.exec(text);
  if (match === null) return undefined;
  const [, time = '', stream = '', tag, line = ''] = match;
  return { text: line, observed: parseIso(time)?.at, piece: { stream, last: tag === 'F' } };
}

/** Whether a text begins with a line that a container runtime or kubectl has wrapped. */
export function isRuntimeLine(text: string): boolean {
  const line = text.slice(0, 400).split('\n', 1)[0] ?? '';
  return (peelCri(line) ?? peelPod(line)) !== undefined;
}

const STAMP = String.raw`[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?`;
/** RFC 5424, then RFC 3164 and its relatives: nothing but a header may stand before the object. CEE cookies are left out. */
const SYSLOG_5424 = /^<\d{1,3}>1 (\S+) (\S+) \S+ \S+ \S+ (?:-|\[.*\])\s?\uFEFF?\s*(?:@cee:\s*)?$/;
const SYSLOG_3164 = new RegExp(
  `^(?:<\\d{1,3}>\\s?)?(?:(${STAMP}) )?(?:([\\w.:-]+) )?(?:[^\\s:[\\]{}=]{1,64}(?:\\[\\d+\\])?:\\s?)?(?:@cee:\\s*)?$`,
);
const HEADER_BYTES = 400;
const BRACE = 125;
const LESS = 60;
const SMALL_P = 112;

/** A JSON object behind a syslog header or `kubectl logs --timestamps`: the header says when and where. */
export function peelHeader(text: string): Layer | undefined {
  const last = text.charCodeAt(text.length - 1);
  // Most lines end in something else.
  if (last !== BRACE && ((last > 32 && last < 127) || !/\}\s*$/.test(text.slice(-8)))) return undefined;
  const brace = text.indexOf('{');
  if (brace <= 0 || brace > HEADER_BYTES) return undefined;
  const head = text.slice(0, brace);
  // In a header without a priority nothing but a colon may stand behind a bracket.
  if (head.includes('] ') && head.charCodeAt(0) !== LESS) return undefined;
  const match = SYSLOG_5424.exec(head) ?? SYSLOG_3164.exec(head);
  if (match === null || !/^<\d|^[A-Z][a-z]{2} |^\d{4}-/.test(head)) return undefined;
  const [, time = '', host] = match;
  const stamp = parseIso(time);
  return {
    text: text.slice(brace),
    // Without a zone or a year it is no instant.
    observed: stamp?.zone === 'explicit' ? stamp.at : undefined,
    host: host === '-' ? undefined : host,
  };
}

const BRACKET = 93;
/** rsyslog's `$RepeatedMsgReduction`: the header and the message stand as they would without it. */
const REPEATED = /^(.{15,300}?)\bmessage repeated (\d{1,6}) times: \[ ?(.*)\]\s*$/;

/** A message that was left out some times, as rsyslog tells it. */
export function peelRepeated(text: string): Layer | undefined {
  if (text.charCodeAt(text.trimEnd().length - 1) !== BRACKET) return undefined;
  const [, head = '', times, message = ''] = REPEATED.exec(text) ?? [];
  return times === undefined ? undefined : { text: `${head}${message}`, repeats: Number(times) };
}

/** `kubectl logs --prefix`: the pod and container before each line. */
export function peelPod(text: string): Layer | undefined {
  const head = text.charCodeAt(1) === SMALL_P ? /^\[pod\/[^\]\s]{1,300}\] /.exec(text)?.[0] : undefined;
  return head === undefined ? undefined : { text: text.slice(head.length) };
}

const COMPOSE =
  /^(?:\p{Cc}\[[\d;]*m)?[A-Za-z][\w.-]{0,200}[-_]\d+ *\| (?:\p{Cc}\[[\d;]*m)?(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z) )?/u;

/**
 * `docker compose logs`: the container before each line, in colour on a terminal, and with `--timestamps` when it was written. A row of
 * a table has more than one bar.
 */
export function peelCompose(text: string): Layer | undefined {
  const [head, time] = COMPOSE.exec(text) ?? [];
  if (head === undefined) return undefined;
  const rest = text.slice(head.length);
  if (!rest.startsWith('{') && rest.includes(' | ')) return undefined;
  return { text: rest, observed: time === undefined ? undefined : parseIso(time)?.at };
}

export function peelObject(value: JsonObject): Layer | undefined {
  return (
    docker(value) ??
    journald(value) ??
    cloudWatch(value) ??
    insights(value) ??
    splunk(value) ??
    elastic(value) ??
    logAnalytics(value)
  );
}

function docker(value: JsonObject): Layer | undefined {
  const stream = value['stream'];
  // Docker's own files say `log`; shippers that add metadata rename it.
  const log = value['log'] ?? (typeof value['time'] === 'string' ? value['message'] : undefined);
  if (typeof log !== 'string' || typeof stream !== 'string') return undefined;
  const text = log.replace(/\r?\n$/, '');
  const cri = textOf(value['_p']);
  const last = cri === undefined ? text !== log || Buffer.byteLength(log) < DOCKER_PIECE_BYTES : cri !== 'P';
  const pod = value['kubernetes'];
  return {
    text,
    observed: dockerTime(value),
    host: textOf(at(pod, 'host')),
    containerId: textOf(at(pod, 'docker_id')) ?? textOf(at(pod, 'container_id')),
    piece: { stream, last },
  };
}

/** Fluent Bit calls it `date`. */
function dockerTime(value: JsonObject): Micros | undefined {
  const text = textOf(value['time']) ?? textOf(value['date']) ?? '';
  return (parseIso(text) ?? parseEpoch(text))?.at;
}

/** systemd.journal-fields(7); values that are no UTF-8 are arrays of bytes, fields that stand twice are arrays of values. */
function journald(value: JsonObject): Layer | undefined {
  const message = value['MESSAGE'];
  const text = Array.isArray(message) ? textOfBytes(message) : message;
  if (typeof text !== 'string' || value['__REALTIME_TIMESTAMP'] === undefined) return undefined;
  const partial = textOf(value['CONTAINER_PARTIAL_MESSAGE']) === 'true';
  const stream = textOf(value['CONTAINER_PARTIAL_ID']) ?? '';
  const observed = parseEpoch(
    textOf(value['_SOURCE_REALTIME_TIMESTAMP']) ?? textOf(value['__REALTIME_TIMESTAMP']) ?? '',
  )?.at;
  const host = textOf(value['_HOSTNAME']);
  const sender = { program: value['SYSLOG_IDENTIFIER'], pid: value['SYSLOG_PID'] ?? value['_PID'] };
  return {
    text:
      value['_TRANSPORT'] === 'syslog'
        ? underHeader(text, { observed, host, ...sender })
        : (auditRecord(value, text) ?? text),
    observed,
    host,
    containerId: textOf(value['CONTAINER_ID_FULL']),
    monotonicUs: numberOf(value['_SOURCE_MONOTONIC_TIMESTAMP']) ?? numberOf(value['__MONOTONIC_TIMESTAMP']),
    ...(partial ? { piece: { stream, last: textOf(value['CONTAINER_PARTIAL_LAST']) === 'true' } } : {}),
  };
}

/** An audit record as auditd writes it: the journal takes its type, time and serial apart (systemd, `journald-audit.c`). */
function auditRecord(value: JsonObject, text: string): string | undefined {
  const type = textOf(value['_AUDIT_TYPE_NAME']) ?? '';
  const serial = textOf(value['_AUDIT_ID']) ?? '';
  const stampUs = textOf(value['_SOURCE_REALTIME_TIMESTAMP']) ?? '';
  if (value['_TRANSPORT'] !== 'audit' || type === '' || !/^\d+$/.test(serial) || !/^\d{15,16}$/.test(stampUs))
    return undefined;
  const body = text.startsWith(`${type} `) ? text.slice(type.length + 1) : text;
  return `type=${type} msg=audit(${stampUs.slice(0, -6)}.${stampUs.slice(-6, -3)}:${serial}): ${body}`;
}

/** A line of syslog under the header that its carrier has taken apart: many programs' lines are told by their tag alone. */
export function underHeader(
  text: string,
  from: { observed: Micros | undefined; host: string | undefined; program: unknown; pid: unknown },
): string {
  const program = textOf(from.program);
  if (from.observed === undefined || program === undefined || program === 'kernel' || /^\s*(?:[{<]|@cee:)/.test(text))
    return text;
  const pid = textOf(from.pid);
  const host = from.host === undefined ? '' : `${from.host} `;
  return `${formatIso(from.observed)} ${host}${program}${pid === undefined ? '' : `[${pid}]`}: ${text}`;
}

function textOfBytes(values: readonly unknown[]): string {
  if (values.every((value) => typeof value === 'string')) return values.join('\n');
  return Buffer.from(values.filter((value) => typeof value === 'number')).toString('utf8');
}

/** `journalctl -o export`: `FIELD=value` lines; a value that is no plain text follows its name's line behind 8 bytes of length. */
export function peelExport(text: string): Layer | undefined {
  const fields: Record<string, string> = {};
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? undefined : end);
    at += line.length + 1;
    const [, name = '', equals, value = ''] = FIELD.exec(line) ?? [];
    if (name === '') continue;
    if (equals !== undefined) {
      fields[name] = value;
      continue;
    }
    const body = sizedValue(text, at);
    fields[name] = body;
    at += LENGTH_BYTES + body.length + 1;
  }
  return journald(fields);
}

/** An entry of Cloud Logging as `gcloud logging read` prints it: in YAML, which holds the same as the JSON that it prints when told to. */
export function peelLogEntry(text: string): Layer | undefined {
  if (!/^(?:insertId|logName): /m.test(text)) return undefined;
  const entry = blockYaml(text);
  return isObject(entry) ? { text: JSON.stringify(entry) } : undefined;
}

/** An object of Kubernetes in YAML: its readers know it in JSON. */
export function peelObjectYaml(text: string): Layer | undefined {
  const object = /\nkind: /.test(text) ? blockYaml(text.replace(/\n---\s*$/, '')) : undefined;
  return isObject(object) ? { text: JSON.stringify(object) } : undefined;
}

const FIELD = /^([A-Z_][A-Z0-9_]*)(?:(=)(.*))?$/s;
const LENGTH_BYTES = 8;

/** A value behind its little-endian length. Lengths with bytes that are no ASCII were lost in decoding: then up to the next field. */
function sizedValue(text: string, at: number): string {
  const size = text.slice(at, at + LENGTH_BYTES);
  const rest = text.slice(at + LENGTH_BYTES);
  if (size.includes('\uFFFD')) return rest.slice(0, /\n(?=[A-Z_][A-Z0-9_]*=)|\n?$/.exec(rest)?.index);
  const length = Buffer.from(size, 'latin1').reduceRight((sum, byte) => sum * 256 + byte, 0);
  return Buffer.from(rest).toString('utf8', 0, length);
}

function cloudWatch(value: JsonObject): Layer | undefined {
  const message = value['message'];
  if (typeof message !== 'string' || value['ingestionTime'] === undefined) return undefined;
  return cloudWatchEvent(value);
}

function cloudWatchEvent(value: JsonObject): Layer {
  return {
    text: (textOf(value['message']) ?? '').trimEnd(),
    observed: parseEpoch(textOf(value['timestamp']) ?? '')?.at,
  };
}

function splunk(value: JsonObject): Layer | undefined {
  const result = value['result'];
  if (isObject(result)) return splunkResult(result);
  return value['preview'] === undefined ? undefined : splunkResult(value);
}

function splunkResult(result: JsonObject): Layer | undefined {
  const raw = result['_raw'];
  if (typeof raw !== 'string') return undefined;
  const stamp = parseIso(textOf(result['_time']) ?? '') ?? parseEpoch(textOf(result['_time']) ?? '');
  // `_time` without a zone is the search head's local time: no instant.
  return { text: raw, host: textOf(result['host']), observed: stamp?.zone === 'assumed' ? undefined : stamp?.at };
}

/** What shippers add around a line. A document with anything else is itself the record. */
export const SHIPPER_FIELDS: ReadonlySet<string> = new Set(
  '@timestamp @version @metadata message host agent ecs input log fields tags container kubernetes docker stream cloud service data_stream offset prospector beat event'.split(
    ' ',
  ),
);

function elastic(value: JsonObject): Layer | undefined {
  const source = value['_source'];
  if (!isObject(source) || (value['_index'] === undefined && value['_id'] === undefined)) return undefined;
  const original = textOf(at(source, 'event', 'original')) ?? textOf(source['event.original']);
  const message = textOf(source['message']);
  const shipped = Object.keys(source).every((key) => SHIPPER_FIELDS.has(key.split('.')[0] ?? key));
  const text = original ?? (shipped ? message : undefined);
  if (text === undefined) return { text: JSON.stringify(source) };
  return {
    text,
    observed: original === undefined ? parseIso(textOf(source['@timestamp']) ?? '')?.at : undefined,
    host: textOf(at(source, 'host', 'name')) ?? textOf(source['host.name']),
    containerId: textOf(at(source, 'container', 'id')) ?? textOf(source['container.id']),
  };
}

/** The Syslog table of Azure Monitor Logs (Sentinel): the line without its header; `EventTime` is cut to seconds. */
function logAnalytics(value: JsonObject): Layer | undefined {
  const text = value['SyslogMessage'];
  if (typeof text !== 'string' || value['TimeGenerated'] === undefined) return undefined;
  const observed = parseIso(textOf(value['TimeGenerated']) ?? '')?.at;
  const host = textOf(value['HostName']) ?? textOf(value['Computer']);
  const sender = { program: value['ProcessName'], pid: value['ProcessID'] };
  return { text: underHeader(text, { observed, host, ...sender }), observed, host };
}

/** The records of a document that carries a list of them; undefined for any other. */
export function expandObject(value: JsonObject): readonly Layer[] | undefined {
  const logEvents = value['logEvents'];
  if (Array.isArray(logEvents) && value['logGroup'] !== undefined) return layersOf(logEvents, cloudWatchMember);
  return (
    layersOf(value['events'], cloudWatch) ??
    layersOf(at(value, 'hits', 'hits'), elastic) ??
    layersOf(value['results'], splunkResult) ??
    layersOf(value['dmesg'], dmesgLine) ??
    insightsRows(value['results'])
  );
}

/** `aws logs get-query-results`: a list of fields for each line that was found. */
function insightsRows(rows: unknown): readonly Layer[] | undefined {
  if (!Array.isArray(rows)) return undefined;
  return layersOf(
    rows.map((row) => Object.fromEntries(arrayOf(row).map((cell) => [at(cell, 'field'), at(cell, 'value')]))),
    insights,
  );
}

/** CloudWatch Logs Insights, as its console and command line export rows; times are UTC without a sign. */
function insights(value: JsonObject): Layer | undefined {
  const message = value['@message'];
  if (typeof message !== 'string') return undefined;
  return { text: message.trimEnd(), observed: parseIso(`${textOf(value['@timestamp'])}Z`)?.at };
}

/** `dmesg --json` (util-linux 2.38): `time` is seconds since boot. */
function dmesgLine(value: JsonObject): Layer | undefined {
  const text = value['msg'];
  if (typeof text !== 'string') return undefined;
  const seconds = numberOf(value['time']);
  return { text, monotonicUs: seconds === undefined ? undefined : Math.round(seconds * 1_000_000) };
}

function cloudWatchMember(value: JsonObject): Layer | undefined {
  return typeof value['message'] === 'string' ? cloudWatchEvent(value) : undefined;
}

/** All or nothing: a list with a member of another kind is no list of records. */
function layersOf(list: unknown, read: (value: JsonObject) => Layer | undefined): readonly Layer[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const out: Layer[] = [];
  for (const member of list) {
    const layer = isObject(member) ? read(member) : undefined;
    if (layer === undefined) return undefined;
    out.push(layer);
  }
  return out;
}
