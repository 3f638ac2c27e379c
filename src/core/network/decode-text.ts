import { Buffer } from 'node:buffer';
import { isIpv4, parseIp } from './ip.ts';
import { portsAround } from './ports-around.ts';

/** One thing that a text names, and how it was written. */
export interface Mention {
  /** Canonical address or lower-case domain. */
  readonly value: string;
  readonly kind: 'ip' | 'domain';
  readonly encoding: 'literal' | 'base64' | 'hex' | 'url' | 'decimal-ip' | 'octal-ip' | 'hex-ip' | 'variable';
  /** Of an address or a name that has a port wherever it stands: these ports, with `NO_PORT` for what has none, as ping. */
  readonly ports?: readonly number[];
}

const MAX_TEXT = 64 * 1024;
const MAX_DEPTH = 2;
const IPV4 = /(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)/g;
/** RFC 4291, section 2.2; whether it is one is for `parseIp` to say. Those in use begin with four digits, but for 64:ff9b::/96; `x[1::2]` does not. */
const IPV6 = /(?<![\w:.])((?:[0-9a-f]{4}|64)(?::[0-9a-f]{0,4}){2,7})(?![\w:.])/gi;
const DOMAIN = /(?<![\w.$-])((?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+[a-z][a-z0-9-]{1,62})(?![\w(-])/gi;
/** What stands still in a name whose first labels are made at run time: `$l.$i.`, `${x}.`, `$(...).`, `{x}.`, `%s.`. */
const GENERATED = /(?:\$\w+|[)}]|%s)\.((?:[a-z0-9_][a-z0-9_-]{0,62}\.)+[a-z][a-z0-9-]{1,62})(?![\w(-])/gi;
const URL_NUMBER_HOST = /(?:\/\/|@|\s|=|^)(0x[0-9a-f]{7,8}|\d{8,10}|0\d{9,11})(?=[:/\s'"]|$)/gi;
const OCTAL_QUAD = /(?<![\w.])(0[0-7]{1,3}\.0[0-7]{0,3}\.0[0-7]{0,3}\.0[0-7]{0,3})(?![\w.])/g;
const HEX_QUAD = /(?<![\w.])(0x[0-9a-f]{1,2}\.0x[0-9a-f]{1,2}\.0x[0-9a-f]{1,2}\.0x[0-9a-f]{1,2})(?![\w.])/gi;
const QUADS = [
  [OCTAL_QUAD, 8, 'octal-ip'],
  [HEX_QUAD, 16, 'hex-ip'],
] as const;
const BASE64 = /(?<![A-Za-z0-9+/=_-])([A-Za-z0-9+/_-]{12,}={0,2})(?![A-Za-z0-9+/=_-])/g;
const HEX = /(?<![0-9a-z])((?:[0-9a-f]{2}){7,})(?![0-9a-z])/gi;
const HEX_ESCAPES = /(?:\\x[0-9a-f]{2}){4,}/gi;
/** File suffixes that look like top-level domains. */
const FILE_SUFFIX =
  /\.(?:py|sh|js|ts|json|txt|log|md|c|h|so|cfg|conf|yml|yaml|toml|html|css|xml|csv|tar|gz|zip|whl|o|out|pid|lock|rs|go|java|rb|pl|env|ini|bin|exe|dat|db)$/;

/**
 * Addresses and domain names in a text: as they stand, and inside base64, hex, `\x` escapes, URL escapes, decimal, octal and hex
 * addresses, and simple shell variables set earlier in the same text. Bounded: 64 KiB of text, two layers of encoding.
 */
export function findMentions(text: string): readonly Mention[] {
  const found = new Map<string, Mention>();
  collect(text.slice(0, MAX_TEXT), 'literal', 0, found);
  const expanded = expandVariables(text.slice(0, MAX_TEXT));
  if (expanded !== undefined) collect(expanded, 'variable', 1, found);
  return [...found.values()];
}

function add(found: Map<string, Mention>, mention: Mention): void {
  const known = found.get(mention.value);
  if (known === undefined) found.set(mention.value, mention);
  else if (known.ports !== undefined) found.set(mention.value, alsoAt(known, mention.ports));
}

/** Where it stands once without a port, any may be meant. */
function alsoAt({ ports = [], ...mention }: Mention, more: Mention['ports']): Mention {
  return more === undefined ? mention : { ...mention, ports: [...new Set([...ports, ...more])] };
}

function addAddress(
  text: string,
  match: RegExpExecArray,
  encoding: Mention['encoding'],
  found: Map<string, Mention>,
): void {
  const written = match[1] ?? '';
  const value = isIpv4(written) ? written : written.includes(':') ? parseIp(written) : undefined;
  if (value === undefined) return;
  const ports = portsOf(text, match);
  add(found, ports === undefined ? { value, kind: 'ip', encoding } : { value, kind: 'ip', encoding, ports });
}

/** Of the host that the match ends with. */
function portsOf(text: string, { index, 0: all, 1: host = '' }: RegExpExecArray): readonly number[] | undefined {
  const end = index + all.length;
  return portsAround(text, end - host.length, end);
}

function collect(text: string, encoding: Mention['encoding'], depth: number, found: Map<string, Mention>): void {
  if (text.includes('.')) {
    for (const match of matches(text, IPV4)) addAddress(text, match, encoding, found);
    for (const match of matches(text, DOMAIN)) addDomain(match[1], encoding, found, portsOf(text, match));
    for (const match of matches(text, GENERATED)) addDomain(match[1], 'variable', found, portsOf(text, match));
  }
  if (text.includes(':')) for (const match of matches(text, IPV6)) addAddress(text, match, encoding, found);
  numberForms(text, found);
  if (depth >= MAX_DEPTH) return;
  for (const match of matches(text, BASE64)) decodeInto(match[1], 'base64', depth, found);
  for (const match of matches(text, HEX)) decodeInto(match[1], 'hex', depth, found);
  if (text.includes('\\x'))
    for (const match of matches(text, HEX_ESCAPES)) decodeInto(match[0].replaceAll('\\x', ''), 'hex', depth, found);
  if (/%[0-9a-f]{2}/i.test(text)) {
    const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    );
    if (decoded !== text) collect(decoded, 'url', depth + 1, found);
  }
}

const NO_MATCHES: Iterable<RegExpExecArray> = [];

/** `text.matchAll`, which copies its pattern each time, only for texts that have a match at all. */
function matches(text: string, pattern: RegExp): Iterable<RegExpExecArray> {
  pattern.lastIndex = 0;
  const has = pattern.test(text);
  pattern.lastIndex = 0;
  return has ? text.matchAll(pattern) : NO_MATCHES;
}

function addDomain(
  text: string | undefined,
  encoding: Mention['encoding'],
  found: Map<string, Mention>,
  ports?: Mention['ports'],
): void {
  const value = text?.toLowerCase();
  if (value === undefined || value.length > 253 || FILE_SUFFIX.test(value) || /^[\d.]+$/.test(value)) return;
  add(found, ports === undefined ? { value, kind: 'domain', encoding } : { value, kind: 'domain', encoding, ports });
}

function numberForms(text: string, found: Map<string, Mention>): void {
  for (const match of matches(text, URL_NUMBER_HOST)) {
    const word = match[1] ?? '';
    const number = word.startsWith('0') && !/^0x/i.test(word) ? Number.parseInt(word, 8) : Number(word);
    if (!Number.isInteger(number) || number < 0x01000000 || number > 0xffffffff) continue;
    const encoding = /^0x/i.test(word) ? 'hex-ip' : word.startsWith('0') ? 'octal-ip' : 'decimal-ip';
    add(found, {
      value: [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.'),
      kind: 'ip',
      encoding,
    });
  }
  if (!text.includes('.')) return;
  for (const [pattern, radix, encoding] of QUADS) {
    for (const match of matches(text, pattern)) {
      const value = (match[1] ?? '')
        .split('.')
        .map((part) => Number.parseInt(part.replace(/^0x/i, '') || '0', radix))
        .join('.');
      if (isIpv4(value)) add(found, { value, kind: 'ip', encoding });
    }
  }
}

function decodeInto(
  word: string | undefined,
  encoding: 'base64' | 'hex',
  depth: number,
  found: Map<string, Mention>,
): void {
  if (word === undefined) return;
  const bytes = Buffer.from(encoding === 'base64' ? word.replace(/-/g, '+').replace(/_/g, '/') : word, encoding);
  if (bytes.length < 5) return;
  const text = bytes.toString('latin1');
  if (!/^[\t\n\r\x20-\x7e]+$/.test(text)) return;
  collect(text, encoding, depth + 1, found);
}

/** Replaces `$NAME` and `${NAME}` by the value set earlier in the text; undefined when nothing changes. */
function expandVariables(text: string): string | undefined {
  if (!text.includes('$') || !text.includes('=')) return undefined;
  const values = new Map<string, string>();
  for (const match of text.matchAll(
    /(?:^|[\s;&|(])(?:export\s+)?([A-Za-z_]\w*)=(?:"([^"$`]*)"|'([^']*)'|([^\s;&|"'$`()]+))/g,
  )) {
    const [, name = '', a, b, c] = match;
    values.set(name, a ?? b ?? c ?? '');
  }
  if (values.size === 0) return undefined;
  const out = text.replace(/\$\{?([A-Za-z_]\w*)\}?/g, (whole, name: string) => values.get(name) ?? whole);
  return out === text ? undefined : out;
}
