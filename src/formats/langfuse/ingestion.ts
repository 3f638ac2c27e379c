import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { windowOf } from '../../core/tools/observed-span.ts';
import { EpisodeWindows } from '../../core/tools/session.ts';
import { forgetOldest } from '../../core/tools/tool-call.ts';
import { tracedPrompt } from '../../core/tools/traced-prompt.ts';
import type { Event } from '../../model/event.ts';
import { type Counted, callsOf } from './observations.ts';

const KINDS = /^(trace|score|[a-z]+)-(create|update)$/;
const HELD = 20_000;

/** What SDKs send to be ingested: an event with an id and a time of its own around what it makes or changes. */
function isIngested(value: unknown): value is JsonObject {
  return isObject(value) && isObject(value['body']) && KINDS.test(textOf(value['type']) ?? '');
}

/** The events of one record: a batch as it is sent, or one of them. */
export function ingestedIn(json: JsonObject): readonly JsonObject[] {
  const batch = arrayOf(json['batch']).filter(isIngested);
  return batch.length > 0 ? batch : isIngested(json) ? [json] : [];
}

/** Observations are made when they begin and changed when they end. */
export class Ingestion {
  readonly #open = new Map<string, { readonly body: JsonObject; readonly counted: Counted }>();
  readonly #episodes = new EpisodeWindows();

  read(events: readonly JsonObject[], counted: Counted): readonly Event[] {
    return events.flatMap((event) => this.#readEvent(event, counted));
  }

  flush(): readonly Event[] {
    const rest = [...this.#open.values()].flatMap(({ body, counted }) => eventsOf(body, counted));
    this.#open.clear();
    return [...rest, ...this.#episodes.flush()];
  }

  #readEvent(event: JsonObject, counted: Counted): readonly Event[] {
    const [, kind = ''] = KINDS.exec(textOf(event['type']) ?? '') ?? [];
    const body = event['body'];
    if (!isObject(body) || kind === 'score') return [];
    if (kind === 'trace') {
      this.#seeTrace(body, counted);
      return [];
    }
    const id = textOf(body['id']) ?? textOf(event['id']) ?? '';
    const known = this.#open.get(id);
    const type = kind === 'observation' ? {} : { type: kind.toUpperCase() };
    const whole: JsonObject = { ...known?.body, ...type, ...body };
    const from = known?.counted ?? counted;
    const episodeId = textOf(whole['traceId']);
    if (episodeId === undefined) return [];
    const { start, end } = windowOf(whole, 'startTime', 'endTime');
    this.#episodes.see({ ...DESCRIBED, episodeId }, from.record.ref, start, end);
    if (end === undefined) {
      this.#open.set(id, { body: whole, counted: from });
      forgetOldest(this.#open, HELD);
      return [];
    }
    this.#open.delete(id);
    return eventsOf(whole, from);
  }

  #seeTrace(trace: JsonObject, { record }: Counted): void {
    const episodeId = textOf(trace['id']);
    if (episodeId === undefined) return;
    const session = textOf(trace['sessionId']);
    const said = {
      aliases: session === undefined ? undefined : [session],
      agent: textOf(trace['name']),
      run: textOf(trace['release']),
      prompts: tracedPrompt(trace['input'], record.ref),
    };
    this.#episodes.see({ ...DESCRIBED, episodeId, ...said }, record.ref, instantOf(trace['timestamp']));
  }
}

const DESCRIBED = { format: 'langfuse', clock: 'startTime' };

function eventsOf(observation: JsonObject, counted: Counted): readonly Event[] {
  const episodeId = textOf(at(observation, 'traceId'));
  return episodeId === undefined ? [] : callsOf(observation, episodeId, counted);
}
