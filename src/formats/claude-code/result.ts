import { at, type JsonObject, numberOf } from '../../core/json/json.ts';
import type { Instant } from '../../core/time/instant.ts';
import { contentText, type SessionCalls } from '../../core/tools/session.ts';
import { startedTask } from './tasks.ts';

/**
 * Nobody ran it: the user, a rule, a hook or the program itself said no. Only how the text begins tells: what a command printed may say
 * the same of something else, and before `Exit code` was written it stood there alone.
 */
const REFUSED = new RegExp(
  `^(?:<tool_use_error>|Error:|\\s)*(?:${[
    "The user doesn't want to (?:proceed|take this action)",
    '(?:The )?(?:user|tool use|agent)[^\\n]{0,40} (?:was )?rejected',
    "Claude requested permissions? to [\\s\\S]{0,2000}you haven't granted",
    'Permission to use \\S+ [\\s\\S]{0,2000}(?:has been )?denied',
    'Permission for this action has been denied',
    '(?:This|The|Command)\\b[^\\n]{0,160}requires? approval',
    '[^\\n]{0,300} was blocked(?: by a deny rule|\\. For security, Claude Code may only)',
    '(?:PreToolUse|PermissionRequest):\\S+ (?:\\[[^\\]]*\\] )?hook (?:\\w+ )*(?:error|blocked|denied)',
    'PreToolUse:\\S+ \\[.*\\] (?:blocked|denied|failed)',
    '(?:Hook )?PreToolUse\\S* (?:hook )?(?:denied|blocked)',
    '(?:\\w+ operation )?blocked by (?:a )?(?:PreToolUse )?hook\\b',
    'Execution stopped by PreToolUse hook',
    'No such tool available',
    'InputValidationError',
  ].join('|')})|^\\s*<tool_use_error>(?!Error calling tool)`,
  'i',
);

/** Taken back when a call beside it failed, or by the user, or failed in the program itself: nobody says whether it had begun. */
const TAKEN_BACK =
  /^(?:<tool_use_error>)?(?:Sibling tool call errored|Error calling tool|Cancelled: parallel tool call|\[Request interrupted by user for tool use\])/;

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
  const handle = startedTask(detail, output);
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
