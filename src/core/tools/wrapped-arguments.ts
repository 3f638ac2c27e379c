import { isObject, tryJson } from '../json/json.ts';
import type { ToolArguments } from './arguments.ts';

/** Where OpenLLMetry, LangChain and OpenInference put the arguments: one level down. Best first. */
const WRAPPERS = ['inputs', 'kwargs', 'tool_input', 'input_str', 'args', 'parameters', 'input', 'arguments'] as const;
const WRAPPING: ReadonlySet<string> = new Set(WRAPPERS);

export function unwrapped(args: ToolArguments | undefined): ToolArguments | undefined {
  const value = args?.value;
  // A look at what is there is faster than one for each name: mostly it is a command alone.
  if (args === undefined || !isObject(value) || !Object.keys(value).some((key) => WRAPPING.has(key))) return args;
  for (const key of WRAPPERS) {
    const inner = value[key];
    if (isObject(inner)) return { ...args, value: inner };
    const parsed = typeof inner === 'string' ? tryJson(inner.replace(/^'|'$/g, '')) : undefined;
    if (isObject(parsed)) return { ...args, value: parsed };
  }
  return args;
}
