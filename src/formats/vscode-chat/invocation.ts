import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { instantOf, shifted } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { BACKGROUND_UNKNOWN, type ToolCallFacts } from '../../core/tools/tool-call.ts';

/** `ToolConfirmKind`: what nobody allowed, or the user passed over, did not run. */
const REFUSED = new Set([0, 5]);

/** What a serialised tool invocation says of its call; it comes again, whole, whenever it has changed. */
export function factsOf(item: JsonObject): Partial<ToolCallFacts> & Pick<ToolCallFacts, 'name' | 'executed'> {
  const data = item['toolSpecificData'];
  const exit = numberOf(at(data, 'terminalCommandState', 'exitCode'));
  const command = commandOf(data);
  const isRefused = exit === undefined && refused(item['isConfirmed']);
  const isComplete = item['isComplete'] === true || exit !== undefined;
  const isFailed = (exit ?? 0) !== 0 || at(item, 'resultDetails', 'isError') === true;
  const output = textOf(at(data, 'terminalCommandOutput', 'text')) ?? printed(item['resultDetails']);
  return {
    name: textOf(item['toolId']) ?? 'unknown',
    arguments: readArguments(givenTo(item, command)),
    executed: isRefused ? 'no' : isComplete ? 'yes' : 'unknown',
    status: isRefused ? 'cancelled' : !isComplete ? 'incomplete' : isFailed ? 'failed' : 'completed',
    ...windowOf(at(data, 'terminalCommandState')),
    ...(command === undefined ? {} : { command }),
    ...(exit === undefined ? {} : { exit }),
    ...(output === undefined ? {} : { output }),
    ...(runsOn(data) ? { background: BACKGROUND_UNKNOWN } : {}),
    cwd: textOf(at(data, 'cwd', 'fsPath')) ?? textOf(at(data, 'cwd', 'path')) ?? textOf(at(data, 'cwd')),
  };
}

function refused(confirmed: unknown): boolean {
  if (confirmed === false) return true;
  const kind = numberOf(at(confirmed, 'type'));
  return kind !== undefined && REFUSED.has(kind);
}

/** The line as it was run: the user, or the tool, may have changed what the model asked for. */
function commandOf(data: unknown): string | undefined {
  const line = at(data, 'commandLine');
  const edited = textOf(at(line, 'userEdited')) || textOf(at(line, 'toolEdited'));
  return edited || textOf(at(line, 'original')) || textOf(line) || textOf(at(data, 'command'));
}

/** Of tools that are no terminal only what the editor shows of the call is kept, and the input of some. */
function givenTo(item: JsonObject, command: string | undefined): unknown {
  if (command !== undefined) return { command };
  const input = textOf(at(item, 'resultDetails', 'input'));
  if (input !== undefined && input !== '') return input;
  const shown = textOf(at(item, 'invocationMessage', 'value')) ?? textOf(item['invocationMessage']);
  return shown === undefined ? undefined : { message: shown };
}

function printed(details: unknown): string | undefined {
  const output = at(details, 'output');
  if (typeof output === 'string') return output;
  const texts = arrayOf(output).flatMap((part) => textOf(at(part, 'value')) ?? []);
  return texts.length === 0 ? undefined : texts.join('\n');
}

/**
 * A command that is over is stamped with its end and how long it took (`promoteToFullCommand`); one that is not, with the moment at which
 * the editor showed it.
 */
function windowOf(state: unknown): Partial<ToolCallFacts> {
  const stamp = instantOf(at(state, 'timestamp'));
  const lastedMs = numberOf(at(state, 'duration'));
  if (stamp === undefined) return {};
  if (lastedMs === undefined) return { start: stamp, startBasis: 'inferred' };
  return { start: shifted(stamp, -lastedMs * 1000), startBasis: 'end-minus-duration', end: stamp };
}

function runsOn(data: unknown): boolean {
  return isObject(data) && (data['isBackground'] === true || data['didContinueInBackground'] === true);
}
