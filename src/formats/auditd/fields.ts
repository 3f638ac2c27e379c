import { endOfWord, isWordCode } from '../../core/text/words.ts';
import { wordTable } from '../../core/word-table.ts';
import { plainHead } from './plain.ts';
import type { AuditRecord } from './record.ts';

const HEAD = /^(?:node=(\S+) )?type=(\S+) (?:msg=)?audit\((\d{9,11}\.\d{1,6}):(\d+)\):\s*/;
/** `ausearch -i` writes the stamp by the locale of its reader, and a blank before the colon. */
const INTERPRETED =
  /^(?:node=(\S+) )?type=(\S+) msg=audit\((\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} \d\d:\d\d:\d\d\.\d{1,6}):(\d+)\) ?:\s*/;

/** `before`: of the record before it. */
export function readHead(text: string, before?: AuditRecord): AuditRecord | undefined {
  return plainHead(text, before) ?? anyHead(text);
}

/** The same, however it is written. */
export function anyHead(text: string): AuditRecord | undefined {
  const raw = HEAD.exec(text);
  const m = raw ?? INTERPRETED.exec(text);
  if (m === null) return undefined;
  const [all, node, type = '', stamp = '', serial = ''] = m;
  const named = node === undefined ? {} : { node };
  const spelled = raw === null ? { interpreted: true as const } : {};
  return { ...named, type, stamp, serial, body: text.slice(all.length), ...spelled };
}

const STAMP = String.raw`(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)) `;
/** Header of RFC 5424, or what older syslog, the journal and the kernel's ring buffer put before a record: time, host and tag, each or none. */
const RELAY = new RegExp(
  String.raw`^(?:<\d{1,3}>1 \S+ (\S+) \S+ \S+ \S+ (?:-|\[.*?\]) \uFEFF?|(?:<\d{1,3}>)?(?:${STAMP}(?:([\w.-]+) )?|(?=[^=]*: )([\w.-]+) )?(?:[\w.-]{1,48}(?:\[\d+\])?: )?(?:\[ *\d+\.\d{6}\] )?)(?:audit: )?(?=(?:node=\S+ )?type=)`,
);
/** Numbers of record types, as the kernel prints them where no daemon runs. */
export const TYPES = wordTable<string>({
  1300: 'SYSCALL',
  1302: 'PATH',
  1306: 'SOCKADDR',
  1307: 'CWD',
  1309: 'EXECVE',
  1320: 'EOE',
  1327: 'PROCTITLE',
  1336: 'URINGOP',
});

/** The head of a record as it stands, or behind what a relay put before it, whose host counts where the record names none. */
export function relayedHead(text: string): AuditRecord | undefined {
  const relay = RELAY.exec(text);
  const head = readHead(relay === null ? text : text.slice(relay[0].length));
  if (head === undefined) return undefined;
  const host = relay?.[1] ?? relay?.[2] ?? relay?.[3];
  const node = head.node ?? (host === '-' ? undefined : host);
  return { ...head, type: TYPES[head.type] ?? head.type, ...(node === undefined ? {} : { node }) };
}

/** Fields with hex strings undone. An unquoted value of an untrusted string is hex (audit-userspace, `auparse`). */
export function readFields(body: string, untrusted: ReadonlySet<string>): Record<string, string> {
  const text = body.includes('\u001d') ? body.replaceAll('\u001d', ' ') : body;
  const out: Record<string, string> = {};
  // A scan by hand leaves no match objects behind: most records of a host's night pass through here.
  for (let from = 0, equals = text.indexOf('='); equals >= 0; equals = text.indexOf('=', from)) {
    const start = startOfKey(text, from, equals);
    const quote = text.charCodeAt(equals + 1);
    const close = quote === DOUBLE || quote === SINGLE ? text.indexOf(quote === DOUBLE ? '"' : "'", equals + 2) : -1;
    from = start < 0 ? equals + 1 : close < 0 ? endOfWord(text, equals + 1) : close + 1;
    if (start < 0) continue;
    const key = text.slice(start, equals);
    if (close >= 0) {
      out[key] = text.slice(equals + 2, close);
      continue;
    }
    const bare = text.slice(equals + 1, from);
    if (bare !== '(null)' && bare !== '?') out[key] = untrusted.has(key) ? unhex(bare) : bare;
  }
  return out;
}

const [DOUBLE, SINGLE, HYPHEN, OPEN, CLOSE] = ['"', "'", '-', '[', ']'].map((mark) => mark.charCodeAt(0));

/** Where the key before an equals sign begins, no earlier than `from`: a letter or `_`, then also digits and `-`, then perhaps `[0]`. -1 for none. */
function startOfKey(text: string, from: number, equals: number): number {
  let end = equals;
  if (text.charCodeAt(equals - 1) === CLOSE) {
    end--;
    while (end > from && isDigit(text.charCodeAt(end - 1))) end--;
    if (end === equals - 1 || text.charCodeAt(end - 1) !== OPEN) return -1;
    end--;
  }
  let start = -1;
  for (let i = end - 1; i >= from; i--) {
    const code = text.charCodeAt(i);
    if (!isWordCode(code) && code !== HYPHEN) break;
    if (!isDigit(code) && code !== HYPHEN) start = i;
  }
  return start;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

export function unhex(text: string): string {
  if (text.length % 2 !== 0 || !/^[0-9A-F]+$/i.test(text)) return text;
  return Buffer.from(text, 'hex').toString('utf8');
}

/** Hex of one argument may be cut anywhere, also inside a character: pieces are joined before they are decoded. */
export function readArgs(bodies: readonly string[]): readonly string[] {
  const pieces = new Map<number, { text: string; hex: boolean }>();
  for (const match of bodies.join(' ').matchAll(/(?:^|\s)a(\d{1,6})(?:\[\d+\])?=(?:"([^"]*)"|(\S*))/g)) {
    const index = Number(match[1]);
    const hex = match[2] === undefined;
    const known = pieces.get(index);
    pieces.set(index, { text: (known?.text ?? '') + (match[2] ?? match[3] ?? ''), hex: known?.hex ?? hex });
  }
  const sorted = [...pieces.entries()].sort((a, b) => a[0] - b[0]);
  return sorted.map(([, piece]) => (piece.hex ? unhex(piece.text) : piece.text));
}
