import { no, skipped, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { AskedCalls } from '../../core/tools/asked-calls.ts';
import { askedIn } from '../../core/tools/asked-messages.ts';
import { EpisodeWindows, jsonDecoder } from '../../core/tools/session.ts';
import { CallCounter } from '../../core/tools/tool-call.ts';
import { tracedPrompt } from '../../core/tools/traced-prompt.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';
import { Answers, answerOf, EPISODE_KEYS, isStreamed } from './responses.ts';
import { streamedAnswer } from './stream.ts';

/** One call of a model. */
interface ModelCall {
  readonly episodeId: string;
  readonly model: string | undefined;
  readonly question: unknown;
  readonly answer: unknown;
  readonly asked: Instant | undefined;
  readonly answered: Instant | undefined;
}

/**
 * Logs of model calls, of many agents at once: LiteLLM's standard logging payload, pairs of requests and answers (claude-trace), and
 * answers of OpenAI's Responses interface.
 */
export const modelCalls: Format = {
  id: 'model-calls',
  title: 'logs of model calls (LiteLLM, claude-trace, OpenAI Responses)',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    'when the model was asked and had answered, epoch seconds with a fraction, of the gateway or the traced program',
  traps: [
    'tools run between an answer and the question that brings their results: no log says when they really began and ended',
    'a trace may be one model call: the ids of tool calls tie them together',
    'answers that are streamed stand there as events',
  ],
  claims,
  open: () => {
    const counter = new CallCounter();
    const asked = new AskedCalls();
    const episodes = new EpisodeWindows();
    const answers = new Answers();
    return jsonDecoder(
      (doc, record) => {
        const alone = answerOf(doc);
        const call = payloadCall(doc) ?? pairCall(doc) ?? (alone === undefined ? undefined : answers.read(alone));
        if (call === undefined) return skipped(isStreamed(doc) ? 'event of a stream' : 'no question to a model');
        const { episodeId, model, question, asked: from, answered } = call;
        const window = { asked: from, answered };
        const prompts = tracedPrompt(question, record.ref);
        const described = { ...BASE, episodeId, model, prompts };
        episodes.see(described, record.ref, window.asked, window.answered);
        const teller = { ...BASE, traceId: episodeId, episode: () => episodeId, ref: record.ref, place: {}, ...window };
        asked.take('said' in call ? call.said : askedIn(question, call.answer), teller);
        return [];
      },
      () => [...asked.flush(counter), ...episodes.flush()],
    );
  },
};

const BASE = { format: 'model-calls', clock: 'asked' };

function claims({ json }: SniffRecord): Sniff {
  if (isPayload(json)) return yes(0.88, 'call_type, messages, startTime and endTime');
  if (isPair(json)) return yes(0.93, 'request and response with their times');
  if (answerOf(json) !== undefined) return yes(0.9, 'response with its output');
  return isStreamed(json) ? yes(0.8, 'event of a streamed response') : no('no model call');
}

/** LiteLLM, docs/my-website/docs/proxy/logging_spec.md. */
function isPayload(json: unknown): json is JsonObject {
  const has = (key: string): boolean => (at(json, key) ?? undefined) !== undefined;
  return ['messages', 'startTime', 'endTime', 'call_type'].every(has) && isObject(json) && 'response' in json;
}

/** claude-trace and its relatives: `{request:{timestamp,url,body},response:{timestamp,body|body_raw},logged_at}`. */
function isPair(json: unknown): json is JsonObject {
  return (
    isObject(json) &&
    typeof at(json, 'request', 'timestamp') === 'number' &&
    isObject(json['request']) &&
    'body' in json['request'] &&
    'logged_at' in json
  );
}

function payloadCall(doc: JsonObject): ModelCall | undefined {
  if (!isPayload(doc)) return undefined;
  const metadata = doc['metadata'];
  const places = [at(metadata, 'requester_metadata'), at(metadata, 'spend_logs_metadata'), metadata];
  const named = places.flatMap((place) => EPISODE_KEYS.map((key) => textOf(at(place, key))));
  const session = SESSION.exec(textOf(doc['end_user']) ?? '')?.[1];
  const own = session ?? textOf(doc['trace_id']) ?? textOf(doc['id']);
  const episodeId = named.find((name) => name !== undefined) ?? own;
  if (episodeId === undefined) return undefined;
  return {
    episodeId,
    model: textOf(doc['model']),
    question: doc['messages'],
    answer: doc['status'] === 'failure' ? undefined : doc['response'],
    asked: instantOf(doc['startTime']),
    answered: instantOf(doc['endTime']),
  };
}

/** Claude Code names its session in the user of a request: at its end, or as a member of JSON. */
const SESSION = /(?:_session_|"session_id": ?")([0-9a-f-]{36})(?:"|$)/;

function pairCall(doc: JsonObject): ModelCall | undefined {
  const body = at(doc, 'request', 'body');
  if (!isPair(doc) || at(body, 'messages') === undefined) return undefined;
  const user = textOf(at(body, 'metadata', 'user_id')) ?? '';
  const answer = at(doc, 'response', 'body') ?? streamedAnswer(textOf(at(doc, 'response', 'body_raw')) ?? '');
  return {
    episodeId: SESSION.exec(user)?.[1] ?? textOf(at(answer, 'id')) ?? textOf(doc['logged_at']) ?? '',
    model: textOf(at(body, 'model')),
    question: at(body, 'messages'),
    answer,
    asked: instantOf(at(doc, 'request', 'timestamp')),
    answered: instantOf(at(doc, 'response', 'timestamp')),
  };
}
