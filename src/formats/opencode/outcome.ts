import { at, numberOf, textOf } from '../../core/json/json.ts';
import type { ToolCallFacts } from '../../core/tools/tool-call.ts';

/** Before it began: the user or a rule said no. */
const REFUSED =
  /^(?:Error: )?(?:The user (?:rejected permission|has specified a rule which prevents|dismissed)|Permission denied: \w+$|This non-interactive run cannot ask)/i;
/** Types of errors of calls that never began. */
const NEVER_BEGUN = /^(?:permission\.rejected|tool\.input-json)$/;
/** On its way, or while it waited for permission. */
const STOPPED = /\b(?:aborted|interrupted|cancelled)\b/i;

interface Said {
  /** What the error says; undefined where the call did not fail. */
  readonly failure: string | undefined;
  /** Type of the error, where it has one. */
  readonly kind?: string | undefined;
  readonly exit: number | undefined;
}

/** Whether a call ran and how it ended, after what its error says. */
export function outcomeOf({ failure, kind = '', exit }: Said): Pick<ToolCallFacts, 'executed' | 'status' | 'exit'> {
  const said = exit === undefined ? {} : { exit };
  if (failure !== undefined && (REFUSED.test(failure) || NEVER_BEGUN.test(kind)))
    return { ...said, executed: 'no', status: 'cancelled' };
  if (failure !== undefined && STOPPED.test(`${kind} ${failure.slice(0, 200)}`))
    return { ...said, executed: 'unknown', status: 'cancelled' };
  return { ...said, executed: 'yes', status: failure !== undefined || (exit ?? 0) !== 0 ? 'failed' : 'completed' };
}

/** What a tool says of itself; printed lines of OpenCode 2 hold it one step deeper. */
function told(metadata: unknown, key: string): unknown {
  return at(metadata, key) ?? at(metadata, 'metadata', key);
}

export function exitOf(metadata: unknown): number | undefined {
  return numberOf(told(metadata, 'exit'));
}

/** A shell whose tool has answered, and that has not ended. */
export function runsOn(metadata: unknown): boolean {
  const hasShell = textOf(told(metadata, 'shellID')) !== undefined;
  return hasShell && exitOf(metadata) === undefined && told(metadata, 'timeout') !== true;
}
