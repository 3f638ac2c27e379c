import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { promptsOf, taskPrompt } from '../../core/tools/prompts.ts';
import { fileStem, jsonDecoder } from '../../core/tools/session.ts';
import { episodeEvent, SESSION_SLACK, toolCallEvent } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** SWE-agent trajectories: every command, no clock at all. */
export const sweAgent: Format = {
  id: 'swe-agent',
  title: 'SWE-agent .traj',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: 'none; absolute times stand only in the `.log` files beside it',
  traps: ['commands can be matched by what they name, never by time'],
  claims,
  open: (context) => jsonDecoder((doc, record) => read(doc, record, context)),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  const first = arrayOf(json['trajectory'])[0];
  if (!isObject(first) || !('action' in first) || !('observation' in first)) return no('no trajectory of actions');
  return yes(0.97, 'trajectory of action and observation');
}

function read(doc: JsonObject, record: RawRecord, context: DecodeContext): readonly Event[] | Decoded {
  const steps = arrayOf(doc['trajectory']).filter(isObject);
  if (steps.length === 0) return skipped('no trajectory');
  const episodeId = textOf(doc['instance_id']) ?? fileStem(context.path);
  const base = { format: 'swe-agent', clock: 'none', ref: record.ref, episodeId };
  const out: Event[] = steps.map((step, index) => {
    const action = textOf(step['action'])?.replace(/\n+$/, '');
    return toolCallEvent({
      ...base,
      index,
      name: 'action',
      command: action,
      output: textOf(step['observation']),
      cwd: workingFolder(step['state']),
      slack: SESSION_SLACK,
      executed: action === undefined ? 'no' : 'yes',
      trust: 'outside',
      observed: record.observed,
    });
  });
  const outcome = textOf(at(doc, 'info', 'exit_status'));
  const task = /^(?:.*\/)?([^/]+)\.traj(?:\.json)?$/.exec(context.path)?.[1];
  // The history begins with the problem statement; a demonstration before it is marked.
  const history = arrayOf(doc['history']).filter((message) => at(message, 'is_demo') !== true);
  const prompts = promptsOf(textOf(doc['problem_statement']), record.ref) ?? taskPrompt(history, record.ref);
  out.push(episodeEvent({ ...base, agent: 'swe-agent', outcome, task, prompts, observed: record.observed }));
  return out;
}

function workingFolder(state: unknown): string | undefined {
  if (isObject(state)) return textOf(state['working_dir']);
  return typeof state === 'string' ? /"working_dir": ?"([^"]+)"/.exec(state)?.[1] : undefined;
}
