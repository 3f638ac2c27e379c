import { BARE_VALUE, literally, STRING_BODY } from '../json/json-grammar.ts';

/** Members by their path, names joined by line feeds. */
export interface Wanted {
  /** To be cut out, in the order of the answer. */
  readonly values: readonly string[];
  /** To be compared with those of other lines. */
  readonly compared: ReadonlySet<string>;
  /** Objects that may hold anything. */
  readonly loose: ReadonlySet<string>;
  /** Not to be there. */
  readonly refused: ReadonlySet<string>;
  /** Wanted values that are to be text, or null, which stands for none. */
  readonly texts: ReadonlySet<string>;
}

export interface ReadShape {
  readonly parts: readonly ShapePart[];
  /** An expression that fits the line and all others with the same members in the same order. */
  readonly source: string;
  /** For each wanted value its group; 0 where the line does not have it, which stands for no group. */
  readonly groups: readonly number[];
  /** Groups of what is compared: neighbours are cut out as one. */
  readonly compared: readonly number[];
  /** Paths and kinds of all values. */
  readonly trail: string;
}

/** A piece of a line. */
export interface ShapePart {
  /** `string`: text with its quotes, `bare`: number, true, false or null, `raw`: an array or an object. */
  readonly kind: 'between' | 'text' | 'string' | 'bare' | 'raw';
  /** As it stands. */
  readonly text: string;
  readonly role: 'between' | 'value' | 'compared' | 'other';
  /** Which of the wanted values, else -1. */
  readonly value: number;
}

const GAP = String.raw`[ \t]*`;
/** How deep arrays, and objects that are wanted as they stand, may be. */
const DEPTH = 3;
const ANY = anyValue(DEPTH);

function anyValue(depth: number): string {
  const plain = `"${STRING_BODY}"|${BARE_VALUE}`;
  if (depth === 0) return `(?:${plain})`;
  const inner = anyValue(depth - 1);
  const member = `"${STRING_BODY}"${GAP}:${GAP}${inner}`;
  // Items are written once, not once more behind a comma: the expression doubles with every level as it is.
  const listOf = (item: string, end: string): string =>
    `${GAP}(?:${item}${GAP}(?:,${GAP}(?!${end})|(?=${end})))*${end}`;
  return String.raw`(?:${plain}|\[${listOf(inner, '\\]')}|\{${listOf(member, '\\}')})`;
}

const NAME = /[ \t]*"([^"\\]*)"[ \t]*:[ \t]*/y;
const SPACE = /[ \t\r]*/y;
const STRING = new RegExp(`"${STRING_BODY}"`, 'y');
const BARE = new RegExp(BARE_VALUE, 'y');
const RAW = new RegExp(ANY, 'y');
const GRAMMAR = { string: STRING, bare: BARE, raw: RAW } as const;

/**
 * Reads the first line of a shape. Undefined when it is no plain JSON object, a name comes twice, or a member is refused: `onRefused`
 * is told its name.
 */
export function readShape(
  line: string,
  wanted: Wanted,
  onRefused: (name: string) => void = () => {},
): ReadShape | undefined {
  const reader = new ShapeReader(line, wanted);
  if (reader.readObject('') && reader.isAtEnd()) return reader.shape();
  if (reader.refused !== '') onRefused(reader.refused);
  return undefined;
}

class ShapeReader {
  readonly #line: string;
  readonly #wanted: Wanted;
  readonly #parts: ShapePart[] = [];
  #at = 0;
  #trail = '';
  /** Name of a member that is refused. */
  refused = '';

  constructor(line: string, wanted: Wanted) {
    this.#line = line;
    this.#wanted = wanted;
  }

  shape(): ReadShape {
    const parts = this.#parts;
    return { ...assemble(parts, this.#wanted.values.length), parts, trail: this.#trail };
  }

  isAtEnd(): boolean {
    this.#take(SPACE);
    return this.#at === this.#line.length;
  }

  /** Members of the object that begins here; `path`: names down to it. */
  readObject(path: string): boolean {
    const names = new Set<string>();
    if (!this.#sign('{')) return false;
    for (let sign = ''; ; sign = ',') {
      this.#take(SPACE);
      if (this.#line[this.#at] === '}' && sign === '') break;
      if (sign === ',' && !this.#sign(',')) break;
      const name = this.#take(NAME)?.[1];
      if (name === undefined || names.has(name)) return false;
      names.add(name);
      const place = path === '' ? name : `${path}\n${name}`;
      if (this.#wanted.refused.has(place)) this.refused = name;
      if (this.refused !== '' || !this.#readValue(place)) return false;
    }
    return this.#sign('}');
  }

  #readValue(path: string): boolean {
    const { values, compared, loose } = this.#wanted;
    const value = values.indexOf(path);
    const isCompared = compared.has(path);
    const sign = this.#line[this.#at];
    if (sign === '{' && value < 0 && !isCompared && !loose.has(path)) {
      this.#trail += `${path}\n{\n`;
      return this.readObject(path);
    }
    const kind = sign === '"' ? 'string' : sign === '[' || sign === '{' ? 'raw' : 'bare';
    const text = this.#match(GRAMMAR[kind])?.[0];
    if (text === undefined) return false;
    if (kind !== 'string' && this.#wanted.texts.has(path)) return this.#none(path, text);
    this.#trail += `${path}\n${kind === 'string' ? '"' : kind === 'raw' ? '[' : ''}\n`;
    const role = value >= 0 ? 'value' : isCompared ? 'compared' : 'other';
    if (kind === 'string' && value >= 0) {
      this.#between('"');
      this.#parts.push({ kind: 'text', text: text.slice(1, -1), role, value });
      this.#between('"');
    } else this.#parts.push({ kind, text, role, value });
    return true;
  }

  /** In the place of a text. */
  #none(path: string, text: string): boolean {
    this.#trail += `${path}\nnull\n`;
    this.#between(text);
    return text === 'null';
  }

  #between(text: string): void {
    this.#parts.push({ kind: 'between', text, role: 'between', value: -1 });
  }

  #sign(sign: string): boolean {
    if (this.#line[this.#at] !== sign) return false;
    this.#at++;
    this.#between(sign);
    return true;
  }

  /** Takes what stands here as it stands. */
  #take(regex: RegExp): RegExpExecArray | null {
    const match = this.#match(regex);
    if (match !== null) this.#between(match[0]);
    return match;
  }

  #match(regex: RegExp): RegExpExecArray | null {
    regex.lastIndex = this.#at;
    const match = regex.exec(this.#line);
    if (match !== null) this.#at = regex.lastIndex;
    return match;
  }
}

/** An expression for all that may stand in the place of a part. */
function sourceOf({ kind, text }: ShapePart): string {
  if (kind === 'between') return literally(text);
  return kind === 'text' ? STRING_BODY : `(?:${GRAMMAR[kind].source})`;
}

/** One expression of all parts. What is compared is cut out from the first of its neighbours to the last. */
function assemble(parts: readonly ShapePart[], count: number): Omit<ReadShape, 'trail' | 'parts'> {
  const groups = Array.from({ length: count }, () => 0);
  const compared: number[] = [];
  let source = '^';
  let total = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === undefined) continue;
    if (part.role === 'between' || part.role === 'other') source += sourceOf(part);
    else if (part.role === 'value') {
      source += `(${sourceOf(part)})`;
      groups[part.value] = ++total;
    } else {
      const last = lastNeighbour(parts, i);
      source += `(${parts
        .slice(i, last + 1)
        .map(sourceOf)
        .join('')})`;
      compared.push(++total);
      i = last;
    }
  }
  return { source: `${source}$`, groups, compared };
}

/** The last of the compared parts that have nothing but structure between them. */
function lastNeighbour(parts: readonly ShapePart[], from: number): number {
  let last = from;
  for (let i = from + 1; i < parts.length; i++) {
    const role = parts[i]?.role;
    if (role === 'compared') last = i;
    else if (role !== 'between') break;
  }
  return last;
}
