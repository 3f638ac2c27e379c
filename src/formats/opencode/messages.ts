import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import type { Event } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { ToolRuns } from './runs.ts';

const TYPES =
  /^(?:user|assistant|synthetic|system|skill|shell|compaction|idle|(?:agent|model|location)-(?:switched|selected))$/;

/** A message of OpenCode 2: its type stands where the role stood, and its parts are the content. */
export function isMessage(value: unknown): value is JsonObject {
  return isObject(value) && TYPES.test(textOf(value['type']) ?? '') && at(value, 'time', 'created') !== undefined;
}

interface Place {
  readonly episodeId: string;
  readonly record: RawRecord;
  readonly runs: ToolRuns;
  readonly cwd: string | undefined;
}

/** The calls that a message holds. */
export function messageCalls(message: JsonObject, place: Place): readonly Event[] {
  const { episodeId, runs } = place;
  const created = instantOf(at(message, 'time', 'created'));
  switch (message['type']) {
    case 'assistant':
      return arrayOf(message['content'])
        .filter((part) => at(part, 'type') === 'tool' && at(part, 'executed') !== true)
        .flatMap((part) => partCalls(part, textOf(message['id']), place));
    case 'shell':
      return shellCall(message, place);
    case 'synthetic':
      return runs.noticed(episodeId, textOf(message['text']), created);
    default:
      return [];
  }
}

function partCalls(part: unknown, messageId: string | undefined, { episodeId, record, runs, cwd }: Place) {
  const key = { episodeId, messageId, callId: textOf(at(part, 'id')) ?? '' };
  const state = at(part, 'state');
  const ran = instantOf(at(part, 'time', 'ran'));
  const status = at(state, 'status');
  const out = runs.called(key, {
    name: textOf(at(part, 'name')),
    input: at(state, 'input'),
    start: ran ?? instantOf(at(part, 'time', 'created')),
    record,
    cwd,
  });
  if (status !== 'completed' && status !== 'error') return out;
  const settled = runs.settled(key, {
    end: instantOf(at(part, 'time', 'completed')),
    error: at(state, 'error'),
    content: at(state, 'content'),
    metadata: at(state, 'metadata') ?? at(state, 'structured'),
  });
  return [...out, ...settled];
}

/** A command that the user typed. */
function shellCall(message: JsonObject, { episodeId, record, runs, cwd }: Place): readonly Event[] {
  const callId = textOf(message['shellID']) ?? textOf(message['callID']) ?? '';
  const key = { episodeId, messageId: undefined, callId };
  const completed = instantOf(at(message, 'time', 'completed'));
  const out = runs.called(key, {
    name: 'shell',
    input: { command: message['command'] },
    start: instantOf(at(message, 'time', 'created')),
    record,
    cwd,
    agentPath: [episodeId, 'user'],
  });
  if (completed === undefined) return out;
  const content = textOf(message['output']) ?? textOf(at(message, 'output', 'output'));
  return [...out, ...runs.settled(key, { end: completed, content, metadata: { exit: message['exit'] } })];
}
