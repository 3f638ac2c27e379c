import { remembered } from '../text/remembered.ts';
import { wordTable } from '../word-table.ts';
import { isOfflinePart, withoutStarters } from './offline.ts';
import { type ShellPart, shellParts } from './shell-parts.ts';

/** When a shell text can begin connections, seconds after its start. */
export interface Reach {
  /** It sleeps so long before anything that may connect. */
  readonly from: number;
  /** Infinity where that cannot be told. */
  readonly to: number;
}

const ANY_TIME: Reach = { from: 0, to: Infinity };
/** A part that connects once, and what is not known of all others, seconds. */
const ONCE = 60;
const SLACK = 60;
/** What comes behind may never run, or time and again. */
const CONDITIONS = /(?:^|[\s;&|(])(?:if|case|select|while|until|function)\s|\(\s*\)/;
const LOOP = /(?:^|[\s;&|(])for\s/;
const BACKGROUND = /(?<!&)&(?!&)/;
const DURATION = /^(\d+(?:\.\d+)?)([smhd]?)$/;
const SECONDS = wordTable({ s: 1, m: 60, h: 3600, d: 86_400 });
/** What makes curl connect more often, and at other times: also among letters that stand together, `-sZ`. */
const CURL_AGAIN = /^(?:--(?:retry|config|parallel|keepalive|rate|next)|-:|-[a-zA-Z]*[KZ])/;
const URL = /^(?:https?|ftps?):\/\//;
/** What connects to nothing, but waits for others, or reads as much as there is. */
const WAITS = new Set(
  'du find flock gunzip gzip less md5sum more sha1sum sha256sum sha512sum sleep sort split tail wait yes'.split(' '),
);
const MAX_DEPTH = 3;

/** What `sleep` tells: `(sleep 60; curl ...) &` connects a minute after its call began, and not a quarter of an hour later. */
export const reachOf = remembered((command: string): Reach => reach(command, 0));

function reach(command: string, depth: number): Reach {
  if (!command.includes('sleep') || depth >= MAX_DEPTH || CONDITIONS.test(command)) return ANY_TIME;
  const parts = shellParts(command)?.parts ?? [];
  const isLoop = LOOP.test(command);
  const slept = new Slept();
  let to = SLACK;
  let from: number | undefined;
  let isBeside = false;
  for (const part of parts) {
    slept.enter(part);
    isBeside ||= BACKGROUND.test(part.after) && (slept.all > 0 || (from ?? 0) > 0);
    const duration = sleepOf(part, parts);
    const inner = duration === undefined ? innerOf(part, depth) : undefined;
    const connects = duration === undefined && mayConnect(part);
    // What was begun before runs beside it.
    if (isBeside && (duration !== undefined || inner !== undefined || connects)) return ANY_TIME;
    if (duration !== undefined) slept.add(part, duration);
    else if (inner !== undefined) {
      from ??= slept.atLeast + inner.from;
      to += inner.to;
    } else if (connects) {
      from ??= slept.atLeast;
      to += connectsOnce(part) ? ONCE : Infinity;
    } else if (mayWait(part)) to = Infinity;
  }
  return { from: from ?? 0, to: isLoop || parts.length === 0 ? Infinity : to + slept.all };
}

/** Seconds of the sleeps so far. */
class Slept {
  all = 0;
  /** Of those that what comes next has waited for. */
  atLeast = 0;
  /** Of them, those behind `&&`: what does not go on from there may not have waited. */
  #chained = 0;

  enter({ after }: ShellPart): void {
    if (after.includes('&&') || after === '|') return;
    this.atLeast -= this.#chained;
    this.#chained = 0;
  }

  add({ after }: ShellPart, seconds: number): void {
    this.all += seconds;
    this.atLeast += seconds;
    if (after.endsWith('&&')) this.#chained += seconds;
  }
}

/** Not settings and redirections alone, or the head of a loop. */
function mayConnect(part: ShellPart): boolean {
  const [program] = part.words;
  return program === undefined ? part.text.includes('/dev/tcp/') : program !== 'for' && !isOfflinePart(part);
}

/** Seconds; undefined of what is no sleep, or one that nothing waits for. */
function sleepOf({ words, pipeline, after }: ShellPart, parts: readonly ShellPart[]): number | undefined {
  const [program, ...durations] = words;
  if (program !== 'sleep' || after.includes('||')) return undefined;
  if (parts.some((other) => other.pipeline === pipeline && other.words !== words)) return undefined;
  const matches = durations.map((word) => DURATION.exec(word));
  if (matches.length === 0 || matches.includes(null)) return undefined;
  return matches.reduce((sum, match) => sum + Number(match?.[1]) * (SECONDS[match?.[2] || 's'] ?? 1), 0);
}

/** Of `bash -c '...'`. */
function innerOf({ words }: ShellPart, depth: number): Reach | undefined {
  const [shell = '', ...rest] = withoutStarters(words);
  const at = /^(?:.*\/)?(?:ba|da|z)?sh$/.test(shell) ? rest.findIndex((word) => /^-[a-z]*c$/.test(word)) : -1;
  const text = at < 0 ? undefined : rest[at + 1];
  return text === undefined ? undefined : reach(text, depth + 1);
}

function connectsOnce({ words }: ShellPart): boolean {
  const [program, ...rest] = withoutStarters(words);
  if (program !== 'curl' || rest.some((word) => CURL_AGAIN.test(word))) return false;
  return rest.filter((word) => URL.test(word)).length < 2;
}

function mayWait({ words }: ShellPart): boolean {
  const [program = ''] = withoutStarters(words);
  return WAITS.has(program.slice(program.lastIndexOf('/') + 1));
}
