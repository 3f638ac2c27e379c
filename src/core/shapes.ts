import { digestOf } from './digest.ts';
import { readShape, type Wanted } from './shape.ts';

/** More than a writer's records differ by; what is stranger is read in full. */
const MOST_SHAPES = 48;

/** The members of a record in their order, as one expression that takes every byte of a line, and which of its groups hold what is wanted. */
interface Shape {
  readonly regex: RegExp;
  readonly groups: readonly number[];
  /** The same for the same members in the same order, whatever the spaces. */
  readonly name: string;
}

/** What was cut out, from a place on, as one text. A quote stands in no value but in lists, and where those are the shape tells. */
export function keyOf(cut: readonly string[], from: number): string {
  let key = cut[0] ?? '';
  for (let i = from; i < cut.length; i++) key += `"${cut[i]}`;
  return key;
}

/** Names down to a member. */
type Path = readonly [string, ...string[]];

/**
 * Cuts wanted members from JSON records without parsing them. One writer puts the same members in the same order, so a line is
 * mostly of a shape that was seen before. A line that fits is JSON, and no name in it that matters comes twice; the first of
 * its kind is learned, and any that cannot be is not plain.
 */
export class Shapes {
  readonly #wanted: Wanted;
  readonly #known = new Map<string, Shape[]>();
  readonly #values: string[];
  #count = 0;

  /** `refused`: records with one of these members are never plain. */
  constructor(wanted: readonly Path[], refused: readonly Path[] = []) {
    this.#wanted = {
      members: wanted.map((path) => path.join('\n')),
      refused: new Set(refused.map((path) => path.join('\n'))),
    };
    this.#values = wanted.map(() => '');
  }

  /**
   * The name of the line's shape and the wanted values as they stand, text without its quotes, '' where there is none; undefined
   * when the line is not plain. The array is only valid until the next call. `kind`: lines of one kind are tried on fewer shapes.
   */
  cut(line: string, kind = ''): readonly string[] | undefined {
    const shapes = this.#known.get(kind) ?? this.#add(kind);
    for (let i = 0; i < shapes.length; i++) {
      const shape = shapes[i];
      const match = shape?.regex.exec(line);
      if (shape === undefined || match === null || match === undefined) continue;
      const before = shapes[i - 1];
      if (before !== undefined) {
        shapes[i - 1] = shape;
        shapes[i] = before;
      }
      return this.#fill(shape, match);
    }
    return this.#learn(line, shapes);
  }

  #fill({ name, groups }: Shape, match: RegExpExecArray): readonly string[] {
    const values = this.#values;
    values[0] = name;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] ?? 0;
      values[i + 1] = group === 0 ? '' : (match[group] ?? '');
    }
    return values;
  }

  #add(kind: string): Shape[] {
    const shapes: Shape[] = [];
    if (this.#known.size < MOST_SHAPES) this.#known.set(kind, shapes);
    return shapes;
  }

  #learn(line: string, shapes: Shape[]): readonly string[] | undefined {
    if (this.#count >= MOST_SHAPES) return undefined;
    const read = readShape(line, this.#wanted);
    if (read === undefined) return undefined;
    const regex = new RegExp(read.source);
    const match = regex.exec(line);
    if (match === null) return undefined;
    const shape = { regex, groups: read.groups, name: digestOf(read.trail, 16) };
    shapes.push(shape);
    this.#count++;
    return this.#fill(shape, match);
  }
}
