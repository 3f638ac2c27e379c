import { remembered } from '../text/remembered.ts';
import { type ShellPart, type ShellParts, shellParts } from './shell-parts.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Programs and built-ins that open no connection, whatever they are told. Not those that keep a value for later: `export`, `read`. */
const OFFLINE =
  words(`: [ [[ ack ag apply_patch awk base32 base64 basename break cat cd chgrp chmod chown cksum clear cmp column comm
  continue cp cut date df diff dirname disown du echo egrep exit expand expr false fgrep file find fmt fold for free gawk grep groups gunzip gzip
  hash head hexdump history id join jobs jq kill killall less ln locate ls lsblk lsof mawk md5sum mkdir mktemp more mv nl nproc od paste
  pgrep pkill popd printenv printf ps pushd pwd readlink realpath return rev rg rm rmdir sed seq sha1sum sha256sum sha512sum shuf sleep
  sort split ss stat strings sum sync tac tail tee test touch tr tree true truncate type umask uname uniq unlink uptime wait wc whereis
  which whoami xxd yes zcat zgrep`);
/** What they are told to run comes behind them. */
const STARTERS = words('builtin command env exec ionice nice nohup setsid stdbuf sudo time timeout xargs');
const GIT_OFFLINE = words(
  'add blame branch checkout commit diff grep log reset restore rev-parse show stash status switch tag',
);
/** Of `awk`, what runs or connects; of `find`, what it is told to run. */
const AWK_REACHES = /system\s*\(|\||getline|\/inet/;
const FIND_RUNS = /^-(?:exec|execdir|ok|okdir)$/;
const SOCKET = /\/dev\/(?:tcp|udp)\//;
/** Files that others read by themselves: settings, schedules, hooks. */
const READ_BY_OTHERS =
  /(?:^|[\s'"=>])\/(?:etc|proc|sys|run|dev\/(?!null\b|std)|var\/spool|lib|usr)\/|(?:^|[\s'"=/>~])\.[a-z]/i;

const read = remembered((command: string): ShellParts | undefined => shellParts(command));

/** Whether nothing that a shell text runs can open a connection: it looks, counts, prints and writes files. */
export function isOffline(command: string): boolean {
  const parts = read(command)?.parts ?? [];
  return parts.length > 0 && parts.every(isOfflinePart);
}

/**
 * Whether a shell text does no more with what `says` finds in it than to look for it, print it or write it into files that it does
 * not use: whatever it reaches, not by that. False where it cannot be told.
 */
export function isOnlySaid(command: string, says: (text: string) => boolean): boolean {
  const text = read(command);
  if (text === undefined) return false;
  if (isOffline(command)) return !(writesFiles(text) && READ_BY_OTHERS.test(command));
  const saying = text.parts.filter((part) => says(part.text));
  // What no part says stands in a comment, or is put together from several.
  if (saying.length === 0) return says(command) && text.parts.length > 0;
  if (text.isNested) return false;
  const pipelines = new Set(saying.map(({ pipeline }) => pipeline));
  return text.parts.every(
    (part) => !pipelines.has(part.pipeline) || (isOfflinePart(part) && part.writes.length === 0 && !mayWrite(part)),
  );
}

/** Whether nothing that it runs can open a connection. */
export function isOfflinePart({ words: all, text }: ShellPart): boolean {
  if (SOCKET.test(text)) return false;
  const own = withoutStarters(all);
  const [program = '', next = ''] = own;
  // The setting of a variable in another language: `id = 5`.
  if (next.startsWith('=') && !program.startsWith('[') && program !== 'test') return false;
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name === 'git') return GIT_OFFLINE.has(own.slice(1).find((word) => /^[a-z]/.test(word)) ?? '');
  if (!OFFLINE.has(name)) return false;
  if (name.endsWith('awk')) return !AWK_REACHES.test(own.slice(1).join(' '));
  const run = own.findIndex((word) => FIND_RUNS.test(word));
  return name !== 'find' || run < 0 || OFFLINE.has(own[run + 1] ?? '');
}

/** Its words from the program on, without programs that only start it. */
export function withoutStarters(all: readonly string[]): readonly string[] {
  let at = 0;
  while (STARTERS.has(all[at] ?? '')) {
    at++;
    while (/^(?:-|\d+[smhd]?$|\w+=)/.test(all[at] ?? '')) at++;
  }
  return all.slice(at);
}

function writesFiles({ parts }: ShellParts): boolean {
  return parts.some((part) => part.writes.length > 0 || mayWrite(part));
}

/** Programs that write files without a redirection. */
function mayWrite({ words: all, text }: ShellPart): boolean {
  return all.some(
    (word) =>
      /^(?:tee|cp|mv|ln|split|apply_patch)$/.test(word) ||
      (/^(?:sed|sort)$/.test(word) && /\s-\w*[io]|--in-place|--output/.test(text)) ||
      (/awk$/.test(word) && text.includes('>')),
  );
}
