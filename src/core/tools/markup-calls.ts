import { at, textOf, tryJson } from '../json/json.ts';
import { type ModelCall, modelCall } from './model-calls.ts';

/** One way in which models write calls into their text. */
interface Dialect {
  readonly open: string;
  readonly close: string;
  read(body: string): ModelCall | undefined;
}

/**
 * Hermes and Qwen (JSON), Qwen3-Coder (`<function=`), GLM-4.5 (`<arg_key>`), MiniMax-M2 (`<invoke>`), OpenHands' and SWE-agent's prompts
 * (`<function=` alone), DeepSeek-V3 and Kimi-K2, as the chat templates of these models write them.
 */
const DIALECTS: readonly Dialect[] = [
  { open: '<tool_call>', close: '</tool_call>', read: block },
  { open: '<minimax:tool_call>', close: '</minimax:tool_call>', read: block },
  { open: '<function=', close: '</function>', read: (body) => functionCall(`<function=${body}`) },
  { open: '<｜tool▁call▁begin｜>', close: '<｜tool▁call▁end｜>', read: deepSeekCall },
  { open: '<|tool_call_begin|>', close: '<|tool_call_end|>', read: kimiCall },
];

const OPENING = new RegExp(DIALECTS.map(({ open }) => open.replace(/[|]/g, '\\|')).join('|'), 'g');

/** Calls in the markup of a model's text, in order; a missing closing tag is tolerated, as the writer does. */
export function markupCalls(text: string): readonly ModelCall[] {
  const calls: ModelCall[] = [];
  const opening = new RegExp(OPENING);
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const dialect = DIALECTS.find(({ open }) => open === found?.[0]);
    if (dialect === undefined) continue;
    const from = opening.lastIndex;
    const again = text.indexOf(dialect.open, from);
    const body = text.slice(from, again < 0 ? text.length : again);
    const close = body.indexOf(dialect.close);
    const call = dialect.read((close < 0 ? body : body.slice(0, close)).trim());
    if (call !== undefined) calls.push(call);
    opening.lastIndex = from + (close < 0 ? body.length : close);
  }
  return calls;
}

function block(body: string): ModelCall | undefined {
  if (body.startsWith('{')) return jsonCall(body);
  return functionCall(body) ?? invocation(body) ?? pairs(body);
}

function jsonCall(body: string): ModelCall | undefined {
  const json = tryJson(body);
  const name = textOf(at(json, 'name'));
  return name === undefined ? undefined : modelCall(undefined, name, at(json, 'arguments') ?? at(json, 'parameters'));
}

function functionCall(body: string): ModelCall | undefined {
  const name = /^<function=([^>\s]+)>/.exec(body)?.[1];
  if (name === undefined) return undefined;
  const args = members(body, '<parameter=', (raw) => raw.replace(/<\/function>\s*$/, ''));
  return modelCall(undefined, name, args);
}

function invocation(body: string): ModelCall | undefined {
  const name = /^<invoke name="([^"]+)">/.exec(body)?.[1];
  return name === undefined
    ? undefined
    : modelCall(
        undefined,
        name,
        members(body, '<parameter name="', (raw) => raw),
      );
}

/** Parameters by name: `<parameter=NAME>` or `<parameter name="NAME">`, up to the closing tag of each. */
function members(body: string, opening: string, clean: (raw: string) => string): Record<string, string> {
  const args: Record<string, string> = {};
  for (const part of body.split(opening).slice(1)) {
    const open = part.indexOf('>');
    if (open < 0) continue;
    const close = part.indexOf('</parameter>');
    const raw = clean(part.slice(open + 1, close < 0 ? part.length : close));
    args[part.slice(0, open).replace(/"$/, '')] = raw.replace(/^\n/, '').replace(/\n$/, '');
  }
  return args;
}

/** `NAME <arg_key>K</arg_key> <arg_value>V</arg_value> ...` */
function pairs(body: string): ModelCall | undefined {
  const name = /^([\w.-]+)\s*(?:<arg_key>|$)/.exec(body)?.[1];
  if (name === undefined) return undefined;
  const args: Record<string, string> = {};
  for (const part of body.split('<arg_key>').slice(1)) {
    const key = part.slice(0, part.indexOf('</arg_key>'));
    const from = part.indexOf('<arg_value>');
    const to = part.lastIndexOf('</arg_value>');
    if (key !== '' && from >= 0) args[key] = part.slice(from + '<arg_value>'.length, to < 0 ? part.length : to);
  }
  return modelCall(undefined, name, args);
}

/** V3 writes `function<｜tool▁sep｜>NAME` and its arguments in a fence, V3.1 `NAME<｜tool▁sep｜>ARGUMENTS`. */
function deepSeekCall(body: string): ModelCall | undefined {
  const fenced = /^function<｜tool▁sep｜>([^\s<]+)\s*```json\s*([\s\S]*?)\s*(?:```)?$/.exec(body);
  const plain = fenced ?? /^([^\s<]+)<｜tool▁sep｜>([\s\S]*)$/.exec(body);
  return plain?.[1] === undefined ? undefined : modelCall(undefined, plain[1], plain[2]);
}

/** The id is `functions.NAME:N`. */
function kimiCall(body: string): ModelCall | undefined {
  const [id, args] = body.split('<|tool_call_argument_begin|>').map((part) => part.trim());
  const name = /^(?:functions\.)?(.+?):\d+$/.exec(id ?? '')?.[1];
  return name === undefined ? undefined : modelCall(id, name, args);
}
