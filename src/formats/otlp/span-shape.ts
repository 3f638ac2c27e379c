import { BARE_VALUE, literally, STRING_BODY } from '../../core/json/json-grammar.ts';

/** Members of a span whose text is wanted, and how it mostly looks: ids in hex that are not all zeros, nanoseconds. */
const TEXTS = {
  traceId: '(?!0{32}")[0-9a-f]{32}',
  spanId: '(?!0{16}")[0-9a-f]{16}',
  parentSpanId: '(?:(?!0{16}")[0-9a-f]{16})?',
  startTimeUnixNano: '[1-8][0-9]{18}',
  endTimeUnixNano: '[1-8][0-9]{18}',
  name: undefined,
} as const;
type Text = keyof typeof TEXTS;
/** Members that are wanted as they stand. */
const WHOLE = ['events', 'status'] as const;
type Whole = (typeof WHOLE)[number];

/** An attribute of a shape: the group that holds it, and whether that is the text of a string or any other value. */
interface Slot {
  readonly group: number;
  readonly isText: boolean;
}

/** What stands in the place of a value of a shape, or between two of them. */
export interface SpanPart {
  /** `between`: text that is the same in all. */
  readonly kind: 'between' | 'text' | 'scalar';
  readonly text: string;
  /** The group that it is of, 0 for none. */
  readonly group: number;
}

/** Spans with the same members and attributes in the same order. */
export interface SpanShape {
  /** Sticky; takes every byte of a span. What it takes is JSON. */
  readonly regex: RegExp;
  /** The same as it was read. */
  readonly parts: readonly SpanPart[];
  /** Groups of what is there. */
  readonly groups: Readonly<Partial<Record<Text | Whole, number>>>;
  /** Whether both ids are there, and all ids and times look as they mostly do. */
  readonly isUsual: boolean;
  readonly attributes: ReadonlyMap<string, Slot>;
  /** Which of some names are among them, by the number of those; filled as they are asked for. */
  readonly among: (readonly string[])[];
}

/** Longer expressions than this cost more than they save. */
const LONGEST = 20_000;
const DEEPEST = 12;

const SPACE = /[ \t\r\n]*/y;
const STRING = new RegExp(`"(${STRING_BODY})"`, 'y');
const BARE = new RegExp(BARE_VALUE, 'y');

/**
 * Reads the first span of a shape, which begins at `from`. Undefined where it is not plain: names that come twice or are escaped,
 * or are the proto names of what is wanted, ids and times that are no strings, attributes that are no list of keys and values.
 */
export function readSpanShape(line: string, from: number): SpanShape | undefined {
  const reader = new Reader(line, from);
  const groups: Partial<Record<Text | Whole, number>> = {};
  let attributes: ReadonlyMap<string, Slot> = new Map();
  let isUsual = true;
  const isRead = reader.object((name) => {
    if (isText(name)) {
      const usual = TEXTS[name];
      const looksUsual = usual !== undefined && reader.isAt(new RegExp(`"${usual}"`, 'y'));
      if (usual !== undefined && !looksUsual) isUsual = false;
      groups[name] = reader.text(looksUsual ? usual : STRING_BODY);
    } else if (isWhole(name)) groups[name] = reader.group(() => reader.value(0));
    else if (name === 'attributes') attributes = attributesOf(reader);
    else if (/_/.test(name)) reader.fail();
    else reader.value(0);
  });
  if (groups.traceId === undefined || groups.spanId === undefined) isUsual = false;
  if (!isRead || reader.source.length > LONGEST) return undefined;
  const { source, parts } = reader;
  return { regex: new RegExp(source, 'y'), parts, groups, isUsual, attributes, among: [] };
}

const isText = (name: string): name is Text => Object.hasOwn(TEXTS, name);
const isWhole = (name: string): name is Whole => (WHOLE as readonly string[]).includes(name);

function attributesOf(reader: Reader): ReadonlyMap<string, Slot> {
  const slots = new Map<string, Slot>();
  reader.array(() => {
    let key = '';
    let members = 0;
    reader.object((name) => {
      members++;
      if (name === 'key' && members === 1) key = reader.fixedText();
      else if (name === 'value' && members === 2) slots.set(key, valueSlot(reader));
      else reader.fail();
    });
    if (key === '' || members !== 2) reader.fail();
  });
  return slots;
}

/** `{"stringValue": TEXT}`, as nearly all values are, or another one as it stands. */
function valueSlot(reader: Reader): Slot {
  if (!reader.isAt(/\{\s*"stringValue"\s*:\s*"/y)) return { group: reader.group(() => reader.value(0)), isText: false };
  let group = 0;
  reader.object((name) => {
    if (name === 'stringValue' && group === 0) group = reader.text();
    else reader.fail();
  });
  return { group, isText: true };
}

/** Goes over one JSON value and writes the expression of all that are built like it. */
class Reader {
  source = '';
  readonly parts: SpanPart[] = [];
  readonly #line: string;
  #at: number;
  #groups = 0;
  /** What is read is of the next group. */
  #isGrouped = false;
  #failed = false;

  constructor(line: string, from: number) {
    this.#line = line;
    this.#at = from;
  }

  fail(): void {
    this.#failed = true;
  }

  isAt(regex: RegExp): boolean {
    regex.lastIndex = this.#at;
    return regex.test(this.#line);
  }

  /** `onMember` reads the value. False where it is no plain object. */
  object(onMember: (name: string) => void): boolean {
    const names = new Set<string>();
    this.#list('{', '}', () => {
      const name = this.fixedText();
      if (names.has(name)) this.fail();
      names.add(name);
      this.#space();
      this.#sign(':');
      this.#space();
      if (!this.#failed) onMember(name);
    });
    return !this.#failed;
  }

  array(onItem: () => void): void {
    this.#list('[', ']', onItem);
  }

  #list(open: string, close: string, onItem: () => void): void {
    this.#sign(open);
    this.#space();
    if (this.#line[this.#at] === close) this.#sign(close);
    else {
      for (let more = true; more && !this.#failed; ) {
        onItem();
        this.#space();
        more = this.#line[this.#at] === ',';
        this.#sign(more ? ',' : close);
        this.#space();
      }
    }
  }

  /** Any value that is built like the one here. */
  value(depth: number): void {
    const sign = this.#line[this.#at];
    if (depth > DEEPEST || this.source.length > LONGEST) this.fail();
    else if (sign === '{') this.object(() => this.value(depth + 1));
    else if (sign === '[') this.array(() => this.value(depth + 1));
    else if (sign === '"') this.#quoted();
    else this.#bare();
  }

  /** The group of a string's text. */
  text(body: string = STRING_BODY): number {
    this.#isGrouped = true;
    this.#quoted(`(${body})`);
    this.#isGrouped = false;
    return ++this.#groups;
  }

  /** The group of what `read` reads, in which there are no others. */
  group(read: () => void): number {
    this.source += '(';
    this.#isGrouped = true;
    read();
    this.#isGrouped = false;
    this.source += ')';
    return ++this.#groups;
  }

  /** A string that is the same in all, without escapes. */
  fixedText(): string {
    const match = this.#match(STRING);
    this.#between(match?.[0] ?? '');
    const text = match?.[1] ?? '';
    if (text.includes('\\')) this.fail();
    return text;
  }

  #space(): void {
    if (!this.#failed) this.#between(this.#match(SPACE)?.[0] ?? '');
  }

  #sign(sign: string): void {
    if (this.#failed) return;
    if (this.#line[this.#at] !== sign) this.fail();
    this.#at++;
    this.#between(sign);
  }

  #bare(): void {
    const text = this.#match(BARE)?.[0] ?? '';
    this.source += BARE_VALUE;
    this.#value('scalar', text);
  }

  #quoted(source: string = STRING_BODY): void {
    const text = this.#match(STRING)?.[1] ?? '';
    this.source += `"${source}"`;
    this.parts.push({ kind: 'between', text: '"', group: 0 });
    this.#value('text', text);
    this.parts.push({ kind: 'between', text: '"', group: 0 });
  }

  #value(kind: 'text' | 'scalar', text: string): void {
    this.parts.push({ kind, text, group: this.#isGrouped ? this.#groups + 1 : 0 });
  }

  #between(text: string): void {
    this.source += literally(text);
    this.parts.push({ kind: 'between', text, group: 0 });
  }

  #match(regex: RegExp): RegExpExecArray | undefined {
    regex.lastIndex = this.#at;
    const match = this.#failed ? null : regex.exec(this.#line);
    if (match === null) this.fail();
    else this.#at += match[0].length;
    return match ?? undefined;
  }
}
