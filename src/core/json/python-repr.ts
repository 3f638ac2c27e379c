import { wordTable } from '../word-table.ts';

/** Deeper ones are no arguments of a call. */
const MOST_DEPTH = 40;

interface Cursor {
  readonly text: string;
  at: number;
}

/** A literal as Python prints it (`repr`): dicts, lists, tuples, strings, numbers, True, False, None. Undefined where it is none. */
export function parsePythonRepr(text: string): unknown {
  const cursor = { text, at: 0 };
  const value = valueAt(cursor, 0);
  skipBlanks(cursor);
  return cursor.at === text.length ? value : undefined;
}

function skipBlanks(cursor: Cursor): void {
  while (/\s/.test(cursor.text[cursor.at] ?? '')) cursor.at++;
}

function take(cursor: Cursor, mark: string): boolean {
  skipBlanks(cursor);
  if (!cursor.text.startsWith(mark, cursor.at)) return false;
  cursor.at += mark.length;
  return true;
}

function valueAt(cursor: Cursor, depth: number): unknown {
  skipBlanks(cursor);
  if (depth > MOST_DEPTH) return fail(cursor);
  const first = cursor.text[cursor.at] ?? '';
  if (first === '{') return dictAt(cursor, depth);
  if (first === '[') return listAt(cursor, depth, ']');
  if (first === '(') return listAt(cursor, depth, ')');
  if (first === "'" || first === '"') return stringAt(cursor, first);
  return wordAt(cursor);
}

/** Nothing after this place is read: the end is never reached. */
function fail(cursor: Cursor): undefined {
  cursor.at = cursor.text.length + 1;
  return undefined;
}

function dictAt(cursor: Cursor, depth: number): unknown {
  cursor.at++;
  const out: [string, unknown][] = [];
  while (!take(cursor, '}')) {
    if (out.length > 0 && !take(cursor, ',')) return fail(cursor);
    const key = valueAt(cursor, depth + 1);
    if ((typeof key !== 'string' && typeof key !== 'number') || !take(cursor, ':')) return fail(cursor);
    out.push([String(key), valueAt(cursor, depth + 1)]);
    if (cursor.at > cursor.text.length) return undefined;
  }
  return Object.fromEntries(out);
}

function listAt(cursor: Cursor, depth: number, end: string): unknown {
  cursor.at++;
  const out: unknown[] = [];
  while (!take(cursor, end)) {
    if (out.length > 0 && !take(cursor, ',')) return fail(cursor);
    // A tuple of one has a comma behind it.
    if (out.length > 0 && take(cursor, end)) return out;
    out.push(valueAt(cursor, depth + 1));
    if (cursor.at > cursor.text.length) return undefined;
  }
  return out;
}

const ESCAPES = wordTable({ n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' });
const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([ntr\\'"]))/g;

function stringAt(cursor: Cursor, quote: string): string | undefined {
  let end = cursor.at + 1;
  while (end < cursor.text.length && cursor.text[end] !== quote) end += cursor.text[end] === '\\' ? 2 : 1;
  if (end >= cursor.text.length) return fail(cursor);
  const body = cursor.text.slice(cursor.at + 1, end);
  cursor.at = end + 1;
  return body.replace(ESCAPE, (all, byte?: string, short?: string, long?: string, letter?: string) => {
    const code = Number.parseInt(byte ?? short ?? long ?? '', 16);
    if (letter !== undefined) return ESCAPES[letter] ?? all;
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

const WORD = /(?:True|False|None|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![\w.])/y;

function wordAt(cursor: Cursor): unknown {
  WORD.lastIndex = cursor.at;
  const word = WORD.exec(cursor.text)?.[0];
  if (word === undefined) return fail(cursor);
  cursor.at += word.length;
  if (word === 'None') return null;
  return word === 'True' ? true : word === 'False' ? false : Number(word);
}
