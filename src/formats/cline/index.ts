import { no, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, textOf } from '../../core/json/json.ts';
import { EpisodeWindows, fileStem, jsonDecoder, SessionCalls } from '../../core/tools/session.ts';
import type { DecodeContext, Format, Sniff, SniffRecord } from '../../model/format.ts';
import { isApiMessage, readApiMessage } from './history.ts';
import { isUiMessage, readUiMessage, type State } from './ui.ts';

/** Cline, Roo Code, Kilo Code: `ui_messages.json` and `api_conversation_history.json` of a task, and what `cline --json` prints. */
export const cline: Format = {
  id: 'cline',
  title: 'Cline and Roo Code tasks',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: '`ts`, epoch ms: a call is shown before it is approved, and is over when the model is asked again',
  traps: [
    'both files tell the same calls; those of `ui_messages.json` have no ids',
    'an approval is not written: without output a call may not have run',
    'older files of the conversation have no times',
  ],
  claims,
  open: (context) => {
    const state: State = {
      calls: new SessionCalls(),
      episodes: new EpisodeWindows(),
      episodeId: taskOf(context),
      open: undefined,
      count: 0,
    };
    return jsonDecoder(
      (doc, record) => (isUiMessage(doc) ? readUiMessage(doc, record, state) : readApiMessage(doc, record, state)),
      () => [...state.calls.flush(), ...state.episodes.flush()],
    );
  },
};

/** `tasks/<id>/ui_messages.json` */
function taskOf({ path }: DecodeContext): string {
  return (
    /([^/\\]+)[/\\](?:ui_messages|api_conversation_history|claude_messages)\.json/.exec(path)?.[1] ?? fileStem(path)
  );
}

function claims({ json }: SniffRecord): Sniff {
  if (isUiMessage(json)) return yes(0.96, 'ts and ask or say');
  if (isObject(json) && json['type'] === 'task_started' && 'taskId' in json) return yes(0.9, 'task_started');
  if (!isApiMessage(json)) return no('no message of Cline');
  const isTelling = arrayOf(at(json, 'content')).some((part) =>
    /^<(?:task|environment_details)>/.test(textOf(at(part, 'text')) ?? ''),
  );
  return isTelling ? yes(0.96, 'message with environment_details') : yes(0.8, 'message with ts and content');
}
