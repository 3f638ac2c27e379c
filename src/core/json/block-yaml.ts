import { tryJson } from './json.ts';

/** A line with its indent; blank lines count only within literal blocks. */
interface Line {
  readonly indent: number;
  readonly text: string;
}

/** Deeper documents are none of a tool's output. */
const DEEPEST = 64;
/** Lines over which a quoted text is folded: each is looked at anew with the next. */
const MOST_FOLDED = 2000;

/**
 * The value of a document in the plain YAML that tools print: mappings and lists in blocks, scalars plain, quoted, folded or literal. No
 * anchors, tags or flow collections but empty ones. Undefined where it is anything else. YAML 1.2, chapter 8. The `yaml` package, which
 * reads what users write, took twenty times as long for an entry of Cloud Logging, and no run without such files has to load it.
 */
export function blockYaml(text: string): unknown {
  const lines = text
    .replace(/^---[ \t]*\r?\n/, '')
    .split(/\r?\n/)
    .map((line) => {
      const inner = line.trimStart();
      return { indent: line.length - inner.length, text: inner.trimEnd() };
    });
  const reader = new BlockReader(lines);
  const value = reader.node(0, 0);
  return reader.isDone() ? value : undefined;
}

class BlockReader {
  readonly #lines: Line[];
  #at = 0;
  #isBroken = false;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  isDone(): boolean {
    return !this.#isBroken && this.#line() === undefined;
  }

  /** The value whose lines begin here, at least as deep as `least`. */
  node(least: number, depth: number): unknown {
    const line = this.#line();
    if (line === undefined || line.indent < least) return null;
    if (depth > DEEPEST) return this.#broken();
    if (isItem(line.text)) return this.#list(line.indent, depth);
    if (splitKey(line.text) !== undefined) return this.#mapping(line.indent, depth);
    this.#at++;
    return this.#scalar(line.text, least - 1);
  }

  #line(): Line | undefined {
    let line = this.#lines[this.#at];
    while (line !== undefined && line.text === '') line = this.#lines[++this.#at];
    return line;
  }

  #broken(): undefined {
    this.#isBroken = true;
    this.#at = this.#lines.length;
    return undefined;
  }

  #list(indent: number, depth: number): readonly unknown[] {
    const out: unknown[] = [];
    for (let line = this.#line(); line?.indent === indent && isItem(line.text); line = this.#line()) {
      const inner = line.text.slice(1).trimStart();
      const within = indent + line.text.length - inner.length;
      if (inner === '') {
        this.#at++;
        out.push(this.node(indent + 1, depth + 1));
      } else if (isItem(inner) || splitKey(inner) !== undefined) {
        this.#lines[this.#at] = { indent: within, text: inner };
        out.push(this.node(within, depth + 1));
      } else {
        this.#at++;
        out.push(this.#scalar(inner, indent));
      }
    }
    return out;
  }

  #mapping(indent: number, depth: number): unknown {
    const out: Record<string, unknown> = Object.create(null);
    for (let line = this.#line(); line?.indent === indent; line = this.#line()) {
      const member = splitKey(line.text);
      if (member === undefined) return this.#broken();
      this.#at++;
      out[member.key] = member.rest === '' ? this.#under(indent, depth) : this.#scalar(member.rest, indent);
    }
    return out;
  }

  /** A list may stand as deep as the key that it belongs to. */
  #under(indent: number, depth: number): unknown {
    const line = this.#line();
    const isList = line?.indent === indent && isItem(line.text);
    return this.node(isList ? indent : indent + 1, depth + 1);
  }

  #scalar(text: string, indent: number): unknown {
    if (/^[|>][-+\d]*$/.test(text)) return this.#literal(text, indent);
    const quote = text[0];
    if (quote !== '"' && quote !== "'") return plainValue([text, ...this.#folded(indent)].join(' '));
    let whole = text;
    let closing = closingAt(whole, quote);
    for (let more = 0; closing < 0; more++) {
      const next = this.#lines[this.#at];
      if (next === undefined || more === MOST_FOLDED) return this.#broken();
      this.#at++;
      // A line break that is escaped is none.
      whole =
        quote === '"' && isEscaped(whole, whole.length) ? whole.slice(0, -1) + next.text : `${whole} ${next.text}`;
      closing = closingAt(whole, quote);
    }
    return quotedValue(whole, quote, closing) ?? this.#broken();
  }

  /** Lines on which a plain scalar goes on. */
  #folded(indent: number): readonly string[] {
    const out: string[] = [];
    for (let line = this.#lines[this.#at]; line !== undefined && line.text !== ''; line = this.#lines[this.#at]) {
      if (line.indent <= indent) break;
      out.push(line.text);
      this.#at++;
    }
    return out;
  }

  #literal(sign: string, indent: number): string {
    const own = this.#lines.slice(this.#at).find(({ text }) => text !== '')?.indent ?? 0;
    const out: string[] = [];
    for (let line = this.#lines[this.#at]; line !== undefined; line = this.#lines[this.#at]) {
      if (line.text !== '' && line.indent <= indent) break;
      out.push(line.text === '' ? '' : ' '.repeat(Math.max(0, line.indent - own)) + line.text);
      this.#at++;
    }
    return out.join(sign.startsWith('>') ? ' ' : '\n').trimEnd();
  }
}

const isItem = (text: string): boolean => text === '-' || text.startsWith('- ');

const KEY =
  /^(?:"((?:[^"\\]|\\.){0,512})"|'((?:[^']|''){0,512})'|([^\s"'#&*!|>%@`{}[\],?-][^\s]{0,512}?|-[^\s:]{1,512})):(?:\s+|$)/;

function splitKey(text: string): { readonly key: string; readonly rest: string } | undefined {
  const match = KEY.exec(text);
  if (match === null) return undefined;
  const [all, double, single, plain] = match;
  return { key: double ?? single?.replaceAll("''", "'") ?? plain ?? '', rest: text.slice(all.length).trim() };
}

/** Where the quote that begins a text is closed; -1 where it is not. */
function closingAt(text: string, quote: string): number {
  for (let at = text.indexOf(quote, 1); at >= 0; at = text.indexOf(quote, at + 1)) {
    if (quote === '"' ? !isEscaped(text, at) : text[at + 1] !== quote) return at;
    if (quote === "'") at++;
  }
  return -1;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === '\\') before--;
  return (at - before) % 2 === 1;
}

/** What JSON does not know of YAML's escapes, each read as a whole. YAML 1.2, chapter 5.7. */
const ESCAPE = /\\(?:x([\da-fA-F]{2})|([ '])|.)/g;

function quotedValue(text: string, quote: string, closing: number): string | undefined {
  if (!/^(?:\s+#.*)?$/.test(text.slice(closing + 1))) return undefined;
  const inner = text.slice(1, closing);
  if (quote === "'") return inner.replaceAll("''", "'");
  const escaped = inner.replace(ESCAPE, (whole, byte?: string, sign?: string) =>
    byte === undefined ? (sign ?? whole) : `\\u00${byte}`,
  );
  const value = tryJson(`"${escaped}"`);
  return typeof value === 'string' ? value : undefined;
}

/** More digits do not fit a number: they stay text. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;

function plainValue(text: string): unknown {
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null' || text === '~') return null;
  return NUMBER.test(text) ? Number(text) : text;
}
