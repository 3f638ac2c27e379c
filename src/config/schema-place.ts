import { arrayOf, isObject, type JsonObject } from '../core/json/json.ts';

/** What a JSON Schema and a value hold at one path. */
export interface Place {
  readonly value: unknown;
  /** Keys that an object may have here. */
  readonly keys: readonly string[];
  /** Words that are allowed here. */
  readonly words: readonly string[];
  readonly example: unknown;
}

/** Follows a path through a schema as `z.toJSONSchema` writes it, and through the value that did not fit. */
export function placeAt(schema: unknown, value: unknown, path: readonly PropertyKey[]): Place {
  let here: JsonObject = branchFor(schema, value);
  let inner: unknown = value;
  for (const key of path) {
    inner = isObject(inner) || Array.isArray(inner) ? Reflect.get(inner, key) : undefined;
    here = branchFor(childOf(here, key), inner);
  }
  return { value: inner, keys: keysOf(here), words: wordsOf(here), example: arrayOf(here['examples'])[0] };
}

function childOf(schema: JsonObject, key: PropertyKey): unknown {
  if (typeof key === 'number') return schema['items'];
  const properties = schema['properties'];
  const own = isObject(properties) ? properties[String(key)] : undefined;
  return own ?? schema['additionalProperties'];
}

/** Of alternatives the one whose fixed words the value has; of several or none, the first. */
function branchFor(schema: unknown, value: unknown): JsonObject {
  if (!isObject(schema)) return {};
  const branches = [...arrayOf(schema['oneOf']), ...arrayOf(schema['anyOf'])].filter(isObject);
  if (branches.length === 0) return schema;
  const fits = branches.find((branch) => fixedWordsFit(branch, value)) ?? branches[0] ?? {};
  return { ...schema, ...fits, examples: schema['examples'] ?? fits['examples'] };
}

function fixedWordsFit(branch: JsonObject, value: unknown): boolean {
  const properties = branch['properties'];
  if (!isObject(properties) || !isObject(value)) return false;
  return Object.entries(properties).some(
    ([key, member]) => isObject(member) && member['const'] !== undefined && member['const'] === value[key],
  );
}

function keysOf(schema: JsonObject): readonly string[] {
  const properties = schema['properties'];
  return isObject(properties) ? Object.keys(properties).filter((key) => key !== '$schema') : [];
}

function wordsOf(schema: JsonObject): readonly string[] {
  return [
    ...arrayOf(schema['enum']),
    ...arrayOf(schema['anyOf']).flatMap((branch) => (isObject(branch) ? arrayOf(branch['enum']) : [])),
  ].filter((word) => typeof word === 'string');
}
