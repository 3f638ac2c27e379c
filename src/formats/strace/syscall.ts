import { compact } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Endpoint } from '../../model/event.ts';

/** `NAME(ARGUMENTS) = RESULT`, with what `-T` prints behind it. */
export interface Syscall {
  readonly name: string;
  readonly args: string;
  /** Undefined for `?`: the call did not return. */
  readonly result: number | undefined;
  readonly error: string | undefined;
}

const CALL =
  /^(\w+)\(([\s\S]*)\)\s+= (\?|-?\d+|0x[0-9a-f]+)(?:<.*?>)?(?: (E[A-Z0-9]+|ERESTART\w+) \(.*\)| \(.*\))?(?: <[\d.]+>)?$/;

export function syscallOf(text: string): Syscall | undefined {
  const m = CALL.exec(text);
  if (m === null) return undefined;
  return { name: m[1] ?? '', args: m[2] ?? '', result: m[3] === '?' ? undefined : Number(m[3]), error: m[4] };
}

const INET = /\{sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([\d.]+)"\)\}/;
const INET6 = /\{sa_family=AF_INET6, sin6_port=htons\((\d+)\)[^}]*?inet_pton\(AF_INET6, "([0-9a-fA-F:.]+)"/;

/** The Internet address among the arguments. */
export function sockaddrIn(args: string): Endpoint | undefined {
  const m = INET.exec(args) ?? INET6.exec(args);
  const ip = parseIp(m?.[2] ?? '');
  return m === null || ip === undefined ? undefined : { ip, port: Number(m[1]) };
}

/** The socket of the first argument, as far as `-yy` tells: `3<TCP:[LOCAL->REMOTE]>`, before it is bound `3<TCP:[INODE]>`. */
export interface Descriptor {
  readonly fd: number;
  readonly transport?: string;
  readonly local?: string;
  readonly remote?: string;
}

export function descriptorOf(args: string): Descriptor | undefined {
  const m = /^(\d+)(?:<(TCP|UDP)(?:v6|-?LITE)?:\[(?:([^>]*?:\d+)(?:->([^>]*:\d+))?|[^>]*)\]>)?/i.exec(args);
  if (m === null) return undefined;
  return compact({ fd: Number(m[1]), transport: m[2]?.toLowerCase(), local: m[3], remote: m[4] });
}

/** What `socket` makes. */
export function transportOf(args: string): string | undefined {
  if (!/^AF_INET6?,/.test(args)) return undefined;
  if (args.includes('SOCK_STREAM')) return 'tcp';
  return args.includes('SOCK_DGRAM') ? 'udp' : undefined;
}

export interface Execve {
  readonly exe: string;
  /** Words that are cut (`-s`) stand as they are. */
  readonly args: readonly string[];
}

/** `"/bin/sh", ["sh", "-c", "id"], 0x7ffc /* 35 vars *\/`; `execveat` has a directory before it. */
export function execveOf(args: string): Execve | undefined {
  const m = /^(?:(?:\d+|AT_FDCWD)(?:<[^>]*>)?, )?"([^"\\]*(?:\\.[^"\\]*)*)"(?:\.\.\.)?, \[(.*)/s.exec(args);
  if (m === null) return undefined;
  const words: string[] = [];
  let rest = m[2] ?? '';
  for (let word = WORD.exec(rest); word !== null; word = WORD.exec(rest)) {
    words.push(unescaped(word[1] ?? ''));
    rest = rest.slice(word[0].length);
  }
  return { exe: unescaped(m[1] ?? ''), args: words };
}

const WORD = /^"([^"\\]*(?:\\.[^"\\]*)*)"(?:\.\.\.)?(?:, )?/s;
const ESCAPES = wordTable<string>({ n: '\n', t: '\t', r: '\r', v: '\v', f: '\f', b: '\b', a: '\u0007', e: '\u001b' });

/** C escapes: the text as bytes, which are UTF-8. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = text.replace(
    /\\(?:x([0-9a-f]{2})|([0-7]{1,3})|(.))/gs,
    (_, hex?: string, octal?: string, one?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return ESCAPES[one ?? ''] ?? one ?? '';
    },
  );
  return /[\u0080-\u00ff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}
