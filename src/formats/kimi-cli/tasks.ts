import { at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { contentText } from '../../core/tools/session.ts';

/** A notification of a task in the background, as it is handed to the model in place of what the user types. */
const NOTIFICATION = /^\s*<notification [^>]*\btype="task\.(\w+)"[^>]*\bsource_id="([^"]+)"/;
const GOES_ON = /^(?:started|running|progress|output|updated)$/;

/** The task as which a call goes on behind its result. */
export function startedTask(output: string | undefined): string | undefined {
  return /^task_id: (\S+)\n/.exec(output ?? '')?.[1];
}

/** The task whose end a line tells. */
export function endedTask(line: JsonObject): string | undefined {
  const message = line['message'];
  const said = contentText(line['input'] ?? at(message, 'content'));
  const [, what = '', task] = NOTIFICATION.exec(said ?? '') ?? [];
  return GOES_ON.test(what) ? undefined : task;
}

/** The same of a message of 2025's wire. */
export function notifiedEnd(payload: unknown): string | undefined {
  const [, what] = /^task\.(\w+)$/.exec(textOf(at(payload, 'type')) ?? '') ?? [];
  const isTask = isObject(payload) && payload['source_kind'] === 'background_task';
  return !isTask || what === undefined || GOES_ON.test(what) ? undefined : textOf(payload['source_id']);
}
