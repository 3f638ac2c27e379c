import type { Said } from '../../model/call-cutter.ts';
import { commandOf, readQuotedArguments, type ToolArguments } from './arguments.ts';
import { mayRunOn } from './background.ts';
import { unwrapped } from './wrapped-arguments.ts';

/** Arguments of a tool as they stand between the quotes of a string in JSON. */
export function quotedArguments(body: string): ToolArguments | undefined {
  return unwrapped(readQuotedArguments(body));
}

/** What a tool of some name is told by such arguments. */
export function saidInQuotes(tool: string, body: string): Said {
  return saidBy(tool, quotedArguments(body));
}

/** The same; undefined where anything else about its call follows from them. */
export function plainlySaid(tool: string, body: string): Said | undefined {
  const args = quotedArguments(body);
  if (args === undefined || args.truncated !== undefined) return undefined;
  const said = saidBy(tool, args);
  return mayRunOn(args.value, said.command) ? undefined : said;
}

function saidBy(tool: string, args: ToolArguments | undefined): Said {
  const command = args === undefined ? undefined : commandOf(tool, args.value);
  const argumentsText = args?.text;
  if (command === undefined) return argumentsText === undefined ? {} : { argumentsText };
  return argumentsText === undefined ? { command } : { command, argumentsText };
}
