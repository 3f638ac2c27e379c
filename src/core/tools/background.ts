import { isObject } from '../json/json.ts';

/** Programs and flags that leave a process behind after the shell call has returned. */
const DETACHERS: readonly RegExp[] = [
  /(?:^|[\s;&|(`])(?:nohup|setsid|disown|daemonize|start-stop-daemon|systemd-run|at|batch|crontab)(?:\s|$)/,
  /(?:^|[\s;&|(`])tmux\s+(?:\S+\s+){0,6}?new(?:-session)?\s+(?:\S+\s+){0,8}?-[A-Za-z]*d/,
  /(?:^|[\s;&|(`])tmux\s+(?:\S+\s+){0,6}?(?:send-keys|send|split-window|new-window)\s/,
  /(?:^|[\s;&|(`])screen\s+(?:\S+\s+){0,4}?-(?:[A-Za-z]*d[A-Za-z]*m|D\s*-m|d\s+-m|m\s+-d)/,
  /(?:^|[\s;&|(`])(?:docker|podman|nerdctl)\s+(?:\S+\s+){0,4}?run\s+(?:\S+\s+){0,12}?(?:-[A-Za-z]*d[A-Za-z]*|--detach)(?:\s|=|$)/,
  /(?:^|[\s;&|(`])(?:docker|podman)[\s-]compose\s+(?:\S+\s+){0,6}?up\s+(?:\S+\s+){0,6}?(?:-d|--detach)(?:\s|$)/,
  /(?:^|[\s;&|(`])(?:auto)?ssh\s+(?:\S+\s+){0,12}?-[A-Za-z0-9]*[fN][A-Za-z]*(?:\s|$)/,
  /(?:^|[\s;&|(`])systemctl\s+(?:\S+\s+){0,3}?(?:start|restart|enable)\s/,
  /(?:^|[\s;&|(`])service\s+\S+\s+(?:re)?start(?:\s|$)/,
  /\bstart_new_session\s*=\s*True|\bdetached\s*:\s*true|\bos\.(?:setsid|fork)\s*\(|\bPopen\s*\(/,
];

/** Names under which tools take the wish to run in the background. */
const FLAGS: ReadonlySet<string> = new Set([
  'run_in_background',
  'runInBackground',
  'is_background',
  'isBackground',
  'background',
  'detach',
  'detached',
  'fireAndForget',
]);

/** Whether a call with such arguments and this command among them may leave something running. */
export function mayRunOn(args: unknown, command: string | undefined): boolean {
  return isFlagged(args) || (command !== undefined && isBackgroundCommand(command));
}

function isFlagged(args: unknown): boolean {
  if (!isObject(args)) return false;
  // A look at what is there is faster than one for each name: mostly it is a command alone.
  return Object.keys(args).some((name) => FLAGS.has(name) && (args[name] === true || args[name] === 'true'));
}

/** One cheap look before the patterns: most commands name none of these. */
const NAMED =
  /nohup|setsid|disown|daemon|systemd|\bat\s|\bbatch\b|crontab|tmux|screen|docker|podman|nerdctl|ssh|systemctl|service|detached|start_new_session|os\.|Popen/;

/** Commands longer than this are judged by their beginning; a here-document adds nothing to the question. */
const LOOKED_AT = 20_000;

/**
 * Whether a command may leave something running after its call has returned: a lone `&` that no `wait` follows, or a program that detaches.
 * Text in quotes counts, because `bash -c '... &'` detaches too; a false alarm only widens a window.
 */
export function isBackgroundCommand(command: string): boolean {
  const text = command.slice(0, LOOKED_AT);
  if (hasLoneAmpersand(text)) return true;
  return NAMED.test(text) && DETACHERS.some((pattern) => pattern.test(text));
}

/** A `&` that ends a command: not `&&`, `&>`, `>&`, `<&`, an escaped one, or part of a URL query. */
function hasLoneAmpersand(text: string): boolean {
  for (let i = text.indexOf('&'); i >= 0; i = text.indexOf('&', i + 1)) {
    const before = text[i - 1] ?? '';
    const after = text[i + 1] ?? '';
    if (after === '&' || after === '>' || /[<>\\&]/.test(before)) continue;
    const isLone = /^[)\s;'"`}\\|]?$/.test(after) || /\s/.test(before);
    if (isLone && !isWaitedFor(text.slice(i + 1))) return true;
  }
  return false;
}

const QUOTED = /"[^"]*"|'[^']*'/g;
/** A subshell that ends before takes what it began with it. */
const WAITS = /^[^)'"`]*[\s;&]wait\s*(?:$|[;)'"\n])/;

/** Whether the shell that began it waits for all that it began; `rest`: the text behind the `&`. */
function isWaitedFor(rest: string): boolean {
  return rest.includes('wait') && WAITS.test(rest.replace(QUOTED, ''));
}
