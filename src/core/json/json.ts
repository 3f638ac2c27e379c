import { remembered } from '../text/remembered.ts';

/** No log nests deeper; what does exhausts the stack of whoever walks through it, `JSON.stringify` too. */
const MOST_NESTED = 500;

/** Parses JSON; undefined when the text is not JSON, or nested too deep. The caller turns that into a diagnostic. */
export function tryJson(text: string): unknown {
  if (text.length > 2 * MOST_NESTED && isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isTooDeep(text: string): boolean {
  if (countUpTo(text, '{', MOST_NESTED) + countUpTo(text, '[', MOST_NESTED) <= MOST_NESTED) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) i = endOfString(text, i);
    else if (c === 91 || c === 123) {
      if (++depth > MOST_NESTED) return true;
    } else if (c === 93 || c === 125) depth--;
  }
  return false;
}

function countUpTo(text: string, mark: string, most: number): number {
  let count = 0;
  for (let at = text.indexOf(mark); at >= 0 && count <= most; at = text.indexOf(mark, at + 1)) count++;
  return count;
}

const QUOTE = 34;
const BACKSLASH = 92;

/** The closing quote of the string that opens at `from`, or the end of the text. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return at;
  }
  return text.length;
}

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Member at a path of keys; undefined as soon as a step is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (!isObject(current)) return undefined;
    current = current[key];
  }
  return current;
}

/** Text of a string or number; undefined for anything else and for empty text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number') return String(value);
  return undefined;
}

/** Finite number from a number or numeric text. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  // A first character that is no blank says it without a copy.
  const first = value.charCodeAt(0);
  if (!(first > 32 && first < 127) && value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Digits of an integer member as they stand in the text: `JSON.parse` rounds beyond 2^53.
 * Finds the first `"key": digits`; use it for keys that occur once.
 */
export function integerText(text: string, key: string): string | undefined {
  return memberOf(key).exec(text)?.[1];
}

const memberOf = remembered((key) => new RegExp(`"${key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}"\\s*:\\s*"?(-?\\d+)`));

/**
 * Drops keys whose value is undefined: with exactOptionalPropertyTypes an absent field must be absent. The object itself where
 * there is nothing to drop, so it must be one that nobody else changes.
 */
export function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const all = value as Record<string, unknown>;
  for (const key in all) if (all[key] === undefined) return withoutUndefined(all) as ReturnType<typeof compact<T>>;
  return value as ReturnType<typeof compact<T>>;
}

/** V8 makes a hash table of an object to which more members than this are added one by one: a copy is none. */
const MOST_ADDED = 18;

function withoutUndefined(all: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  let added = 0;
  for (const key in all) {
    if (all[key] === undefined) continue;
    out[key] = all[key];
    added++;
  }
  return added > MOST_ADDED ? { ...out } : out;
}

/**
 * `compact({ ...base, ...own })`, in a fraction of the time: V8 adds what follows a spread one slow step at a time, and here
 * every tool call of a night passes through.
 */
export function compactOver<B extends object, T extends object>(
  base: B,
  own: T,
): { [K in keyof (Omit<B, keyof T> & T)]: Exclude<(Omit<B, keyof T> & T)[K], undefined> } {
  return merged(base, own) as { [K in keyof (Omit<B, keyof T> & T)]: Exclude<(Omit<B, keyof T> & T)[K], undefined> };
}

function merged(base: object, own: object): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const [first, last] = [base as Record<string, unknown>, own as Record<string, unknown>];
  for (const key of Object.keys(base)) {
    const value = Object.hasOwn(own, key) ? last[key] : first[key];
    if (value !== undefined) out[key] = value;
  }
  for (const key of Object.keys(own)) if (last[key] !== undefined) out[key] = last[key];
  return out;
}
