import { textOf } from '../../core/json/json.ts';

/** Attributes by key, values plain. */
export interface Attributes extends Pick<ReadonlyMap<string, unknown>, 'get' | 'has'> {
  /** Which of the names it has, where that is known without a look at each. */
  among?(names: Names): readonly string[];
  /** A text as it stands between its quotes in the line; undefined where it is no text, or there is no line. */
  quoted?(key: string): string | undefined;
}

/** Names of one thing, best first. */
export interface Names {
  readonly all: readonly string[];
  /** A number of its own, from 0. */
  readonly id: number;
}

let count = 0;

/** For what is asked of every span: make them once. */
export function namesOf(...all: readonly string[]): Names {
  return { all, id: count++ };
}

/** First of several attributes that has text. */
export function pickText(attributes: Attributes, ...keys: readonly string[]): string | undefined {
  return firstText(attributes, keys);
}

export function textNamed(attributes: Attributes, names: Names): string | undefined {
  return firstText(attributes, attributes.among === undefined ? names.all : attributes.among(names));
}

/** First of several attributes that is there at all. */
export function pick(attributes: Attributes, ...keys: readonly string[]): unknown {
  return firstValue(attributes, keys);
}

export function valueNamed(attributes: Attributes, names: Names): unknown {
  return firstValue(attributes, attributes.among === undefined ? names.all : attributes.among(names));
}

/** The best of them as it stands in the line, if it is a text of which something stands there. */
export function quotedNamed(attributes: Attributes, names: Names): string | undefined {
  const best = attributes.among?.(names)[0];
  const body = best === undefined ? undefined : attributes.quoted?.(best);
  return body === '' ? undefined : body;
}

function firstText(attributes: Attributes, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const text = textOf(attributes.get(key));
    if (text !== undefined) return text;
  }
  return undefined;
}

function firstValue(attributes: Attributes, keys: readonly string[]): unknown {
  for (const key of keys) {
    const value = attributes.get(key);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}
