import { at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import type { Event } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { CallKey, ToolRuns } from './runs.ts';

/** `session.next.tool.called` until 1.18, then `session.tool.called`; with the version of its schema where it was stored. */
const TYPE = /^(?:session\.(?:next\.)?|(?=shell\.))([a-z_.]+?)(?:\.\d+)?$/;

/** An event of a session, as OpenCode's server streams and stores it. */
export interface SessionEvent {
  /** Without `session.`: `tool.called`. */
  readonly type: string;
  readonly episodeId: string;
  readonly body: JsonObject;
  readonly time: Instant | undefined;
}

export function sessionEvent(json: JsonObject): SessionEvent | undefined {
  const type = TYPE.exec(textOf(json['type']) ?? '')?.[1];
  const body = json['data'] ?? json['properties'];
  if (type === undefined || !isObject(body)) return undefined;
  const episodeId = textOf(body['sessionID']) ?? textOf(at(body, 'info', 'metadata', 'sessionID'));
  if (episodeId === undefined) return undefined;
  return { type, episodeId, body, time: instantOf(json['created'] ?? body['timestamp'] ?? json['timestamp']) };
}

/** What an event tells of calls; undefined where it tells nothing of any. */
export function readSessionEvent(
  { type, episodeId, body, time }: SessionEvent,
  record: RawRecord,
  runs: ToolRuns,
): readonly Event[] | undefined {
  const key: CallKey = {
    episodeId,
    messageId: textOf(body['assistantMessageID']),
    callId: textOf(body['callID']) ?? textOf(body['id']) ?? '',
  };
  switch (type) {
    case 'tool.input.started':
      runs.asked(key, textOf(body['name']));
      return undefined;
    case 'tool.called':
      if (isProviders(body)) return undefined;
      return runs.called(key, { name: textOf(body['tool']), input: body['input'], start: time, record });
    case 'tool.progress':
      runs.progressed(key, metadataOf(body));
      return undefined;
    case 'tool.success':
    case 'tool.failed':
      return settle(body, key, { record, runs, time });
    case 'shell.created':
      runs.started(textOf(at(body, 'info', 'id')) ?? '', numberOf(at(body, 'info', 'pid')));
      return undefined;
    case 'shell.started':
      return typed(body, key, { record, runs, time });
    case 'shell.ended':
      return ended(body, key, { record, runs, time });
    case 'synthetic':
      return runs.noticed(episodeId, textOf(body['text']), time);
    default:
      return undefined;
  }
}

interface Place {
  readonly record: RawRecord;
  readonly runs: ToolRuns;
  readonly time: Instant | undefined;
}

/** Tools that the model's provider runs are none of the agent's. */
function isProviders(body: JsonObject): boolean {
  return body['executed'] === true || at(body, 'provider', 'executed') === true;
}

/** What the tool says of itself: `structured` until 1.18. */
function metadataOf(body: JsonObject): unknown {
  return body['metadata'] ?? body['structured'];
}

/** A call of which this log holds the end alone, or one that failed before it began. */
function settle(body: JsonObject, key: CallKey, { record, runs, time }: Place): readonly Event[] | undefined {
  if (isProviders(body)) return undefined;
  const opened = runs.isOpen(key) ? [] : runs.called(key, { input: undefined, start: undefined, record });
  const { error, content } = body;
  return [...opened, ...runs.settled(key, { end: time, error, content, metadata: metadataOf(body) })];
}

/** A command that the user typed: until 1.18 with an id of a call, then a shell. */
function typed(body: JsonObject, key: CallKey, { record, runs, time }: Place): readonly Event[] {
  const { shell } = body;
  const command = textOf(body['command']) ?? textOf(at(shell, 'command'));
  return runs.called(shellKey(body, key), {
    name: 'shell',
    input: { command },
    start: time,
    record,
    cwd: textOf(at(shell, 'cwd')),
    pid: numberOf(at(shell, 'pid')),
    agentPath: [key.episodeId, 'user'],
  });
}

function ended(body: JsonObject, key: CallKey, { runs, time }: Place): readonly Event[] {
  const { shell, output } = body;
  const text = textOf(output) ?? textOf(at(output, 'output')) ?? '';
  return runs.settled(shellKey(body, key), {
    end: time,
    content: text,
    metadata: { exit: at(shell, 'exit') },
  });
}

function shellKey(body: JsonObject, { episodeId, callId }: CallKey): CallKey {
  return { episodeId, messageId: undefined, callId: textOf(at(body, 'shell', 'id')) ?? callId };
}
