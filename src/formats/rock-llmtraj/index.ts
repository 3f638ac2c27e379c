import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { at, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { micros, parseEpoch } from '../../core/time/time.ts';
import { completionCalls } from '../../core/tools/model-calls.ts';
import { TurnWindows } from '../../core/tools/turn-windows.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

const SECOND_US = 1_000_000;

/** ROCK's model proxy trajectory: one model call a line. */
export const rockLlmtraj: Format = {
  id: 'rock-llmtraj',
  title: 'ROCK model proxy trajectory (LLMTraj.jsonl)',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`start_time`/`end_time` of the model call: epoch seconds with fraction; tools run from the end of one call to the start of the next',
  traps: [
    'local mode writes no times but `created` of the response, and may keep the last call only',
    'the file lies in the sandbox, where the agent can write',
  ],
  claims,
  sniff,
  open: (context, held) => {
    const turns = held instanceof TurnWindows ? held : new TurnWindows('rock-llmtraj', 'end_time', context);
    return { decode: (record) => decode(record, turns), flush: () => turns.close(undefined, []), held: () => turns };
  },
};

function claims({ json }: SniffRecord): Sniff {
  if (isPayload(json)) return yes(0.9, 'messages, response and times of a logged model call');
  if (at(json, 'request', 'messages') === undefined || at(json, 'response') === undefined)
    return no('no request with a response');
  if (at(json, 'response_time') !== undefined && at(json, 'start_time') !== undefined)
    return yes(0.96, 'request, response and response_time');
  return Object.keys(json as object).length === 2 ? yes(0.6, 'request and response only') : no('other keys');
}

/** Another log of LiteLLM is of many agents at once, whose turns end each other's. */
function sniff(sample: Sample): Sniff {
  return isPayload(sample.records[0]?.json) && !/LLMTraj[^/\\]*$/i.test(sample.path)
    ? no('model calls of nobody knows whom')
    : sniffMean(sample, claims);
}

/** What LiteLLM's logging hook is given, which some releases of the proxy wrote down as it was. */
function isPayload(json: unknown): boolean {
  const has = (key: string): boolean => (at(json, key) ?? undefined) !== undefined;
  return ['messages', 'startTime', 'endTime', 'call_type'].every(has) && isObject(json) && 'response' in json;
}

function decode(record: RawRecord, turns: TurnWindows): Decoded {
  const json = tryJson(record.text);
  const call = isPayload(json) ? loggedCall(json) : plainCall(json);
  if (call.messages === undefined) return failed('no request');
  const { start, end } = call;
  if (start === undefined || end === undefined) return skipped('model call without times');
  const events: Event[] = [...turns.request(start, call.messages, record.ref)];
  if (at(json, 'status') !== 'failure')
    events.push(...turns.response(end, completionCalls(at(json, 'response')), record.ref));
  return decoded(...events);
}

interface LoggedCall {
  readonly messages: unknown;
  readonly start: Micros | undefined;
  readonly end: Micros | undefined;
}

function loggedCall(json: unknown): LoggedCall {
  return { messages: at(json, 'messages'), start: stampOf(at(json, 'startTime')), end: stampOf(at(json, 'endTime')) };
}

/** Local mode keeps no times but the model's own, in whole seconds. */
function plainCall(json: unknown): LoggedCall {
  const messages = at(json, 'request') === undefined ? undefined : (at(json, 'request', 'messages') ?? []);
  const [start, end] = [stampOf(at(json, 'start_time')), stampOf(at(json, 'end_time'))];
  if (start !== undefined && end !== undefined) return { messages, start, end };
  const created = stampOf(at(json, 'response', 'created'));
  return { messages, start: created === undefined ? undefined : micros(created + SECOND_US), end: created };
}

function stampOf(value: unknown): Micros | undefined {
  return numberOf(value) === undefined
    ? undefined
    : parseEpoch(typeof value === 'number' ? value : (textOf(value) ?? ''))?.at;
}
