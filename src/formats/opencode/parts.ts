import { at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { SessionCalls } from '../../core/tools/session.ts';
import { BACKGROUND_UNKNOWN, SPAN_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import { exitOf, outcomeOf, runsOn } from './outcome.ts';

export function isPart(value: unknown): value is JsonObject {
  if (!isObject(value) || typeof value['messageID'] !== 'string' || typeof value['sessionID'] !== 'string')
    return false;
  return value['type'] === 'tool'
    ? isObject(value['state']) && 'callID' in value
    : typeof value['type'] === 'string' && 'id' in value;
}

/** A part as it is stored, in a printed line, or in an event of the server. */
export function partIn(json: JsonObject): JsonObject | undefined {
  const inner = json['part'] ?? at(json, 'properties', 'part');
  return isObject(inner) ? inner : isPart(json) ? json : undefined;
}

interface Place {
  readonly episodeId: string;
  readonly record: RawRecord;
  /** When the line was written. */
  readonly written?: Instant | undefined;
  readonly cwd?: string | undefined;
}

/** Calls by their part, which is told again when its state changes. */
export class ToolParts {
  readonly #calls = new SessionCalls();

  see(part: JsonObject, place: Place): readonly Event[] {
    const state = part['state'];
    const status = textOf(at(state, 'status')) ?? '';
    const key = `${place.episodeId}/${textOf(part['partID'] ?? part['id'] ?? part['callID']) ?? ''}`;
    const facts = factsOf(part, place);
    const out: Event[] = [];
    if (this.#calls.get(key) === undefined) out.push(...this.#calls.open(key, facts));
    else this.#calls.update(key, { arguments: facts.arguments, start: facts.start });
    if (status === 'pending' || status === 'running') return out;
    return [...out, ...this.#calls.close(key, resultOf(state, status, place.written))];
  }

  flush(): readonly Event[] {
    return this.#calls.flush();
  }
}

function factsOf(part: JsonObject, { episodeId, record, cwd }: Place): Omit<ToolCallFacts, 'index'> {
  const state = part['state'];
  return {
    format: 'opencode',
    clock: 'time',
    ref: record.ref,
    episodeId,
    // OpenCode 2 prints the id of the part as `partID`, and the call's as `id`.
    callId: textOf(part['callID'] ?? (part['partID'] === undefined ? undefined : part['id'])),
    name: textOf(part['tool']) ?? 'unknown',
    arguments: readArguments(at(state, 'input')),
    start: instantOf(at(state, 'time', 'start')),
    slack: SPAN_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    cwd: textOf(at(state, 'input', 'workdir')) ?? cwd,
    host: record.host,
    containerId: record.containerId,
    trust: 'agent-writable',
  };
}

function resultOf(state: unknown, status: string, written: Instant | undefined): Partial<ToolCallFacts> {
  const failure = status === 'error' ? (textOf(at(state, 'error')) ?? '') : undefined;
  const output = textOf(at(state, 'output')) ?? failure;
  const metadata = at(state, 'metadata');
  return {
    end: instantOf(at(state, 'time', 'end')) ?? written,
    ...(output === undefined ? {} : { output }),
    ...outcomeOf({ failure, exit: exitOf(metadata) }),
    ...(runsOn(metadata) ? { background: BACKGROUND_UNKNOWN } : {}),
  };
}
