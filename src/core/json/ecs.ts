import { isObject, type JsonObject } from './json.ts';

/** The document inside an Elasticsearch hit, or the document itself. */
export function openHit(json: unknown): JsonObject | undefined {
  if (!isObject(json)) return undefined;
  const source = json['_source'];
  return isObject(source) ? source : json;
}

/** Member by its ECS name: nested objects, dotted keys and any mix of the two; of an array the first element. */
export function ecs(document: JsonObject, name: string): unknown {
  const value = find(document, name);
  return Array.isArray(value) ? value[0] : value;
}

/** All values of a member. */
export function ecsAll(document: JsonObject, name: string): readonly unknown[] {
  const value = find(document, name);
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** Ways to cut a name in two at a dot; kept, because each document asks for the same fifty names. */
const CUTS = new Map<string, readonly (readonly [string, string])[]>();

function cutsOf(name: string): readonly (readonly [string, string])[] {
  const known = CUTS.get(name);
  if (known !== undefined) return known;
  const cuts: [string, string][] = [];
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1))
    cuts.push([name.slice(0, dot), name.slice(dot + 1)]);
  CUTS.set(name, cuts);
  return cuts;
}

function find(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  const whole = value[name];
  if (whole !== undefined) return whole;
  for (const [head, tail] of cutsOf(name)) {
    const inner = value[head];
    if (inner === undefined) continue;
    const found = find(Array.isArray(inner) ? inner[0] : inner, tail);
    if (found !== undefined) return found;
  }
  return undefined;
}
