import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import {
  at,
  compact,
  integerText,
  isObject,
  type JsonObject,
  numberOf,
  textOf,
  tryJson,
} from '../../core/json/json.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, parseEpoch, parseIso } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Event, LeaseEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { textEvent } from './text.ts';

const STARTS = new Set(['create', 'start']);

/** `docker events` and `podman events`, as text or JSON, and the API's event stream. */
export const dockerEvents: Format = {
  id: 'docker-events',
  title: 'Docker engine events',
  roles: ['lease', 'process'],
  framing: 'auto',
  status: 'real',
  clock: 'clock of the daemon, nanoseconds (`timeNano`)',
  traps: ['no event names an IP address', 'health checks emit exec events too', 'the command is glued to the action'],
  claims,
  open,
};

function claims({ text, json }: SniffRecord): Sniff {
  if (textEvent(text) !== undefined) return yes(0.97, 'time, type, action, id and attributes');
  if (isPodman(json)) return yes(0.95, 'Type, Status and ID');
  const fits = typeof at(json, 'Type') === 'string' && typeof at(json, 'Action') === 'string';
  return fits && at(json, 'Actor') !== undefined ? yes(0.97, 'Type, Action and Actor') : no('no Docker event');
}

/** What both outputs say. */
interface DockerEvent {
  readonly raw: string;
  readonly stamp: Stamp | undefined;
  readonly type: string;
  readonly action: string;
  readonly id: string | undefined;
  readonly attributes: unknown;
}

function dockerEvent(text: string): DockerEvent | undefined {
  const line = textEvent(text);
  if (line !== undefined) return { ...line, stamp: parseIso(isoOf(line.raw)) };
  const json = tryJson(text);
  if (isPodman(json)) return podmanEvent(json, text);
  const type = textOf(at(json, 'Type'));
  const action = textOf(at(json, 'Action'));
  if (type === undefined || action === undefined) return undefined;
  const raw = integerText(text, 'timeNano') ?? integerText(text, 'time') ?? '';
  const actor = at(json, 'Actor');
  return {
    raw,
    stamp: parseEpoch(raw),
    type,
    action,
    id: textOf(at(actor, 'ID')),
    attributes: at(actor, 'Attributes'),
  };
}

/** `2026-11-23 17:19:03.1 +0100 CET` as ISO has it. */
const isoOf = (raw: string): string => raw.replace(/^(\S+) (\S+) ([+-]\d{4}) .*$/, '$1T$2$3');

/** `podman events --format json` has its own members, all on one level. */
function isPodman(json: unknown): json is JsonObject {
  return (
    isObject(json) && !('Action' in json) && ['Type', 'Status', 'ID'].every((key) => typeof json[key] === 'string')
  );
}

function podmanEvent(json: JsonObject, text: string): DockerEvent {
  const written = textOf(json['Time']);
  const raw = integerText(text, 'timeNano') ?? integerText(text, 'time') ?? written ?? '';
  const { Name: name, ContainerExitCode: exitCode } = json;
  return {
    raw,
    stamp: raw === written ? (parseIso(raw) ?? parseEpoch(raw)) : parseEpoch(raw),
    type: textOf(json['Type']) ?? '',
    action: textOf(json['Status']) ?? '',
    id: textOf(json['ID']),
    attributes: { name, exitCode },
  };
}

/** What Podman calls by another name. */
const VERBS = wordTable<string>({ died: 'die', exec_died: 'exec_die' });

/** A container that runs is told once, with its end: at the latest when the file ends. */
function open(_: DecodeContext, held?: unknown): Decoder {
  const running: Map<string, LeaseEvent> = new Map(held instanceof Map ? held : []);
  return { decode: (record) => decode(record, running), flush: () => [...running.values()], held: () => running };
}

function decode(record: RawRecord, running: Map<string, LeaseEvent>): Decoded {
  const found = dockerEvent(record.text);
  if (found === undefined) return failed('no Docker event');
  const { raw, stamp, type, action, id, attributes } = found;
  if (stamp === undefined) return failed('no time');
  if (type !== 'container' || id === undefined)
    return skipped(`${type === 'container' ? 'anonymous' : 'other'} object`);
  const base = compact({
    time: eventTime(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'docker-events',
    clock: 'timeNano',
    host: record.host,
    containerId: id,
  });
  const name = textOf(at(attributes, 'name'));
  const colon = action.indexOf(': ');
  const said = colon < 0 ? action : action.slice(0, colon);
  const verb = VERBS[said] ?? said;
  if (STARTS.has(verb) || verb === 'die') {
    const lease = { ...base, kind: 'lease' as const, sandboxId: name ?? id };
    if (STARTS.has(verb)) {
      // create comes before start: the first of them begins the lease.
      if (!running.has(id)) running.set(id, { ...lease, start: stamp.at });
      return decoded();
    }
    const start = running.get(id)?.start;
    running.delete(id);
    const exit = numberOf(at(attributes, 'exitCode') ?? at(attributes, 'containerExitCode'));
    return decoded(compact({ ...lease, start, end: stamp.at, exit }));
  }
  const exec = execEvent(verb, colon < 0 ? undefined : action.slice(colon + 2), attributes);
  return exec === undefined ? skipped('container event without meaning here') : decoded({ ...base, ...exec } as Event);
}

function execEvent(verb: string, command: string | undefined, attributes: unknown): object | undefined {
  const entityId = textOf(at(attributes, 'execID'));
  const sandboxId = textOf(at(attributes, 'name'));
  const common = { kind: 'process' as const, entityId, sandboxId };
  if (verb === 'exec_create' || verb === 'exec_start')
    return compact({ ...common, op: 'runtime-exec' as const, commandLine: command, state: verb });
  if (verb !== 'exec_die') return undefined;
  return compact({ ...common, op: 'exit' as const, exit: numberOf(at(attributes, 'exitCode')) });
}
