/** Members by their path, names joined by line feeds: those to cut out, in the order of the answer, and those that must not be there. */
export interface Wanted {
  readonly members: readonly string[];
  readonly refused: ReadonlySet<string>;
}

export interface ReadShape {
  /** An expression that fits the line and all others with the same members in the same order. */
  readonly source: string;
  /** For each wanted member its group; 0 where the line does not have it. */
  readonly groups: readonly number[];
  /** Paths and kinds of all values. */
  readonly trail: string;
}

// Grammar of RFC 8259. Unambiguous: nothing can be matched in two ways, so a line that does not fit fails in linear time.
const TEXT = String.raw`[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*`;
const SCALAR = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null`;
const GAP = String.raw`[ \t]*`;
/** How deep arrays, and objects that are wanted as they stand, may be. */
const DEPTH = 3;
const ANY = anyValue(DEPTH);

function anyValue(depth: number): string {
  const plain = `"${TEXT}"|${SCALAR}`;
  if (depth === 0) return `(?:${plain})`;
  const inner = anyValue(depth - 1);
  const member = `"${TEXT}"${GAP}:${GAP}${inner}`;
  // Items are written once, not once more behind a comma: the expression doubles with every level as it is.
  const listOf = (item: string, end: string): string =>
    `${GAP}(?:${item}${GAP}(?:,${GAP}(?!${end})|(?=${end})))*${end}`;
  return String.raw`(?:${plain}|\[${listOf(inner, '\\]')}|\{${listOf(member, '\\}')})`;
}

const NAME = /[ \t]*"([^"\\]*)"[ \t]*:[ \t]*/y;
const SPACE = /[ \t\r]*/y;
const STRING = new RegExp(`"${TEXT}"`, 'y');
const BARE = new RegExp(`(?:${SCALAR})`, 'y');
const RAW = new RegExp(ANY, 'y');

/** Reads the first line of a shape. Undefined when it is no plain JSON object, a name comes twice, or a member is refused. */
export function readShape(line: string, wanted: Wanted): ReadShape | undefined {
  const reader = new ShapeReader(line, wanted);
  return reader.readObject('') && reader.isAtEnd() ? reader.shape() : undefined;
}

class ShapeReader {
  readonly #line: string;
  readonly #wanted: Wanted;
  readonly #groups: number[];
  #at = 0;
  #source = '^';
  #trail = '';
  #count = 0;

  constructor(line: string, wanted: Wanted) {
    this.#line = line;
    this.#wanted = wanted;
    this.#groups = wanted.members.map(() => 0);
  }

  shape(): ReadShape {
    return { source: `${this.#source}$`, groups: this.#groups, trail: this.#trail };
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
      if (!this.#readValue(path === '' ? name : `${path}\n${name}`)) return false;
    }
    return this.#sign('}');
  }

  #readValue(path: string): boolean {
    if (this.#wanted.refused.has(path)) return false;
    const member = this.#wanted.members.indexOf(path);
    const sign = this.#line[this.#at];
    if (sign === '{' && member < 0) {
      this.#trail += `${path}\n{\n`;
      return this.readObject(path);
    }
    const kind = sign === '"' ? STRING : sign === '[' || sign === '{' ? RAW : BARE;
    kind.lastIndex = this.#at;
    if (!kind.test(this.#line)) return false;
    this.#at = kind.lastIndex;
    const open = member < 0 ? '(?:' : '(';
    this.#source += kind === STRING ? `"${open}${TEXT})"` : `${open}${kind.source})`;
    this.#trail += `${path}\n${kind === STRING ? '"' : kind === RAW ? '[' : ''}\n`;
    if (member >= 0) this.#groups[member] = ++this.#count;
    return true;
  }

  #sign(sign: string): boolean {
    if (this.#line[this.#at] !== sign) return false;
    this.#at++;
    this.#source += sign === ',' ? sign : `\\${sign}`;
    return true;
  }

  /** Takes what stands here as it stands. */
  #take(regex: RegExp): RegExpExecArray | null {
    regex.lastIndex = this.#at;
    const match = regex.exec(this.#line);
    if (match !== null) this.#source += match[0].replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    if (match !== null) this.#at = regex.lastIndex;
    return match;
  }
}
