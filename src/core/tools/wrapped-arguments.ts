import { isObject } from '../json/json.ts';
import { readArguments, type ToolArguments } from './arguments.ts';

/** Where frameworks put the arguments: one level down. Best first: LangChain's `kwargs` may hold no more than a colour. */
const WRAPPERS = ['inputs', 'tool_input', 'input_str', 'kwargs', 'args', 'parameters', 'input', 'arguments'] as const;
/** CrewAI hands its tracers what the model wrote, the tool, and the call with its arguments. */
const CREW_CALL = 'calling';
const WRAPPING: ReadonlySet<string> = new Set([...WRAPPERS, CREW_CALL]);

/** `{"input": "{...}"}`, `{"args": [...], "kwargs": {...}}`: what stands inside, or the only argument that has no name. */
export function unwrapped(args: ToolArguments | undefined): ToolArguments | undefined {
  const value = args?.value;
  // A look at what is there is faster than one for each name: mostly it is a command alone.
  if (args === undefined || !isObject(value) || !Object.keys(value).some((key) => WRAPPING.has(key))) return args;
  const called = value[CREW_CALL];
  const given = isObject(called) ? innerOf(called['arguments']) : undefined;
  if (isObject(given)) return { ...args, value: given };
  for (const key of WRAPPERS) {
    const inner = innerOf(value[key]);
    if (isObject(inner) && Object.keys(inner).length > 0) return { ...args, value: inner };
  }
  const [only, ...others] = Array.isArray(value['args']) && 'kwargs' in value ? value['args'] : [];
  return typeof only === 'string' && others.length === 0 ? { ...args, value: only } : args;
}

function innerOf(inner: unknown): unknown {
  return typeof inner === 'string' && /^\s*'?\{/.test(inner)
    ? readArguments(inner.replace(/^'|'$/g, ''))?.value
    : inner;
}
