import type { AuditRecord } from './record.ts';

/** What a call's record says, by the names of its fields. */
export type CallFields = Readonly<Record<string, string | undefined>>;

/** Shorter and longer heads are no plain ones. */
const MOST_HEAD = 40;
const [EQUALS, DOT, DOUBLE, BLANK, SEPARATOR] = [61, 46, 34, 32, 29];

/**
 * `type=T msg=audit(s.ms:n): ` as the daemon writes it, perhaps behind `node=N `; undefined where the head is any other. `before`:
 * of the record before it, which mostly is of the same event.
 */
export function plainHead(text: string, before?: AuditRecord): AuditRecord | undefined {
  const start = text.startsWith('node=') ? text.indexOf(' ') + 1 : 0;
  const blank = text.indexOf(' ', start);
  const from = blank + 11;
  if (!text.startsWith('type=', start) || !text.startsWith(' msg=audit(', blank)) return undefined;
  const event = eventAt(text, from, before);
  const body = from + (event?.mark.length ?? 0);
  if (event === undefined || !isPlain(text.charCodeAt(body)) || !isName(text, start + 5, blank)) return undefined;
  const { stamp, serial, mark } = event;
  const head = { type: text.slice(start + 5, blank), stamp, serial, mark, body: text.slice(body) };
  if (start === 0) return head;
  const node = text.slice(5, start - 1);
  return /^[\w.-]+$/.test(node) ? { node, ...head } : undefined;
}

type EventMark = Pick<Required<AuditRecord>, 'stamp' | 'serial' | 'mark'>;

/** What stands in the brackets, and behind them up to the body. */
function eventAt(text: string, from: number, before: AuditRecord | undefined): EventMark | undefined {
  if (before?.mark !== undefined && text.startsWith(before.mark, from)) return before as EventMark;
  const colon = text.indexOf(':', from);
  const close = text.indexOf('): ', colon);
  if (colon < 0 || close < 0 || close - from > MOST_HEAD) return undefined;
  if (!isStamp(text, from, colon) || !areDigits(text, colon + 1, close)) return undefined;
  return { stamp: text.slice(from, colon), serial: text.slice(colon + 1, close), mark: text.slice(from, close + 3) };
}

/** No blank of any kind. */
function isPlain(code: number): boolean {
  return code > BLANK && code < 127;
}

/** Capitals and `_`. */
function isName(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (!(code >= 65 && code <= 90) && code !== 95) return false;
  }
  return to > from;
}

/** Seconds, a dot, and up to six digits. */
function isStamp(text: string, from: number, to: number): boolean {
  const dot = text.indexOf('.', from);
  if (dot < from + 9 || dot > from + 11 || to > dot + 7 || text.charCodeAt(dot) !== DOT) return false;
  return areDigits(text, from, dot) && areDigits(text, dot + 1, to);
}

function areDigits(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return to > from;
}

const NUMBERS = [
  'auid=\\d+',
  'uid=(\\d+)',
  ...['gid', 'euid', 'suid', 'fsuid', 'egid', 'sgid', 'fsgid'].map((name) => `${name}=\\d+`),
].join(' ');
const TEXT = '(?:"([^"\\x1d]*)"|([0-9A-F]+))';
/** A call as the kernel writes it, and behind the separator what an enriching daemon adds. */
const CALL = new RegExp(
  '^arch=([0-9a-f]+) syscall=(\\d+)(?: success=(yes|no) exit=(-?\\d+))? a0=([0-9a-f]+) a1=[0-9a-f]+ a2=[0-9a-f]+ a3=[0-9a-f]+ ' +
    `items=\\d+ ppid=(\\d+) pid=(\\d+) ${NUMBERS} tty=[^\\s="']+ ses=\\d+ comm=${TEXT} exe=${TEXT}` +
    '(?: subj=[^\\s="\']+)?(?: key=(?:"[^"]*"|\\(null\\)|[0-9A-F]+))?' +
    '(?:\\x1dARCH=\\w+ SYSCALL=(\\w+)(?: [A-Z]+="[^"]*")*)?$',
);

/** The fields of a call by which it is read. Undefined where it is not written as the kernel does. `unhex`: undoes a text in hex. */
export function plainCall(body: string, unhex: (text: string) => string): CallFields | undefined {
  const m = CALL.exec(body);
  if (m === null) return undefined;
  const textOf = (quoted: number): string => m[quoted] ?? unhex(m[quoted + 1] ?? '');
  return {
    arch: m[1],
    syscall: m[2],
    success: m[3],
    exit: m[4],
    a0: m[5],
    ppid: m[6],
    pid: m[7],
    uid: m[8],
    comm: textOf(9),
    exe: textOf(11),
    SYSCALL: m[13],
  };
}

/** The value of a record's first field where nothing behind it can be of that name: in quotes, or hex as it stands. */
export function plainValue(body: string, key: string): { readonly text: string; readonly isHex: boolean } | undefined {
  const from = key.length + 1;
  if (!body.startsWith(key) || body.charCodeAt(from - 1) !== EQUALS) return undefined;
  const isHex = body.charCodeAt(from) !== DOUBLE;
  const end = isHex ? endOfHex(body, from) : body.indexOf('"', from + 1);
  const next = isHex ? end : end + 1;
  const text = body.slice(isHex ? from : from + 1, end);
  if (end < from || next === from || (!isHex && text.includes('\x1d'))) return undefined;
  if (next === body.length) return { text, isHex };
  const code = body.charCodeAt(next);
  return (code === BLANK || code === SEPARATOR) && !body.includes(`${key}=`, next) ? { text, isHex } : undefined;
}

function endOfHex(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isHex = (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
    if (!isHex) break;
  }
  return i;
}
