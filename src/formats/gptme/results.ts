import { numberOf } from '../../core/json/json.ts';
import type { ToolCallFacts } from '../../core/tools/tool-call.ts';

/** How gptme's shell begins its answers (`gptme/tools/shell.py`). */
const SHELL_RESULT =
  /^(?:Ran (?:allowlisted )?command|Command (?:timed out|interrupted)|Command denied|Started background job)\b/;
const OTHER_RESULT =
  /^(?:Executed code block|Saved to|Appended to|Patch (?:successfully )?applied|Error (?:executing tool|during execution)|Operation aborted|Aborted)\b/;
const REFUSED = /^(?:Command denied|Operation (?:aborted|skipped|declined)|Aborted)\b/;

export function isShellResult(content: string): boolean {
  return SHELL_RESULT.test(content);
}

/** Whether a message of the system is what a tool says. */
export function isToolResult(content: string): boolean {
  return SHELL_RESULT.test(content) || OTHER_RESULT.test(content);
}

/** What such a message says of its call. */
export function outcomeOf(content: string): Partial<ToolCallFacts> {
  if (REFUSED.test(content)) return { executed: 'no', status: 'cancelled', output: content };
  const exit = numberOf(/^Return code: (-?\d+)$/m.exec(content)?.[1]);
  const isLate = /^Command timed out\b/.test(content);
  const isStopped = /^Command interrupted\b/.test(content);
  const isFailed = (exit ?? 0) !== 0 || /^Error\b/.test(content);
  return {
    executed: 'yes',
    status: isLate ? 'timeout' : isStopped ? 'cancelled' : isFailed ? 'failed' : 'completed',
    output: content,
    ...(exit === undefined ? {} : { exit }),
    ...(/^Started background job\b/.test(content) ? { background: {} } : {}),
  };
}
