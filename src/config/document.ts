import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import * as z from 'zod';
import { similarWord } from '../core/text/similar.ts';
import { type Place, placeAt } from './schema-place.ts';

/** A checked document, or a sentence for every fault: file, line, column, key, what is expected, an example. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Reads YAML, or JSON as the part of YAML 1.2 that it is, so that both give places. */
export function checkDocument<S extends z.ZodType>(path: string, text: string, schema: S): Checked<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    const faults = document.errors.map(
      (error) => `${path}:${placeText(lines.linePos(error.pos[0]))}: ${error.message.replace(/\s+/g, ' ')}`,
    );
    return { ok: false, faults };
  }
  // A file of comments alone says nothing; that is no fault.
  const value: unknown = document.contents === null ? {} : document.toJS();
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, placeAt(shape, value, issue.path)));
  const placed = faults.map((fault) => ({ at: offsetOf(document, fault), says: fault.says }));
  placed.sort((a, b) => a.at - b.at);
  return { ok: false, faults: placed.map(({ at, says }) => `${path}:${placeText(lines.linePos(at))}: ${says}`) };
}

/** As compilers write it, so that editors and terminals lead there. */
function placeText({ line, col }: { readonly line: number; readonly col: number }): string {
  return `${line}:${col}`;
}

/** Where the key stands that should not be there, or the value that should be another, or what it is missing in. */
function offsetOf(document: Document, { keys, isKey }: Fault): number {
  const key = isKey ? keyNode(document.getIn(keys.slice(0, -1), true), keys.at(-1)) : undefined;
  if (key?.range) return key.range[0];
  for (let n = keys.length; n >= 0; n--) {
    const node: unknown = document.getIn(keys.slice(0, n), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyNode(map: unknown, key: PropertyKey | undefined): Node | undefined {
  const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
  return isNode(pair?.key) ? pair.key : undefined;
}

/** What is wrong at a key. */
interface Fault {
  readonly keys: readonly PropertyKey[];
  /** The key itself is wrong, not its value. */
  readonly isKey: boolean;
  readonly says: string;
}

function faultsOf(issue: z.core.$ZodIssue, place: Place): readonly Fault[] {
  const name = nameOf(issue.path);
  const about = name === '' ? '' : `${name}: `;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const meant = similarWord(key, place.keys);
      const hint = meant === undefined ? `there are ${place.keys.join(', ')}` : `did you mean "${meant}"?`;
      return { keys: [...issue.path, key], isKey: true, says: `${about}unknown key "${key}"; ${hint}` };
    });
  const words = place.words.length > 0 ? place.words : discriminators(issue.message);
  const expected = words.length > 0 ? `expected one of ${words.join(', ')}` : expectation(issue.message);
  const meant = typeof place.value === 'string' ? similarWord(place.value, words) : undefined;
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  const example =
    place.example === undefined ? '' : `; for example ${lastKey(issue.path)}${JSON.stringify(place.example)}`;
  return [
    { keys: issue.path, isKey: false, says: `${about}${expected}, found ${foundText(place.value)}${hint}${example}` },
  ];
}

/** zod's words without what the found value repeats, and without those of a programmer. */
function expectation(message: string): string {
  return message
    .replace(/^Invalid input: /, '')
    .replace(/, received .*$/, '')
    .replace(
      /^Too (?:big|small): expected number to be ([<>])=/,
      (_, sign) => `expected at ${sign === '<' ? 'most' : 'least'} `,
    )
    .replace(/^expected (?:record|object)$/, 'expected keys with values')
    .replace(/^expected array$/, 'expected a list');
}

/** Of a union told apart by one key, zod names the allowed words in its message only. */
function discriminators(message: string): readonly string[] {
  if (!message.startsWith('Invalid discriminator')) return [];
  return [...message.matchAll(/'([^']+)'/g)].flatMap(([, word]) => word ?? []);
}

function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function lastKey(path: readonly PropertyKey[]): string {
  const key = path.at(-1);
  return typeof key === 'string' ? `${key}: ` : '';
}

function foundText(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
