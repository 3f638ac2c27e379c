import type { ToolCallEvent } from '../../model/event.ts';

/** The command was on its way: the shell tool says so, with what was printed until then. */
const STOPPED = /^Command was (?:automatically )?cancelled\b/i;
const NOT_ALLOWED = /\b(?:did not allow|denied|rejected|declined|not (?:allowed|approved|permitted))\b/i;

/** Whatever the status: what says that it was cancelled. */
export function isCancelled(output: string | undefined): boolean {
  return output !== undefined && (STOPPED.test(output) || /^\[Operation Cancelled\]/i.test(output));
}

/**
 * Whether a call ran that was cancelled, as the agents of Gemini CLI's family word it. A user who stops the agent cancels what waits
 * for approval and what is running alike: only a reason that names a refusal says that it did not begin.
 */
export function executedThoughCancelled(output: string | undefined): ToolCallEvent['executed'] {
  if (output === undefined) return 'unknown';
  if (STOPPED.test(output)) return 'yes';
  return NOT_ALLOWED.test(reasonOf(output)) ? 'no' : 'unknown';
}

/** What the command printed is no reason. */
function reasonOf(output: string): string {
  return output.split('\n', 1)[0]?.slice(0, 300) ?? '';
}
