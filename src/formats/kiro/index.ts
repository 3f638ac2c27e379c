import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Sessions of Kiro CLI (before: Amazon Q Developer CLI): what was said, one message a line. */
export const kiro: Format = {
  id: 'kiro',
  title: 'Kiro CLI sessions',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: '`meta.timestamp` of what the user typed, epoch seconds; calls have none of their own',
  traps: [
    'calls have no time: only that they came after one prompt and before the next',
    'the file lies where the agent can write',
  ],
  claims,
  open: openSession,
};

const KINDS = /^(?:Prompt|AssistantMessage|ToolResults|Compaction|Clear)$/;

function claims({ json }: SniffRecord): Sniff {
  const isLine = isObject(json) && isObject(json['data']) && KINDS.test(textOf(json['kind']) ?? '');
  return isLine && Array.isArray(at(json, 'data', 'content'))
    ? yes(0.96, 'kind and content of a session')
    : no('no line of Kiro');
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly episodeId: string;
}

function openSession({ path }: DecodeContext): Decoder {
  const state: State = { calls: new SessionCalls(), episodes: new EpisodeWindows(), episodeId: fileStem(path) };
  return sessionDecoder(state, read);
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const kind = textOf(doc['kind']) ?? 'unknown';
  const content = arrayOf(at(doc, 'data', 'content')).filter(isObject);
  const stamp = instantOf(at(doc, 'data', 'meta', 'timestamp'));
  const said = kind === 'Prompt' ? textsOf(content) : undefined;
  const { episodeId } = state;
  state.episodes.see(
    { format: 'kiro', clock: 'timestamp', episodeId, agent: 'kiro-cli', prompts: promptsOf(said, record.ref) },
    record.ref,
    stamp,
  );
  const blocks = (name: string): readonly JsonObject[] =>
    content
      .filter((block) => block['kind'] === name)
      .map((block) => block['data'])
      .filter(isObject);
  const used = blocks('toolUse');
  const results = blocks('toolResult');
  if (used.length + results.length === 0) return skipped(`${kind} without tools`);
  return [
    ...used.flatMap((use) => begin(use, record, state)),
    ...results.flatMap((result) => state.calls.close(textOf(result['toolUseId']) ?? '', resultOf(result))),
  ];
}

function textsOf(content: readonly JsonObject[]): string {
  return content
    .filter((block) => block['kind'] === 'text')
    .map((block) => textOf(block['data']) ?? '')
    .join('\n');
}

function begin(use: JsonObject, record: RawRecord, { calls, episodeId }: State): readonly Event[] {
  const callId = textOf(use['toolUseId']);
  return calls.open(callId, {
    format: 'kiro',
    clock: 'timestamp',
    ref: record.ref,
    episodeId,
    callId,
    name: textOf(use['name']) ?? 'unknown',
    arguments: readArguments(use['input']),
    slack: SESSION_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    host: record.host,
    containerId: record.containerId,
    trust: 'agent-writable',
    observed: record.observed,
  });
}

function resultOf(result: JsonObject): Partial<ToolCallFacts> {
  const blocks = arrayOf(result['content']).filter(isObject);
  const printed = blocks.map((block) => block['data']).find(isObject);
  const text = textsOf(blocks) || textOf(result['content']);
  const output = textOf(at(printed, 'stdout')) ?? (text === '' ? undefined : text);
  const exit = numberOf(/^exit status: (\d+)$/.exec(textOf(at(printed, 'exit_status')) ?? '')?.[1]);
  const isFailed = result['status'] === 'error' || (exit ?? 0) !== 0;
  return {
    executed: exit === undefined && isFailed ? 'unknown' : 'yes',
    status: isFailed ? 'failed' : 'completed',
    ...(exit === undefined ? {} : { exit }),
    ...(output === undefined ? {} : { output }),
  };
}
