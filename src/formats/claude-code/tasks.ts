import { at, textOf } from '../../core/json/json.ts';

const TASK_ID = /<task-id>\s*([^<\s]+)\s*<\/task-id>/;
/** A watch (`Monitor`) that was given a time: its last event says that it is over. */
const RAN_OUT = /<event>\s*\[Monitor (?:timed out|expired)\b/;

/** What says that a command goes on in the background, by the program's own words at the beginning of a result. */
const LEFT_RUNNING = [
  /^Command running in background with ID: (\S+?)\.?(?:\s|$)/,
  /^Command did not complete within its [^\n]{1,40} timeout and was moved to the background \(ID: ([\w-]+)\)/,
  /^Monitor started \(task ([\w-]+)[,)]/,
];

/**
 * The task whose end a notification tells. Without a status it is none: an event of a watch that goes on, or a command that seems to
 * wait for input.
 */
export function endedTask(text: string | undefined): string | undefined {
  const id = TASK_ID.exec(text ?? '')?.[1];
  return id !== undefined && (/<status>/.test(text ?? '') || RAN_OUT.test(text ?? '')) ? id : undefined;
}

/** Under which name a call goes on behind its result. */
export function startedTask(detail: unknown, output: string | undefined): string | undefined {
  const named =
    textOf(at(detail, 'backgroundTaskId')) ??
    (at(detail, 'status') === 'async_launched' ? textOf(at(detail, 'agentId')) : undefined);
  if (named !== undefined) return named;
  for (const pattern of LEFT_RUNNING) {
    const id = pattern.exec(output ?? '')?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}
