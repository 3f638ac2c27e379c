import type { Instant } from '../../core/instant.ts';
import { at, type JsonObject, numberOf, textOf } from '../../core/json.ts';
import { contentText, type SessionCalls } from '../../core/session.ts';

/** Nobody ran it: the user, a rule, a hook or the program itself said no. */
const REFUSED = new RegExp(
  [
    "user doesn't want to (?:proceed|take this action)",
    'was rejected',
    "requested permissions? to .*you haven't granted",
    'Permission to use \\S+ .*(?:has been )?denied',
    'Permission for this action has been denied',
    'requires? approval',
    'was blocked(?: by a deny rule|\\. For security, Claude Code may only)',
    'hook (?:error|blocked)',
    'Blocked by hook',
    'stopped by \\w+ hook',
    'No such tool available',
    'InputValidationError',
    'tool_use_error',
  ].join('|'),
  'i',
);

/** Taken back when a call beside it failed, or by the user: nobody says whether it had begun. */
const TAKEN_BACK =
  /^(?:<tool_use_error>)?(?:Sibling tool call errored|Cancelled: parallel tool call|\[Request interrupted by user for tool use\])/;

/** What a `tool_result` says of its call. */
export function resultOf(
  block: JsonObject,
  detail: unknown,
  end: Instant | undefined,
): Parameters<SessionCalls['close']>[1] {
  const output = contentText(block['content']);
  const failedCall = block['is_error'] === true;
  const exit = numberOf(/^(?:Error: )?Exit code (\d+)/.exec(output ?? '')?.[1]);
  const takenBack = TAKEN_BACK.test(output ?? '');
  // What has an exit code did run, whatever it printed.
  const refused = failedCall && exit === undefined && !takenBack && REFUSED.test(output?.slice(0, 2000) ?? '');
  const handle =
    textOf(at(detail, 'backgroundTaskId')) ??
    /^Command running in background with ID: (\S+?)\.?(?:\s|$)/.exec(output ?? '')?.[1];
  return {
    end,
    executed: refused ? 'no' : takenBack ? 'unknown' : 'yes',
    status: refused
      ? 'cancelled'
      : at(detail, 'interrupted') === true
        ? 'timeout'
        : failedCall
          ? 'failed'
          : 'completed',
    ...(output === undefined ? {} : { output }),
    ...(exit === undefined ? {} : { exit }),
    ...(handle === undefined ? {} : { background: { handle } }),
  };
}
