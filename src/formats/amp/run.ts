import { at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { contentText } from '../../core/tools/session.ts';
import type { ToolCallFacts } from '../../core/tools/tool-call.ts';
import { wordTable } from '../../core/word-table.ts';

type Outcome = Pick<ToolCallFacts, 'executed' | 'status'>;

/** What a run came to. One that was cancelled may have waited for the user, and one that failed may never have begun. */
const OUTCOMES = wordTable<Outcome>({
  done: { executed: 'yes', status: 'completed' },
  error: { executed: 'unknown', status: 'failed' },
  cancelled: { executed: 'unknown', status: 'cancelled' },
  'rejected-by-user': { executed: 'no', status: 'cancelled' },
});
const GOES_ON: Outcome = { executed: 'unknown', status: 'incomplete' };

/** What a `tool_result` block says of its call. */
export function runOf(block: JsonObject): Partial<ToolCallFacts> {
  const { run } = block;
  if (!isObject(run)) return plainResult(block);
  const { result } = run;
  const exit = numberOf(at(result, 'exitCode'));
  const output =
    outputOf(result) ?? textOf(at(run, 'error', 'message')) ?? textOf(run['error']) ?? textOf(run['reason']);
  const outcome = OUTCOMES[textOf(run['status']) ?? ''] ?? GOES_ON;
  return {
    ...outcome,
    // What has an exit code did run.
    ...(exit === undefined ? {} : { exit, executed: 'yes', ...(exit === 0 ? {} : { status: 'failed' }) }),
    ...(output === undefined ? {} : { output }),
  };
}

function outputOf(result: unknown): string | undefined {
  const said = at(result, 'output') ?? result;
  if (said === undefined || said === null) return undefined;
  return contentText(said) ?? (isObject(said) ? JSON.stringify(said) : textOf(said));
}

/** As Anthropic's interface writes it. */
function plainResult(block: JsonObject): Partial<ToolCallFacts> {
  const output = contentText(block['content']);
  const status = block['is_error'] === true ? 'failed' : 'completed';
  return { executed: 'yes', status, ...(output === undefined ? {} : { output }) };
}
