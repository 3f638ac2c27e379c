import { remembered } from '../../core/text/remembered.ts';
import { shellScript } from '../../core/tools/arguments.ts';
import type { Call } from '../episodes/call.ts';
import type { Program } from './process.ts';

/** Shorter words, the program aside, stand in many commands. */
const COMMON_LENGTH = 4;
/** As many letters of its name Linux keeps of a process. */
const CUT_NAME = 15;
/** Shorter beginnings of a cut text say nothing. */
const MIN_PREFIX = 20;

/** The part of an exec that a shell would have been given: arguments joined, the program by its base name. */
export function distinctive(exec: Program | undefined): readonly string[] | undefined {
  if (exec === undefined) return undefined;
  const words = exec.args ?? exec.text.split(' ');
  const [program = '', ...rest] = words;
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name === '') return undefined;
  return [name, ...rest.filter((word) => word !== '')];
}

/** False of a sensor that tells the program alone: `curl` stands in many a call. */
export function tellsArguments({ args, text }: Program): boolean {
  return args !== undefined || text.includes(' ');
}

/** Nothing says that the call's command did not start the process. */
export function mayRun(command: string, exec: Program | undefined): boolean {
  if (exec === undefined) return true;
  if (tellsArguments(exec)) return false;
  const [name] = distinctive(exec) ?? [];
  return name !== undefined && runsProgram(command, name);
}

/** Whether any of these names of a program stands in the command: sensors cut names to 15 letters. */
export function namesProgram(command: string, names: readonly string[]): boolean {
  return names.some((name) => {
    const base = name.slice(name.lastIndexOf('/') + 1);
    return runsProgram(command, base) || (base.length >= CUT_NAME && command.includes(base));
  });
}

/** Behind `python3` stands `python3.12`: names are compared without the version at their end. */
function runsProgram(command: string, name: string): boolean {
  return indexOfWord(command, name, 0) >= 0 || wordsOf(command).has(withoutVersion(name));
}

/** Processes of one call are compared with the same command one after the other. */
const wordsOf = remembered((command) => new Set(command.split(/[^\w.+-]+/).map(withoutVersion)));

function withoutVersion(name: string): string {
  return name.replace(/(?<=[a-z])[-.\d]+$/i, '');
}

/** Words that many commands have. */
export function isCommon([, ...rest]: readonly string[]): boolean {
  return rest.join('').length < COMMON_LENGTH;
}

/** Every word of the exec stands in the command text, in order. Long words may be cut in the text. */
export function containsCommand(text: string, words: readonly string[]): boolean {
  let from = 0;
  for (const word of words) {
    const at = indexOfWord(text, word, from);
    if (at >= 0) {
      from = at + word.length;
      continue;
    }
    // A word that the shell built from variables or quotes is not in the text; the program's name must be.
    if (word === words[0]) return false;
    if (text.length > 40 && words.length > 2 && word.length > 12 && mayBuild(text, word)) continue;
    return false;
  }
  return true;
}

/** What a shell puts words together by: variables, substitutions, patterns, quotes and escapes. */
const EXPANDS = /[$`*?[{~"'\\]/;

/** Whether a shell may have put the word together from what stands in the text: then most of its own words stand there as well. */
function mayBuild(text: string, word: string): boolean {
  if (!EXPANDS.test(text) && !endsWithin(text, word)) return false;
  const parts = word.split(/\W+/).filter((part) => part.length >= COMMON_LENGTH);
  const said = parts.filter((part) => text.includes(part));
  return parts.length === 0 || said.length * 2 > parts.length;
}

/** Whether the text was cut in the midst of the word. */
function endsWithin(text: string, word: string): boolean {
  const at = text.lastIndexOf(word.slice(0, COMMON_LENGTH));
  return at >= 0 && word.startsWith(text.slice(at));
}

/** Where a text has a word by itself: the dash of `python3 -` is none of `python3 x-y`. */
function indexOfWord(text: string, word: string, from: number): number {
  for (let at = text.indexOf(word, from); at >= 0; at = text.indexOf(word, at + 1))
    if (!isPartOfWord(text, at - 1, word[0]) && !isPartOfWord(text, at + word.length, word.at(-1))) return at;
  return -1;
}

/** `edge`: the character of the word beside it. */
function isPartOfWord(text: string, at: number, edge = ''): boolean {
  return /[\w-]/.test(edge) && /[\w-]/.test(text[at] ?? ' ');
}

/** The exec is the call itself: `sh -c COMMAND`, or COMMAND's own words; either side may be cut short. */
export function sameCommand(exec: Program, call: Call): boolean {
  const command = call.command;
  if (command === undefined) return false;
  const script = shellScript({ args: exec.args, commandLine: exec.text });
  return sameText(script ?? exec.text, command, call.truncated) || sameText(exec.text, command, call.truncated);
}

/** Marks that writers leave where they cut a text. */
const CUT_MARK =
  /\s*(?:\.\.\.|…|\[(?:truncated|cut|\.\.\.)[^\]]*\]|<truncated[^>]*>|\(truncated\)|\.\.\.\s*\(\d+ more[^)]*\))\s*$/i;

/** Equal but for blanks, or one the beginning of the other: traces and sensors cut long commands, often without saying so. */
function sameText(exec: string, call: string, truncated: boolean): boolean {
  const x = normal(exec);
  const y = normal(uncut(call));
  if (x === y) return true;
  const length = Math.min(x.length, y.length);
  if (length < (truncated ? MIN_PREFIX / 2 : MIN_PREFIX)) return false;
  return x.startsWith(y) || y.startsWith(x);
}

const uncut = remembered((text) => text.replace(CUT_MARK, ''));

const normal = remembered((text) => text.replace(/\s+/g, ' ').trim());
