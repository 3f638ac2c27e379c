import { at, textOf } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { parseIso, parseSlashed } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Endpoint } from '../../model/event.ts';
import type { DecodeContext } from '../../model/format.ts';

/** `Lmmdd hh:mm:ss.uuuuuu threadid file:line] `, as glog writes it (`pkg/log/glog.go`). */
const HEAD = /^[DIW](\d\d)(\d\d) (\d\d:\d\d:\d\d\.\d{6})\s+\d+ ([\w.?-]+):\d+\] /;
/** `[pid:tid] name E call(arguments)`; older releases name the thread alone, newer ones its number in its own namespace as well. */
const CALL = /^\[\s*(\d+)(?:\(\d+\))?(?::\s*(\d+)(?:\(\d+\))?)?\] (.{0,64}?) ([EX]) (\w+)\((.*)$/s;
const RESULT = /^(.*)\) = (-?\d+|0x[0-9a-f]+)(?: \(0x[0-9a-f]+\))?(?: errno=(\d+) \(.*\))? \(([\d.a-zµ]+)\)$/s;

/** One system call as the sandbox's kernel tells that it began or ended (`pkg/sentry/strace/strace.go`). */
export interface Call {
  readonly stamp: Stamp | undefined;
  readonly raw: string;
  /** In the root pid namespace of the sandbox. */
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  readonly name: string;
  readonly args: string;
  /** Absent where it only began. */
  readonly ended?: { readonly result: number; readonly errno: number | undefined; readonly tookUs: number };
}

interface Message {
  readonly stamp: Stamp | undefined;
  readonly raw: string;
  readonly text: string;
}

/** The message of a line of the debug log, as text or as JSON (`--debug-log-format`). */
export function messageOf(text: string, json: unknown, context: DecodeContext | undefined): Message | undefined {
  const said = textOf(at(json, 'msg')) ?? textOf(at(json, 'log'));
  if (said !== undefined) {
    const raw = textOf(at(json, 'time')) ?? '';
    return { stamp: parseIso(raw), raw, text: said.replace(/^[\w.?-]+:\d+\] /, '') };
  }
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  const raw = `${head[1]}/${head[2]}-${head[3]}`;
  const stamp = context && parseSlashed(raw, context.reference, context.zoneOffsetMin);
  return { stamp, raw, text: text.slice(head[0].length) };
}

export function callOf({ stamp, raw, text }: Message): Call | undefined {
  const match = CALL.exec(text);
  if (match === null) return undefined;
  const [, first = '', second = first, comm = '', way, name = '', behind = ''] = match;
  const base = { stamp, raw, pid: Number(first), tid: Number(second), comm, name };
  if (way === 'E') return { ...base, args: behind.replace(/\)$/, '') };
  const end = RESULT.exec(behind);
  if (end === null) return undefined;
  const [, args = '', result, errno, took = ''] = end;
  return {
    ...base,
    args,
    ended: { result: Number(result), errno: errno === undefined ? undefined : Number(errno), tookUs: microsOf(took) },
  };
}

const UNITS = wordTable<number>({
  h: 3_600_000_000,
  m: 60_000_000,
  s: 1_000_000,
  ms: 1000,
  µs: 1,
  us: 1,
});

/** A duration of Go: `1m2.5s`, `12.3µs`, `880ns`. */
function microsOf(text: string): number {
  let sum = 0;
  for (const [, number, unit = ''] of text.matchAll(/([\d.]+)(h|ms|µs|us|ns|m|s)/g))
    sum += Number(number) * (UNITS[unit] ?? 0);
  return Number.isFinite(sum) ? Math.round(sum) : 0;
}

/** `0x7f.. {Family: AF_INET, Addr: 192.0.2.1, Port: 80}`. */
export function sockaddrIn(args: string): Endpoint | undefined {
  const match = /\{Family: AF_INET6?, Addr: ([0-9a-fA-F:.]{2,45})(?:%\w+)?, Port: (\d{1,5})\}/.exec(args);
  const ip = parseIp(match?.[1] ?? '');
  return match === null || ip === undefined ? undefined : { ip, port: Number(match[2]) };
}

/** `0x55 /usr/bin/curl, 0xc0 ["curl", "-s"], 0xc1 [..]`; texts are those of Go. */
export function execIn(args: string): { readonly exe: string; readonly args: readonly string[] } | undefined {
  const match = /^(?:(?:AT_FDCWD|0x[0-9a-f]+)[^,]*, )?0x[0-9a-f]+ ([^,]{1,4096}), 0x[0-9a-f]+ \[(.*)/s.exec(args);
  if (match === null) return undefined;
  const words: string[] = [];
  let rest = match[2] ?? '';
  for (let word = WORD.exec(rest); word !== null; word = WORD.exec(rest)) {
    words.push(unquoted(word[1] ?? ''));
    rest = rest.slice(word[0].length);
  }
  return { exe: match[1] ?? '', args: words };
}

const WORD = /^"([^"\\]*(?:\\.[^"\\]*)*)"(?:, )?/s;

/** What `%q` escapes: bytes that are no UTF-8 as `\x`. */
function unquoted(text: string): string {
  return text.replace(/\\(?:x([\da-f]{2})|u([\da-f]{4})|(.))/gs, (_, hex?: string, unit?: string, one = '') => {
    if (hex !== undefined || unit !== undefined) return String.fromCharCode(Number.parseInt(hex ?? unit ?? '', 16));
    return one === 'n' ? '\n' : one === 't' ? '\t' : one === 'r' ? '\r' : one;
  });
}
