import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { domainName, parseIp, transportName } from '../../core/network/ip.ts';
import { parseEpoch, parseIso, timeFromObserved, timeOrObserved } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Event, ProcessEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { columnsOf, type GadgetRecord, gadgetRecord, rowOf } from './fields.ts';

/** trace_tcp types by name, by the letter of the tables, and by number. */
const OPS = wordTable<'connect' | 'accept' | 'close'>({
  connect: 'connect',
  accept: 'accept',
  close: 'close',
  C: 'connect',
  A: 'accept',
  X: 'close',
});

/** Gadgets that trace connections, execs, binds and name lookups: JSON of all releases, and tables. */
export const inspektorGadget: Format = {
  id: 'inspektor-gadget',
  title: 'Inspektor Gadget traces (tcp, exec, bind, dns)',
  roles: ['process', 'socket', 'dns'],
  framing: 'auto',
  status: 'documented',
  clock: '`timestamp`, ns, wall clock of the node; older gadgets wrote time since boot, which is not used',
  traps: [
    '`src` is the local end, also on accepts',
    'tables name pods in place of addresses and cut long words',
    'a connect with `error` was refused',
  ],
  claims,
  sniff,
  open,
};

/** The ring buffer was full. */
const LOST = /"type":\s*"(?:warn|err)".{0,200}\blost (\d+) samples\b/;

function isGadget(json: unknown): json is JsonObject {
  if (!isObject(json)) return false;
  const namespaced =
    'mntns_id' in json || 'mountnsid' in json || 'netns_id' in json || 'netnsid' in json || 'netns' in json;
  if (isObject(json['proc']) && 'mntns_id' in json['proc']) return true;
  return namespaced && ('comm' in json || 'task' in json || isObject(json['runtime'])) && !('kind' in json);
}

function claims({ text, json }: SniffRecord): Sniff {
  if (LOST.test(text)) return yes(0.9, 'samples lost');
  if (isGadget(json)) return yes(0.97, 'mount or network namespace id beside comm');
  return columnsOf(text) === undefined ? no('no gadget') : yes(0.97, 'column header of a gadget');
}

/** Rows of a table look like any other words: they are a gadget's only under its header. */
function sniff(sample: Sample): Sniff {
  const mean = sniffMean(sample, claims);
  return sample.records.slice(0, 3).some(({ text }) => columnsOf(text) !== undefined)
    ? yes(0.95, 'column header of a gadget')
    : mean;
}

function open(): Decoder {
  let header: { readonly text: string; readonly names: readonly string[] } | undefined;
  const decode = (record: RawRecord): Decoded => {
    if (/^\s*(?:\[\s*\]\s*)?$/.test(record.text)) return skipped('empty');
    const lost = LOST.exec(record.text)?.[1];
    if (lost !== undefined) return lostSamples(Number(lost), record);
    const names = columnsOf(record.text);
    if (names !== undefined) {
      header = { text: record.text, names };
      return skipped('header');
    }
    const json = tryJson(record.text);
    if (Array.isArray(json)) return decoded(...json.filter(isGadget).flatMap((item) => eventsOf(item, record)));
    if (isObject(json)) return isGadget(json) ? result(json, record) : failedOrSaid(json);
    const row = header === undefined ? undefined : rowOf(header.text, header.names, record.text);
    return row === undefined ? failed('row before any header') : result(row, record);
  };
  return { decode };
}

/** Gadgets of the first releases say things between their records. */
function failedOrSaid(json: JsonObject): Decoded {
  const isSaid = /^(?:debug|warn|err)$/.test(textOf(json['type']) ?? '') && textOf(json['message']) !== undefined;
  return isSaid ? skipped('message of the gadget') : failed('no gadget record');
}

function lostSamples(count: number, record: RawRecord): Decoded {
  const host = textOf(at(tryJson(record.text), 'node')) ?? record.host;
  const time = timeFromObserved(record.observed);
  const event = { kind: 'coverage' as const, reason: 'lost' as const, count, time, ref: record.ref };
  return decoded(compact({ ...event, format: 'inspektor-gadget', clock: 'none', host }));
}

function result(json: JsonObject, record: RawRecord): Decoded {
  const events = eventsOf(json, record);
  return events.length === 0 ? skipped('gadget record without meaning here') : decoded(...events);
}

function eventsOf(json: JsonObject, record: RawRecord): readonly Event[] {
  const found = gadgetRecord(json, record.text);
  const part = dnsPart(json, found) ?? processPart(json, found);
  if (part === undefined) return [];
  const raw = found.stamp ?? '';
  const stamp = parseIso(raw) ?? parseEpoch(raw);
  const host = found.node ?? record.host;
  const base = compact({
    time: timeOrObserved(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'inspektor-gadget',
    clock: host === undefined ? 'timestamp' : `timestamp@${host}`,
    host,
  });
  return [{ ...base, ...part } as Event];
}

type ProcessPart = Partial<ProcessEvent> & Pick<ProcessEvent, 'kind' | 'op'>;

function processPart(json: JsonObject, found: GadgetRecord): ProcessPart | undefined {
  const base = { kind: 'process' as const, ...found.who };
  const argv = json['args'];
  if (argv !== undefined || 'retval' in json) return execPart(json, found, base);
  // The first releases named the operation, beside a type that is the same for all records.
  const type = found.text('operation') ?? found.text('type') ?? '';
  const op = OPS[type] ?? (found.dst.ip === undefined ? undefined : 'connect');
  const error = found.text('error');
  if (op !== undefined && (found.dst.ip !== undefined || found.src.ip !== undefined)) {
    const socket = { transport: transportName(found.transport) ?? 'tcp', local: found.src, remote: found.dst };
    return compact({ ...base, op, socket, result: error === undefined ? undefined : ('fail' as const) });
  }
  const bound = parseIp(found.text('addr') ?? '') ?? found.src.ip;
  if (bound === undefined) return undefined;
  const local = compact({ ip: bound, port: numberOf(found.text('port')) ?? found.src.port });
  return { ...base, op: 'bind', socket: { transport: transportName(found.transport) ?? 'ip', local, remote: {} } };
}

/** `args` is a list, or one string whose words cannot be told apart again. */
function execPart(json: JsonObject, found: GadgetRecord, base: Pick<ProcessEvent, 'kind'>): ProcessPart {
  const words = arrayOf(json['args']).filter((word) => typeof word === 'string');
  const code = numberOf(found.text('retval', 'ret', 'error_raw'));
  const failedExec = (code !== undefined && code !== 0) || /^E[A-Z]+$/.test(found.text('error') ?? '');
  return compact({
    ...base,
    op: failedExec ? ('exec-failed' as const) : ('exec' as const),
    exit: failedExec && code !== undefined ? -Math.abs(code) : undefined,
    args: words.length > 0 ? words : undefined,
    commandLine: words.length > 0 ? undefined : found.text('args'),
  });
}

/** A name in letters, or in labels with their lengths before them as raw gadgets write it (RFC 1035, section 3.1). */
function dnsName(text: string): string | undefined {
  if (text.charCodeAt(0) > 63) return domainName(text);
  const labels: string[] = [];
  for (let i = 0; i < text.length; ) {
    const length = text.charCodeAt(i);
    if (length === 0 || i + length >= text.length) break;
    labels.push(text.slice(i + 1, i + 1 + length));
    i += length + 1;
  }
  return domainName(labels.join('.'));
}

function dnsPart(json: JsonObject, found: GadgetRecord): Partial<Event> | undefined {
  const name = dnsName(found.text('name') ?? '');
  const qr = found.text('qr', 'qr_raw');
  if (name === undefined || (qr === undefined && found.text('qtype') === undefined)) return undefined;
  const answer = qr === 'R' || qr === '1';
  const listed = Array.isArray(json['addresses']) ? json['addresses'] : (found.text('addresses')?.split(',') ?? []);
  const answers = listed.map((item) => parseIp(String(item)) ?? '').filter((ip) => ip !== '');
  const server = isObject(json['nameserver']) ? json['nameserver']['addr'] : json['nameserver'];
  const client = answer ? found.dst : found.src;
  return compact({
    kind: 'dns' as const,
    op: answer ? ('answer' as const) : ('query' as const),
    name,
    qtype: found.text('qtype'),
    client: client.ip === undefined ? undefined : client,
    upstream: parseIp(typeof server === 'string' ? server : ''),
    answers: answers.length === 0 ? undefined : answers,
    serial: found.text('id'),
    rcode: found.text('rcode'),
    pid: found.who.pid,
    comm: found.who.comm,
  });
}
