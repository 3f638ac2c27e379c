import { LifeLook } from '../../core/looks/life.ts';
import { numberAt, upTo, wholeNumberAt } from '../../core/looks/look.ts';
import { endKey } from '../../core/network/end-key.ts';
import { sockaddrHex } from '../../core/network/sockaddr.ts';
import { parseEpoch } from '../../core/time/time.ts';
import type { Glance, Look, SocketGlance } from '../../model/format.ts';
import { OpenEvents } from './open-events.ts';
import { templateOfEvent } from './template.ts';

/**
 * What stands behind the stamp: execve, execveat, clone, fork, vfork, clone3, exit_group of x86-64, and of arm64 those that do not
 * mean another call there; or, cut out, one of connect, accept, accept4, bind, sendto, sendmsg, getpeername.
 */
const CALL =
  /: arch=(?:c000003e syscall=(?:59|322|56|57|58|435|231|(42|43|288|49|44|46|52))|c00000b7 syscall=(?:221|281|220|435|94|(203|202|242|200|206|211|205))) /y;
/** As its head is read, see fields.ts. */
const STAMP = /^\d{9,11}\.\d{1,6}:\d+\)$/;
/** Calls that take a port of their own. */
const BINDS = new Set(['49', '200']);
const ADDRESS = /: saddr=([0-9A-F]+)/y;
/** Behind it stands what an enriching daemon adds. */
const SEPARATOR = 29;
const HEAD = 'type=SOCKADDR msg=audit(';
/** Records of others are counted one by one where they are read. */
const OWN = /^(?:(?:node=\S+ )?type=(?:SYSCALL|SOCKADDR|PROCTITLE|CWD|PATH|EXECVE|EOE) [^\n]*(?:\n|$))+$/;

interface Ids {
  readonly kind?: undefined;
  readonly host: string | undefined;
  readonly pid: number;
  readonly ppid: number;
}

const LETTER_S = 83;

/** Looks at the events in which a process begins, ends or uses a socket: all records of one event are answered alike. */
export function lookAtAudit(): Look {
  const life = new LifeLook((stamp) => parseEpoch(upTo(stamp, 0, ':'))?.at);
  const open = new OpenEvents<Ids | SocketGlance>();
  const look = (lines: string): Glance | undefined => {
    const at = lines.indexOf('audit(');
    const close = lines.indexOf(')', at);
    if (at < 0 || close < 0) return undefined;
    // Relays put their own before a line.
    if (!lines.startsWith('type=') && !lines.startsWith('node=')) return undefined;
    const host = lines.startsWith('node=') ? upTo(lines, 5, ' ') : undefined;
    const stamp = lines.slice(at + 6, close + 1);
    if (!STAMP.test(stamp)) return undefined;
    const serial = numberAt(lines, lines.indexOf(':', at) + 1);
    const name = `${host ?? ''} ${stamp}`;
    const isCall = isCallAt(lines, at);
    // The call is the first record of its event.
    if (lines.indexOf('type=SYSCALL ', at) >= 0) return undefined;
    const seen = isCall ? seenIn(lines, close + 1, host) : open.get(serial, name);
    if (isCall && seen !== undefined) open.set(serial, name, seen);
    return seen === undefined || seen.kind === 'socket' ? seen : life.of(stamp, seen);
  };
  return Object.assign(look, { continues, templateOf: templateOfEvent });
}

/** Whether the head before `audit(` is that of a call. One letter tells most others. */
function isCallAt(line: string, at: number): boolean {
  if (line.charCodeAt(at - 12) === LETTER_S && line.startsWith('type=SYSCALL msg=', at - 17)) return true;
  return line.charCodeAt(at - 8) === LETTER_S && line.startsWith('type=SYSCALL ', at - 13);
}

/** `from`: behind the stamp. */
function seenIn(lines: string, from: number, host: string | undefined): Ids | SocketGlance | undefined {
  CALL.lastIndex = from;
  const call = CALL.exec(lines);
  if (call === null) return undefined;
  const ppid = lines.indexOf(' ppid=');
  const pid = lines.indexOf(' pid=', ppid);
  const ids = { host, pid: wholeNumberAt(lines, pid + 5), ppid: wholeNumberAt(lines, ppid + 6) };
  const isKnown = ppid >= 0 && pid >= 0 && ids.pid >= 0 && ids.ppid >= 0;
  const used = call[1] ?? call[2];
  if (used === undefined) return isKnown ? ids : undefined;
  return { kind: 'socket', key: isKnown && !BINDS.has(used) ? keyIn(lines) : undefined, ...ids };
}

/** Of the one address among the records. */
function keyIn(lines: string): string | undefined {
  const at = lines.indexOf(HEAD);
  if (at < 0 || lines.indexOf('type=SOCKADDR', at + 1) >= 0 || !OWN.test(lines)) return undefined;
  ADDRESS.lastIndex = lines.indexOf(')', at) + 1;
  const match = ADDRESS.exec(lines);
  const rest = upTo(lines, ADDRESS.lastIndex, '\n');
  const isPlain = rest === '' || (rest.charCodeAt(0) === SEPARATOR && !rest.includes('saddr='));
  const end = match === null || !isPlain ? undefined : sockaddrHex(match[1] ?? '');
  return end === undefined ? undefined : endKey(end);
}

/** Whether two records are of one event: host and `sec.ms:serial` are equal. */
function continues(text: string, first: number, next: number): boolean {
  const head = text.slice(first, next);
  const at = head.indexOf('audit(');
  const close = head.indexOf(')', at);
  if (at < 0 || close < 0) return false;
  const line = upTo(text, next, '\n');
  const mark = head.slice(at + 6, close + 1);
  const other = line.indexOf('audit(');
  return other >= 0 && line.startsWith(mark, other + 6) && nodeAt(head, 0) === nodeAt(line, 0);
}

function nodeAt(text: string, from: number): string {
  return text.startsWith('node=', from) ? upTo(text, from, ' ') : '';
}
