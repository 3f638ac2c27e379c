import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, numberOf, textOf, tryJson } from '../../core/json.ts';
import { completionCalls } from '../../core/model-calls.ts';
import { parseEpoch } from '../../core/time.ts';
import { TurnWindows } from '../../core/turn-windows.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

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
    'local mode writes no times and keeps the last call only',
    'the file lies in the sandbox, where the agent can write',
  ],
  claims,
  open: (context, held) => {
    const turns = held instanceof TurnWindows ? held : new TurnWindows('rock-llmtraj', 'end_time', context);
    return { decode: (record) => decode(record, turns), flush: () => turns.close(undefined, []), held: () => turns };
  },
};

function claims({ json }: SniffRecord): Sniff {
  if (at(json, 'request', 'messages') === undefined || at(json, 'response') === undefined)
    return no('no request with a response');
  if (at(json, 'response_time') !== undefined && at(json, 'start_time') !== undefined)
    return yes(0.96, 'request, response and response_time');
  return Object.keys(json as object).length === 2 ? yes(0.6, 'request and response only') : no('other keys');
}

function decode(record: RawRecord, turns: TurnWindows): Decoded {
  const call = tryJson(record.text);
  if (at(call, 'request') === undefined) return failed('no request');
  const start = stampOf(at(call, 'start_time'));
  const end = stampOf(at(call, 'end_time'));
  if (start === undefined || end === undefined) return skipped('model call without times');
  const events: Event[] = [...turns.request(start, at(call, 'request', 'messages'), record.ref)];
  if (at(call, 'status') !== 'failure')
    events.push(...turns.response(end, completionCalls(at(call, 'response')), record.ref));
  return decoded(...events);
}

function stampOf(value: unknown): Micros | undefined {
  return numberOf(value) === undefined
    ? undefined
    : parseEpoch(typeof value === 'number' ? value : (textOf(value) ?? ''))?.at;
}
