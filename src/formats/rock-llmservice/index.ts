import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseEpoch } from '../../core/time/time.ts';
import { completionCalls } from '../../core/tools/model-calls.ts';
import { TurnWindows } from '../../core/tools/turn-windows.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const START = /^LLM_(REQUEST|RESPONSE)_START/;

/** ROCK's model service log: the best clock of tool calls, but the agent can write it. */
export const rockLlmservice: Format = {
  id: 'rock-llmservice',
  title: 'ROCK model service log (LLMService.log)',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: '`timestamp` after the end marker: epoch ms; tools of turn n run between RESPONSE(n) and REQUEST(n+1)',
  traps: [
    'contents may hold the marker strings: the last end marker of a line counts',
    'the index restarts with the service; the last turn has no end',
    'no sandbox id inside: it is the directory name',
    'the file lies in the sandbox, where the agent can write',
  ],
  claims,
  open: (context, held) => {
    const turns = held instanceof TurnWindows ? held : new TurnWindows('rock-llmservice', 'timestamp', context);
    return { decode: (record) => decode(record, turns), flush: () => turns.close(undefined, []), held: () => turns };
  },
};

function claims({ text }: SniffRecord): Sniff {
  if (START.test(text) && /LLM_RE(?:QUEST|SPONSE)_END\{/.test(text)) return yes(0.99, 'LLM_REQUEST/RESPONSE markers');
  return text.trim() === 'SESSION_END' ? yes(0.9, 'SESSION_END') : no('no marker');
}

function decode(record: RawRecord, turns: TurnWindows): Decoded {
  const { text, ref } = record;
  if (text.trim() === 'SESSION_END') return decoded(...turns.close(undefined, []));
  const start = START.exec(text);
  if (start === null) return failed('no marker at the start of the line');
  const kind = start[1];
  const end = text.lastIndexOf(`LLM_${kind}_END{`);
  if (end < 0) return failed('no end marker');
  const tail = tryJson(text.slice(text.indexOf('{', end)));
  const stamp = parseEpoch(textOf(at(tail, 'timestamp')) ?? '');
  if (stamp === undefined) return failed('no timestamp after the end marker');
  const body = tryJson(text.slice(start[0].length, end));
  if (body === undefined) return failed('body is not JSON');
  if (kind === 'REQUEST') return decoded(...turns.request(stamp.at, at(body, 'messages'), ref));
  const calls = completionCalls(body);
  const events = turns.response(stamp.at, calls, ref, numberOf(at(tail, 'index')));
  return calls.length === 0 && events.length === 0 ? skipped('response without tool calls') : decoded(...events);
}
