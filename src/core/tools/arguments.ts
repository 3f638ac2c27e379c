import { isObject, type JsonObject, tryJson } from '../json/json.ts';
import { PLAIN_BODY, stringOf } from '../json/json-grammar.ts';
import { parsePythonRepr } from '../json/python-repr.ts';
import { ownText } from '../text/own-text.ts';
import { wordTable } from '../word-table.ts';

/** Arguments of a tool call as its writer left them. */
export interface ToolArguments {
  /** Parsed object, or the plain text when the arguments are no JSON. */
  readonly value: unknown;
  /** JSON text, verbatim where the record holds text. */
  readonly text?: string;
  /** The text was cut; `value` holds what could still be read. */
  readonly truncated?: true;
}

/** Argument names that hold shell or code text, strongest first. */
const COMMAND_KEYS = [
  'command',
  'cmd',
  'full_command',
  'bash_command',
  'keystrokes',
  'code',
  'script',
  'input',
] as const;
const TEXT_MEMBER =
  /"(command|cmd|full_command|bash_command|keystrokes|code|script|input)"\s*:\s*"((?:[^"\\]|\\[\s\S])*)/;
const LIST_MEMBER = /"(?:command|cmd)"\s*:\s*\[\s*((?:"(?:[^"\\]|\\[\s\S])*"?\s*,?\s*)*)/;
/** Names of tools that run shell or code text: behind a namespace, with `_` between their words or without, and `tool` behind them. */
const SHELL_TOOL = new RegExp(
  `^(?:.*[._/-])?(?:${[
    'bash|sh|zsh|shell|terminal|command|cmd|powershell|pwsh|python3?|ipython|jupyter|write_stdin',
    '(?:run|exec|execute)_?(?:in_?)?(?:bash|shell|terminal|python|ipython)?_?(?:commands?|cmd|code|script|cell)?',
    '(?:bash|shell|terminal|python|code)_?(?:exec|execute|execution|executor|interpreter|repl|repl_ast|session|command|call|action)',
  ].join('|')})(?:_?tool)?$`,
  'i',
);

/** What was found out last: a million calls are of a few tools. */
let lastTool = { name: '', isShell: false };

/** Whether a tool of this name runs shell or code text. */
export function isShellTool(name: string): boolean {
  if (lastTool.name !== name) lastTool = { name, isShell: SHELL_TOOL.test(name) };
  return lastTool.isShell;
}

/** All there is, without escapes: as most calls of shell tools are. */
const COMMAND_ALONE = new RegExp(String.raw`^\{"command": ?"(${PLAIN_BODY})"\}$`);

/** Reads arguments that are an object, JSON text, JSON text in JSON text, a dict as Python prints it, or text cut off in the middle. */
export function readArguments(raw: unknown): ToolArguments | undefined {
  if (raw === undefined || raw === null || raw === '') return undefined;
  if (typeof raw !== 'string') return { value: raw, text: JSON.stringify(raw) };
  const command = COMMAND_ALONE.exec(raw)?.[1];
  if (command !== undefined) return { value: { command }, text: raw };
  const value = tryJson(raw) ?? (/[\n\r\t]/.test(raw) ? tryJson(escapeControls(raw)) : undefined) ?? printedDict(raw);
  if (typeof value === 'string') {
    const inner = tryJson(value) ?? printedDict(value);
    return { value: isObject(inner) ? inner : value, text: raw };
  }
  if (value !== undefined) return { value, text: raw };
  if (!/^\s*["[{]/.test(raw)) return { value: raw, text: raw };
  const readable = readableMember(raw) ?? readableMember(unescapeJson(raw));
  return { value: readable ?? raw, text: raw, truncated: true };
}

/** The same as it stands between the quotes of a string in JSON. */
const QUOTED_COMMAND_ALONE = new RegExp(String.raw`^\{\\"command\\":( ?)\\"(${PLAIN_BODY})\\"\}$`);

/** LangChain hands the arguments of a tool to its tracers as `str` makes them. */
function printedDict(text: string): JsonObject | undefined {
  const value = /^\s*\{\s*'/.test(text) ? parsePythonRepr(text) : undefined;
  return isObject(value) ? value : undefined;
}

/** `readArguments` of a text as it stands between its quotes. What this gives is no view of the line. */
export function readQuotedArguments(body: string): ToolArguments | undefined {
  const [, blank, command] = QUOTED_COMMAND_ALONE.exec(body) ?? [];
  if (blank === undefined || command === undefined) return readArguments(stringOf(ownText(body)));
  const before = `{"command":${blank}"`;
  const text = `${before}${command}"}`;
  return { value: { command: text.slice(before.length, -2) }, text };
}

/** Writers that build JSON by hand leave line breaks inside strings. */
function escapeControls(text: string): string {
  return text.replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t');
}

/** The command member of JSON text that ends too early. */
function readableMember(text: string): JsonObject | undefined {
  const member = TEXT_MEMBER.exec(text);
  if (member?.[1] !== undefined) return { [member[1]]: unescapeJson(member[2] ?? '') };
  const list = LIST_MEMBER.exec(text)?.[1];
  if (list === undefined || list === '') return undefined;
  const words = [...list.matchAll(/"((?:[^"\\]|\\[\s\S])*)"?/g)].map((item) => unescapeJson(item[1] ?? ''));
  return { command: words };
}

const ESCAPES = wordTable<string>({ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' });

function unescapeJson(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex: string | undefined, single: string | undefined) =>
    hex === undefined ? (ESCAPES[single ?? ''] ?? single ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/**
 * Shell or code text of a call. An argv `[bash, -lc, X]` is X, other arrays are joined by blanks.
 * A tool that is no shell counts only when it has a `command` and no `path`: `{"command":"view","path":...}` is an editor's verb.
 */
export function commandOf(name: string, args: unknown): string | undefined {
  const shell = isShellTool(name);
  if (typeof args === 'string') return shell && args !== '' ? args : undefined;
  if (!isObject(args)) return undefined;
  if (!shell && ('path' in args || 'file_path' in args)) return undefined;
  for (const key of shell ? COMMAND_KEYS : COMMAND_KEYS.slice(0, 4)) {
    const text = commandText(args[key]);
    if (text !== undefined) return withWords(text, args['args']);
  }
  return shell ? commandsOf(args) : undefined;
}

/** Servers of tools often take a program and, beside it, a list of its arguments. */
function withWords(program: string, words: unknown): string {
  const text = Array.isArray(words) && !/\s/.test(program) ? commandText(words) : undefined;
  return text === undefined ? program : `${program} ${text}`;
}

/** OpenAI's shell tools: a list of commands, and all of it under `action`. */
function commandsOf({ commands, action }: JsonObject): string | undefined {
  if (isObject(action)) return commandText(action['command']) ?? commandsOf(action);
  if (!Array.isArray(commands) || commands.length === 0) return undefined;
  return commands.every((line) => typeof line === 'string') ? commands.join('\n') : undefined;
}

/** Command text of a string or an argv array. */
export function commandText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (!Array.isArray(value) || value.length === 0 || !value.every((word) => typeof word === 'string')) return undefined;
  const words = value as readonly string[];
  const script = words[2];
  if (
    words.length === 3 &&
    script !== undefined &&
    /(?:^|\/)(?:ba|z|da)?sh$/.test(words[0] ?? '') &&
    /^-[a-z]*c$/.test(words[1] ?? '')
  )
    return script;
  return words.join(' ');
}

/** What a process was started with, as far as a sensor tells: its arguments one by one, or no more than their text. */
export interface CommandLine {
  readonly args?: readonly string[] | undefined;
  readonly commandLine?: string | undefined;
}

const SHELL_LINE = /^(?:\S*\/)?(?:ba|da|z|k|a)?sh(?: +(?:[-+]+o +\w+|[-+]\S+))*? +-[a-z]*c +(\S[\s\S]*)$/;

/**
 * COMMAND of `sh -c COMMAND`, for any of the usual shells; undefined for other programs. Where there is only a text, COMMAND may
 * stand in quotes, and reaches to the end.
 */
export function shellScript({ args, commandLine = '' }: CommandLine): string | undefined {
  if (args === undefined) return unquoted(SHELL_LINE.exec(commandLine)?.[1]);
  if (!/(?:^|\/)(?:ba|da|z|k|a)?sh$/.test(args[0] ?? '')) return undefined;
  const flag = args.findIndex((word, i) => i > 0 && /^-[a-z]*c$/.test(word));
  return flag < 0 ? undefined : args[flag + 1];
}

function unquoted(text: string | undefined): string | undefined {
  return text?.replace(/^(["'])([\s\S]+)\1$/, '$2');
}
