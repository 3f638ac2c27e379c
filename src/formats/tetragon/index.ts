import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, compact, compactOver, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { withoutEngine } from '../../core/network/container-id.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import type { CommandLine } from '../../core/tools/arguments.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { lookAtTetragon } from './look.ts';
import { connectionOf, hookOf } from './sockets.ts';

/** `connect`, `listen` and `close`: what the first releases wrote, and the enterprise's sensors do. */
const KINDS = [
  'exec',
  'exit',
  'kprobe',
  'tracepoint',
  'lsm',
  'uprobe',
  'usdt',
  'loader',
  'throttle',
  'connect',
  'listen',
  'close',
] as const;

/** Tetragon JSON export. */
export const tetragon: Format = {
  id: 'tetragon',
  title: 'Tetragon events',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: 'wall time derived from boot time, nanoseconds',
  traps: [
    'protobuf JSON leaves zero fields out',
    'tcp_connect fires at the SYN: success is unknown',
    'throttle records mean that events were dropped on purpose',
  ],
  claims,
  open: () => ({ decode }),
  look: lookAtTetragon,
};

/** Member and kind. */
const MEMBERS = KINDS.map((kind) => [`process_${kind}`, kind] as const);

/** The member that a record is about, and its kind. */
const memberOf = (json: unknown): (typeof MEMBERS)[number] | undefined =>
  MEMBERS.find(([name]) => isObject(at(json, name)));

/** Programs that print the events themselves write the names of protobuf JSON: `processExec`, `nodeName`, `sockArg`. */
function byOwnNames(json: unknown): unknown {
  return isObject(json) && Object.keys(json).some((key) => /^process[A-Z]/.test(key)) ? underscored(json) : json;
}

function underscored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(underscored);
  if (!isObject(value)) return value;
  const named = Object.entries(value).map(([key, inner]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    underscored(inner),
  ]);
  return Object.fromEntries(named);
}

/** The exporter writes no more than its rate limit allows, and then says how many it left out. */
const droppedIn = (json: unknown): number | undefined =>
  numberOf(at(json, 'rate_limit_info', 'number_of_dropped_process_events'));

function claims({ json: read }: SniffRecord): Sniff {
  const json = byOwnNames(read);
  if (droppedIn(json) !== undefined) return yes(0.97, 'rate limit of the Tetragon exporter');
  return memberOf(json) === undefined ? no('no process_* member') : yes(0.97, 'process_* member of Tetragon');
}

function decode(record: RawRecord): Decoded {
  const json = byOwnNames(tryJson(record.text));
  const [member = '', kind] = memberOf(json) ?? [];
  const dropped = droppedIn(json);
  if (kind === undefined && dropped === undefined)
    return isObject(json) && 'time' in json ? skipped('other Tetragon record') : failed('no process_* member');
  if (kind === 'loader') return skipped('library loaded');
  const body = at(json, member);
  const raw = textOf(at(json, 'time')) ?? textOf(at(body, 'time')) ?? '';
  const stamp = parseIso(raw);
  if (stamp === undefined) return failed('no time');
  const node = textOf(at(json, 'node_name'));
  const base = compact({
    time: eventTime(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'tetragon',
    clock: node === undefined ? 'time' : `time@${node}`,
    host: node ?? record.host,
  });
  if (dropped !== undefined) return decoded({ ...base, kind: 'coverage', reason: 'throttled', count: dropped });
  if (kind === 'throttle') return decoded({ ...base, kind: 'coverage', reason: 'throttled' });
  const process = compactOver({ kind: 'process' }, processOf(at(body, 'process'), at(body, 'parent')));
  return decoded(compactOver(compactOver(base, process), operationOf(kind, body)) as Event);
}

function operationOf(kind: (typeof KINDS)[number] | undefined, body: unknown): object {
  if (kind === 'exec') return { op: 'exec' };
  if (kind === 'exit') return exitOf(body);
  return connectionOf(kind ?? '', body) ?? hookOf(body);
}

function processOf(process: unknown, parent: unknown): object {
  const started = parseIso(textOf(at(process, 'start_time')) ?? '');
  const container = withoutEngine(textOf(at(process, 'pod', 'container', 'id')) ?? '');
  const namespace = textOf(at(process, 'pod', 'namespace'));
  const pod = textOf(at(process, 'pod', 'name'));
  return compact({
    pid: numberOf(at(process, 'pid')),
    tid: numberOf(at(process, 'tid')),
    ppid: numberOf(at(parent, 'pid')) ?? pidIn(textOf(at(process, 'parent_exec_id'))),
    entityId: textOf(at(process, 'exec_id')),
    parentEntityId: textOf(at(process, 'parent_exec_id')),
    uid: numberOf(at(process, 'uid')),
    exe: textOf(at(process, 'binary')),
    ...commandOf(textOf(at(process, 'binary')), textOf(at(process, 'arguments'))),
    cwd: textOf(at(process, 'cwd')),
    start: started?.at,
    containerId: container || textOf(at(process, 'docker')),
    pod: pod === undefined ? undefined : namespace === undefined ? pod : `${namespace}/${pod}`,
  });
}

/** Arguments of which none but those with blanks are quoted, and nothing within is. */
const WORDS = /^(?:(?:[^" ]+|"[^" ]* [^"]*")(?: |$))+$/;

/** `arguments` leaves out the program, and puts what has a blank between quotes that nothing escapes. */
function commandOf(binary: string | undefined, text: string | undefined): CommandLine {
  if (binary === undefined || text === undefined) return compact({ commandLine: text });
  if (!WORDS.test(text)) return { commandLine: `${binary} ${text}` };
  return { args: [binary, ...(text.match(/[^" ]+|"[^"]*"/g) ?? []).map((word) => word.replace(/^"|"$/g, ''))] };
}

/** An exec_id is base64 of `node:ktime:pid`. */
function pidIn(execId: string | undefined): number | undefined {
  const pid = /:\d+:(\d+)$/.exec(Buffer.from(execId ?? '', 'base64').toString('latin1'))?.[1];
  return pid === '0' ? undefined : numberOf(pid);
}

/** Protobuf JSON leaves out zeros: without a status and a signal it ended well. */
function exitOf(body: unknown): object {
  const status = numberOf(at(body, 'status')) ?? (textOf(at(body, 'signal')) === undefined ? 0 : undefined);
  return compact({ op: 'exit', exit: status });
}
