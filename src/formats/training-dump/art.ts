import { arrayOf, at, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { AskedInAnyOrder, askedIn } from '../../core/tools/asked-messages.ts';
import { extent } from '../../core/tools/observed-span.ts';
import { taskPrompt } from '../../core/tools/prompts.ts';
import { CallCounter, episodeEvent } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import { factsOf } from './chat.ts';
import { messagesOf } from './conversation.ts';
import type { Out, Place } from './place.ts';

/**
 * ART: groups of trajectories, one a line, or trajectories as rows of a table (`trajectories/<split>/<step>.parquet`, versions 1 and
 * 2). OpenPipe's ART (`art.utils.trajectory_logging`, `art.utils.trajectory_migration`, `art.trajectories`)
 */
export function isArt(doc: JsonObject): boolean {
  if ('messages_and_choices' in doc && 'reward' in doc) return true;
  if ('group_index' in doc && 'trajectory_json' in doc) return true;
  const [first] = arrayOf(doc['trajectories']);
  if (isObject(first)) return 'messages_and_choices' in first || (isObject(first['exchanges']) && 'reward' in first);
  const [message] = arrayOf(doc['messages']);
  return 'group_index' in doc && 'reward' in doc && isObject(message) && 'trainable' in message;
}

interface Trajectory {
  readonly doc: JsonObject;
  readonly episodeId: string;
  readonly group: string | undefined;
}

export function artEvents(doc: JsonObject, place: Place): readonly Out[] {
  return trajectoriesOf(doc, place).flatMap((trajectory) => {
    const calls = [...callsIn(trajectory, place), ...exchanged(trajectory, place)];
    return [...calls, described(trajectory, place)];
  });
}

function trajectoriesOf(doc: JsonObject, { record, stem }: Place): readonly Trajectory[] {
  const line = `${stem}/line:${record.ref.line}`;
  const index = textOf(doc['group_index']);
  if (index !== undefined) {
    const group = `${stem}/group:${index}`;
    const whole = textOf(doc['trajectory_json']);
    const parsed = whole === undefined ? doc : tryJson(whole);
    const own = textOf(doc['trajectory_index']);
    const isGroupAlone = whole === undefined && (doc['messages'] ?? undefined) === undefined;
    if (isGroupAlone || !isObject(parsed)) return [];
    return [{ doc: parsed, episodeId: own === undefined ? line : `${group}/${own}`, group }];
  }
  if (!Array.isArray(doc['trajectories'])) return [{ doc, episodeId: line, group: undefined }];
  return doc['trajectories'].filter(isObject).map((one, i) => ({ doc: one, episodeId: `${line}/${i}`, group: line }));
}

/** The conversation, and those of subagents or from before it was made shorter. */
function historiesOf(doc: JsonObject): readonly (readonly JsonObject[])[] {
  const more = doc['additional_histories'];
  const others = arrayOf(typeof more === 'string' ? tryJson(more) : more);
  const lists = [
    doc['messages_and_choices'] ?? doc['messages'],
    ...others.map((one) => at(one, 'messages_and_choices')),
  ];
  return lists.map((list) => messagesOf(list) ?? []).filter((list) => list.length > 0);
}

function callsIn({ doc, episodeId }: Trajectory, place: Place): readonly Out[] {
  const { sandboxId, containerId, host } = placeOf(doc, place);
  const own = { ...place, episodeId, sandboxId, containerId, host };
  return historiesOf(doc).flatMap((messages) => place.conversations.inMessages(messages, own));
}

function placeOf(doc: JsonObject, { zoneOffsetMin }: Place) {
  const { fields } = factsOf({ metadata: metadataOf(doc) }, zoneOffsetMin);
  return {
    fields,
    sandboxId: textOf(fields.sandbox),
    containerId: textOf(fields.container),
    host: textOf(fields.host),
  };
}

function metadataOf({ metadata }: JsonObject): unknown {
  return typeof metadata === 'string' ? tryJson(metadata) : metadata;
}

const PROTOCOLS = ['chat_completions', 'responses', 'messages'];

function exchangesOf(doc: JsonObject): readonly JsonObject[] {
  return PROTOCOLS.flatMap((name) => arrayOf(at(doc, 'exchanges', name))).filter(isObject);
}

/** Questions and answers as ART caught them on their way, with their times: those of `datetime.now`, without a zone. */
function exchanged({ doc, episodeId }: Trajectory, place: Place): readonly Out[] {
  const asked = new AskedInAnyOrder();
  const { sandboxId, containerId } = placeOf(doc, place);
  for (const exchange of exchangesOf(doc)) {
    const { from, to } = windowOf(exchange, place);
    const request = exchange['request'];
    asked.take(askedIn(at(request, 'messages') ?? at(request, 'input'), exchange['response']), {
      format: 'training-dump',
      clock: 'exchanges.start_time',
      ref: place.record.ref,
      traceId: episodeId,
      episode: () => episodeId,
      place: { sandboxId, containerId },
      asked: from,
      answered: to,
    });
  }
  return asked.flush(new CallCounter()).filter(isOut);
}

function isOut(event: Event): event is Out {
  return event.kind === 'tool-call' || event.kind === 'episode';
}

function windowOf(exchange: JsonObject, { zoneOffsetMin }: Place) {
  return {
    from: instantOf(exchange['start_time'], zoneOffsetMin),
    to: instantOf(exchange['end_time'], zoneOffsetMin),
  };
}

function described({ doc, episodeId, group }: Trajectory, place: Place): Out {
  const { record, stem } = place;
  const { fields, sandboxId, containerId } = placeOf(doc, place);
  const windows = exchangesOf(doc).map((exchange) => windowOf(exchange, place));
  const { start, end } = extent(windows.map(({ from, to }) => ({ start: from, end: to })));
  const [opening] = historiesOf(doc);
  const step = /(?:^|\/)trajectories\/[^/]+\/(\d+)(?:\.parquet)?$/.exec(stem)?.[1];
  return episodeEvent({
    format: 'training-dump',
    clock: start === undefined ? 'none' : 'exchanges.start_time',
    ref: record.ref,
    episodeId,
    group,
    step: numberOf(step) ?? numberOf(fields.trainStep) ?? numberOf(doc['initial_policy_version']),
    reward: numberOf(doc['reward']),
    task: textOf(fields.task),
    sandboxId,
    containerId,
    prompts: taskPrompt(opening ?? at(exchangesOf(doc)[0], 'request', 'messages'), record.ref),
    start,
    end,
    observed: record.observed,
  });
}
