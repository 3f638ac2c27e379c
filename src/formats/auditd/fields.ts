const HEAD = /^(?:node=(\S+) )?type=(\S+) (?:msg=)?audit\((\d{9,11}\.\d{1,6}):(\d+)\):\s*/;
/** `ausearch -i` writes the stamp by the locale of its reader, and a blank before the colon. */
const INTERPRETED =
  /^(?:node=(\S+) )?type=(\S+) msg=audit\((\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} \d\d:\d\d:\d\d\.\d{1,6}):(\d+)\) ?:\s*/;
const FIELD = /([A-Za-z_][\w-]*(?:\[\d+\])?)=(?:"([^"]*)"|'([^']*)'|(\S*))/g;

export interface AuditRecord {
  readonly node?: string;
  readonly type: string;
  readonly stamp: string;
  readonly serial: string;
  readonly body: string;
  /** Numbers, hex and addresses are spelled out (`ausearch -i`). */
  readonly interpreted?: true;
}

export function readHead(text: string): AuditRecord | undefined {
  const raw = HEAD.exec(text);
  const m = raw ?? INTERPRETED.exec(text);
  if (m === null) return undefined;
  const [all, node, type = '', stamp = '', serial = ''] = m;
  const named = node === undefined ? {} : { node };
  const spelled = raw === null ? { interpreted: true as const } : {};
  return { ...named, type, stamp, serial, body: text.slice(all.length), ...spelled };
}

/** Fields with hex strings undone. An unquoted value of an untrusted string is hex (audit-userspace, `auparse`). */
export function readFields(body: string, untrusted: RegExp): Record<string, string> {
  const out: Record<string, string> = {};
  for (const match of body.replaceAll('\u001d', ' ').matchAll(FIELD)) {
    const [, key = '', quoted, single, bare = ''] = match;
    if (quoted !== undefined || single !== undefined) out[key] = quoted ?? single ?? '';
    else if (bare !== '(null)' && bare !== '?') out[key] = untrusted.test(key) ? unhex(bare) : bare;
  }
  return out;
}

function unhex(text: string): string {
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
