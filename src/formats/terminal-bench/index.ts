import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { type Instant, instantOf, shifted } from '../../core/time/instant.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { fileStem } from '../../core/tools/session.ts';
import { CallCounter, episodeEvent, SESSION_SLACK, toolCallEvent } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Docker's default host name is the short container id. */
const PROMPT = /\b\w+@([0-9a-f]{12}):/;

/** Cursor keys, bracketed paste and other control sequences of the terminal. */
const ESCAPE = new RegExp(`${String.fromCharCode(27)}(?:\\[[0-9;?]*[A-Za-z~]|O[A-Z])`, 'g');

/** terminal-bench (2025): `results.json` of a trial and the asciinema cast of its terminal. */
export const terminalBench: Format = {
  id: 'terminal-bench',
  title: 'terminal-bench results and asciinema casts',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: 'cast: header `timestamp` (epoch s) plus seconds since then; results: ISO',
  traps: [
    'only typed lines are commands: an installed agent types its launch line and nothing else',
    'a cast has no end of a command',
  ],
  claims,
  open: openRecording,
};

function claims({ json }: SniffRecord): Sniff {
  if (Array.isArray(json)) {
    const [at, code, data] = json as readonly unknown[];
    const row = json.length === 3 && typeof at === 'number' && typeof code === 'string' && /^[iomrx]$/.test(code);
    return row && typeof data === 'string' ? yes(0.95, 'cast row') : no('no cast row');
  }
  if (!isObject(json)) return no('neither row nor object');
  if ('trial_name' in json && 'is_resolved' in json) return yes(0.97, 'trial_name and is_resolved');
  if (isObject(arrayOf(json['results'])[0]) && 'n_resolved' in json) return yes(0.95, 'results of a run');
  const cast = (json['version'] === 2 || json['version'] === 3) && ('width' in json || 'term' in json);
  return cast ? yes(0.95, 'cast header') : no('neither cast nor result');
}

interface State {
  readonly episodeId: string;
  readonly calls: CallCounter;
  header: Instant | undefined;
  version: number;
  elapsed: number;
  typed: string;
  typedAt: number | undefined;
  typedRef: RawRecord | undefined;
  containerId: string | undefined;
  first: RawRecord | undefined;
}

function openRecording(context: DecodeContext): Decoder {
  const state: State = {
    episodeId: trialOf(context.path),
    calls: new CallCounter(),
    header: undefined,
    version: 2,
    elapsed: 0,
    typed: '',
    typedAt: undefined,
    typedRef: undefined,
    containerId: undefined,
    first: undefined,
  };
  return { decode: (record) => decode(record, state), flush: () => castEpisode(state) };
}

/** `<run>/<task>/<trial>/sessions/agent.cast` belongs to its trial. */
function trialOf(path: string): string {
  return /(?:^|\/)([^/]+)\/sessions\/[^/]+\.cast$/.exec(path)?.[1] ?? fileStem(path);
}

function decode(record: RawRecord, state: State): Decoded {
  const json = tryJson(record.text);
  if (Array.isArray(json)) return readRow(json as readonly unknown[], record, state);
  if (!isObject(json)) return failed('not JSON');
  if (typeof json['version'] === 'number') {
    state.version = json['version'];
    state.header = instantOf(json['timestamp']);
    state.first = record;
    return skipped('cast header');
  }
  const trials = arrayOf(json['results']).filter(isObject);
  const events = (trials.length > 0 ? trials : [json]).flatMap((trial) => trialEvents(trial, record));
  return events.length > 0 ? decoded(...events) : failed('no trial');
}

function trialEvents(trial: JsonObject, record: RawRecord): readonly Event[] {
  const episodeId = textOf(trial['trial_name']);
  if (episodeId === undefined) return [];
  const resolved = trial['is_resolved'];
  return [
    episodeEvent({
      format: 'terminal-bench',
      clock: 'results',
      ref: record.ref,
      episodeId,
      task: textOf(trial['task_id']),
      prompts: promptsOf(textOf(trial['instruction']), record.ref),
      reward: typeof resolved === 'boolean' ? Number(resolved) : undefined,
      outcome: textOf(trial['failure_mode']),
      start: instantOf(trial['agent_started_at']) ?? instantOf(trial['trial_started_at']),
      end: instantOf(trial['agent_ended_at']) ?? instantOf(trial['trial_ended_at']),
      observed: record.observed,
    }),
  ];
}

function readRow(row: readonly unknown[], record: RawRecord, state: State): Decoded {
  const seconds = numberOf(row[0]);
  const data = row[2];
  if (seconds === undefined || typeof data !== 'string') return failed('not a cast row');
  state.elapsed = state.version === 3 ? state.elapsed + seconds : seconds;
  if (row[1] === 'o') {
    state.containerId ??= PROMPT.exec(data)?.[1];
    return skipped('output');
  }
  if (row[1] !== 'i') return skipped('marker or resize');
  const out: Event[] = [];
  for (const piece of data.split(/(\r\n|\r|\n)/)) out.push(...type(piece, record, state));
  return decoded(...out);
}

/** Collects typed text; Enter ends a command, backspace undoes, Ctrl-C drops the line. */
function type(piece: string, record: RawRecord, state: State): readonly Event[] {
  if (piece === '') return [];
  if (/^[\r\n]+$/.test(piece)) return enter(state);
  if (state.typedAt === undefined) {
    state.typedAt = state.elapsed;
    state.typedRef = record;
  }
  for (const c of piece.replace(ESCAPE, '')) {
    if (c === '\u007f' || c === '\b') state.typed = state.typed.slice(0, -1);
    else if (c === '\u0003' || c === '\u0015') state.typed = '';
    else state.typed += c;
  }
  return [];
}

function enter(state: State): readonly Event[] {
  const command = state.typed.trim();
  const record = state.typedRef;
  state.typed = '';
  state.typedAt = undefined;
  if (command === '' || record === undefined) return [];
  return [
    toolCallEvent({
      format: 'terminal-bench',
      clock: 'cast',
      ref: record.ref,
      episodeId: state.episodeId,
      index: state.calls.next(state.episodeId),
      name: 'terminal',
      command,
      start: state.header === undefined ? undefined : shifted(state.header, state.elapsed * 1_000_000),
      slack: SESSION_SLACK,
      executed: 'yes',
      containerId: state.containerId,
      trust: 'outside',
      observed: record.observed,
    }),
  ];
}

function castEpisode(state: State): readonly Event[] {
  if (state.first === undefined) return [];
  return [
    episodeEvent({
      format: 'terminal-bench',
      clock: 'cast',
      ref: state.first.ref,
      episodeId: state.episodeId,
      containerId: state.containerId,
      start: state.header,
      end: state.header === undefined ? undefined : shifted(state.header, state.elapsed * 1_000_000),
    }),
  ];
}
