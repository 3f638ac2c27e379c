import { at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import type { Asked } from '../../core/tools/asked-calls.ts';
import { askedIn } from '../../core/tools/asked-messages.ts';
import { forgetOldest } from '../../core/tools/tool-call.ts';

/** Answers that are remembered, for those that go on from them. */
const MOST_ANSWERS = 100_000;

/** An answer of OpenAI's Responses interface, and the question where it stands beside it. */
interface Answer {
  readonly response: JsonObject;
  readonly question: unknown;
}

/**
 * A response as the interface gives it (https://platform.openai.com/docs/api-reference/responses/object), the end of a stream of its
 * events (`response.completed`), or a pair of request and response.
 */
export function answerOf(doc: unknown): Answer | undefined {
  if (isResponse(doc)) return { response: doc, question: doc['input'] };
  const response = at(doc, 'response');
  if (!isResponse(response)) return undefined;
  if (/^response\.(?:completed|incomplete|failed)$/.test(textOf(at(doc, 'type')) ?? ''))
    return { response, question: undefined };
  const request = at(doc, 'request');
  return isObject(request) ? { response, question: at(request, 'body', 'input') ?? request['input'] } : undefined;
}

function isResponse(value: unknown): value is JsonObject {
  return isObject(value) && value['object'] === 'response' && Array.isArray(value['output']) && 'created_at' in value;
}

/** Other events of a stream. */
export function isStreamed(doc: unknown): boolean {
  return /^response\./.test(textOf(at(doc, 'type')) ?? '') && 'sequence_number' in (isObject(doc) ? doc : {});
}

interface Told {
  readonly episodeId: string;
  readonly callIds: readonly string[];
}

export interface ToldAnswer {
  readonly episodeId: string;
  readonly model: string | undefined;
  readonly question: unknown;
  readonly said: Asked;
  /** Whole seconds. */
  readonly asked: Instant | undefined;
  readonly answered: Instant | undefined;
}

/** Names that clients give an episode in the metadata of a request, best first. */
export const EPISODE_KEYS = ['episode_id', 'rollout_id', 'trajectory_id', 'session_id', 'trace_id'] as const;

/** Responses of a file. One that goes on from another (`previous_response_id`) was asked for with the results of its calls. */
export class Answers {
  readonly #told = new Map<string, Told>();

  read({ response, question }: Answer): ToldAnswer {
    const before = this.#told.get(textOf(response['previous_response_id']) ?? '');
    const id = textOf(response['id']) ?? '';
    const said = askedIn(question, response['output']);
    const episodeId = nameOf(response) ?? before?.episodeId ?? id;
    this.#told.set(id, { episodeId, callIds: said.calls.flatMap((call) => call.id ?? []) });
    forgetOldest(this.#told, MOST_ANSWERS);
    const asked = instantOf(response['created_at']);
    return {
      episodeId,
      model: textOf(response['model']),
      question,
      said: {
        ...said,
        results: new Map([...(before?.callIds ?? []).map((call) => [call, ''] as const), ...said.results]),
      },
      asked,
      answered: instantOf(response['completed_at']) ?? asked,
    };
  }
}

function nameOf({ metadata, conversation }: JsonObject): string | undefined {
  const named = EPISODE_KEYS.map((key) => textOf(at(metadata, key))).find((name) => name !== undefined);
  return named ?? textOf(at(conversation, 'id')) ?? textOf(conversation);
}
