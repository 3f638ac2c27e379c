import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import {
  contentText,
  EpisodeWindows,
  fileStem,
  pathStem,
  SessionCalls,
  sessionDecoder,
} from '../../core/tools/session.ts';
import { SESSION_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Sessions of Continue, one document each, and what it notes of each tool call for its development data. */
export const continueDev: Format = {
  id: 'continue-dev',
  title: 'Continue sessions and development data',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: 'none in sessions; development data: `timestamp`, ISO UTC, when a call was over or refused',
  traps: [
    'sessions have no times: those of their calls stand in `dev_data/0.2.0/toolUsage.jsonl`, by the same ids',
    'development data does not name its session',
    'the files lie where the agent can write',
  ],
  claims,
  open: openSession,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not JSON');
  if (isUsage(json)) return yes(0.95, 'event toolUsage');
  const isSession = typeof json['sessionId'] === 'string' && 'workspaceDirectory' in json;
  const [first] = arrayOf(json['history']);
  return isSession && isObject(at(first, 'message')) ? yes(0.95, 'history of a session') : no('no session');
}

function isUsage(json: JsonObject): boolean {
  return json['eventName'] === 'toolUsage' && typeof json['functionName'] === 'string';
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly path: string;
}

function openSession({ path }: DecodeContext): Decoder {
  const state: State = { calls: new SessionCalls(), episodes: new EpisodeWindows(), path };
  return sessionDecoder(state, read);
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  if (isUsage(doc)) return usage(doc, record, state);
  const episodeId = textOf(doc['sessionId']) ?? fileStem(state.path);
  const items = arrayOf(doc['history']).filter(isObject);
  const model = textOf(doc['chatModelTitle']);
  const base = { format: 'continue-dev', clock: 'timestamp', episodeId, agent: 'continue' };
  state.episodes.see({ ...base, model }, record.ref);
  const results = new Map<string, string>();
  for (const { message } of items) {
    const id = textOf(at(message, 'toolCallId'));
    const said = contentText(at(message, 'content'));
    if (at(message, 'role') === 'user')
      state.episodes.see({ ...base, prompts: promptsOf(said, record.ref) }, record.ref);
    if (at(message, 'role') === 'tool' && id !== undefined && said !== undefined) results.set(id, said);
  }
  const cwd = textOf(doc['workspaceDirectory'])?.replace(/^file:\/\/(?=\/)/, '');
  const events = items.flatMap((item) =>
    callsOf(item).flatMap((call) => {
      const output = call.output ?? results.get(call.callId ?? '');
      return state.calls.open(undefined, { ...placed(record, episodeId), cwd, ...call, output });
    }),
  );
  return events.length === 0 ? skipped('session without tools') : events;
}

type Placed = Pick<
  ToolCallFacts,
  'format' | 'clock' | 'ref' | 'episodeId' | 'slack' | 'trust' | 'host' | 'containerId' | 'observed'
>;

function placed({ ref, host, containerId, observed }: RawRecord, episodeId: string): Placed {
  const base = { format: 'continue-dev', clock: 'timestamp', ref, episodeId, slack: SESSION_SLACK };
  return { ...base, trust: 'agent-writable', host, containerId, observed };
}

type Outcome = Pick<ToolCallFacts, 'executed' | 'status'>;

/** `ToolStatus` of Continue's types. Both the user's refusal and the end of a turn cancel a call. */
const OUTCOMES = wordTable<Outcome>({
  done: { executed: 'yes', status: 'completed' },
  errored: { executed: 'unknown', status: 'failed' },
  canceled: { executed: 'unknown', status: 'cancelled' },
});
const WAITS: Outcome = { executed: 'unknown', status: 'incomplete' };

type Call = Outcome & Pick<ToolCallFacts, 'name' | 'callId' | 'arguments' | 'output'>;

/** What became of the calls of an answer; older sessions tell only what it asked for. */
function callsOf(item: JsonObject): readonly Call[] {
  const states = [...arrayOf(item['toolCallStates']), item['toolCallState']].filter(isObject);
  const told = states.map((state) => ({
    ...asked(state['toolCall'], state['toolCallId']),
    ...(OUTCOMES[textOf(state['status']) ?? ''] ?? WAITS),
    output: printed(state['output']),
  }));
  const known = new Set(told.map(({ callId }) => callId));
  const others = arrayOf(at(item, 'message', 'toolCalls')).map((call) => ({ ...asked(call, undefined), ...WAITS }));
  return [...told, ...others.filter(({ callId }) => !known.has(callId))];
}

function asked(call: unknown, id: unknown): Pick<ToolCallFacts, 'name' | 'callId' | 'arguments'> {
  return {
    name: textOf(at(call, 'function', 'name')) ?? 'unknown',
    callId: textOf(at(call, 'id')) ?? textOf(id),
    arguments: readArguments(at(call, 'function', 'arguments')),
  };
}

/** Items of context that a tool gives. */
function printed(items: unknown): string | undefined {
  const texts = arrayOf(items).map((item) => textOf(at(item, 'content')) ?? '');
  return texts.length === 0 ? undefined : texts.join('\n');
}

/** It may be of any session: by an episode of its own it is that of the session which has the same call, and of no other. */
function usage(doc: JsonObject, record: RawRecord, { calls, path }: State): readonly Event[] {
  const callId = textOf(doc['toolCallId']);
  const end = instantOf(doc['timestamp']);
  const refused = doc['accepted'] === false;
  return calls.open(undefined, {
    ...placed(record, `${pathStem(path)}/${callId ?? `line:${record.ref.line}`}`),
    callId,
    name: textOf(doc['functionName']) ?? 'unknown',
    arguments: readArguments(doc['toolCallArgs']),
    end,
    executed: refused ? 'no' : doc['succeeded'] === true ? 'yes' : 'unknown',
    status: refused ? 'cancelled' : doc['succeeded'] === true ? 'completed' : 'failed',
    output: printed(doc['output']),
  });
}
