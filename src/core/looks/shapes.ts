import type { Template } from '../../model/template.ts';
import { digestOf } from '../digest.ts';
import { LONGEST_PLAIN } from '../json/json-grammar.ts';
import { ownText } from '../text/own-text.ts';
import { type ReadShape, readShape, type Wanted } from './shape.ts';
import { type ShapeUse, templateOf } from './shape-template.ts';

/** More than a writer's records differ by; what is stranger is read in full. */
const MOST_SHAPES = 48;

/** Longer expressions, of records with very many members or very long names, may be more than V8 compiles. */
const MOST_SOURCE = 20_000;

/** So many lines of a kind that were all refused: no line of it is tried any more. */
const MOST_REFUSALS = 32;

/** The members of a record in their order, as one expression that takes every byte of a line. */
interface Shape extends Omit<ReadShape, 'parts' | 'source'> {
  readonly regex: RegExp;
  /** The same for the same members in the same order, whatever the spaces. */
  readonly name: string;
}

/** Names down to a member. */
type Path = readonly [string, ...string[]];

interface Choice {
  /** Members whose values are asked for. */
  readonly values: readonly Path[];
  /** Members that are only compared. */
  readonly compared: readonly Path[];
  /** Objects that differ from record to record and are of no interest. */
  readonly loose?: readonly Path[];
  /** Records with one of these are never plain. */
  readonly refused?: readonly Path[];
  /** Values that are told as text or not at all: of a record where one is neither text nor null nothing is. */
  readonly texts?: readonly Path[];
}

/**
 * Cuts wanted members from JSON records without parsing them. One writer puts the same members in the same order, so a line is
 * mostly of a shape that was seen before. A line that fits is JSON, and no name in it that matters comes twice; the first of
 * its kind is learned, and any that cannot be is not plain.
 */
export class Shapes {
  readonly #wanted: Wanted;
  readonly #known = new Map<string, Shape[]>();
  readonly #values: string[];
  /** By the shapes of a kind; those of a kind that is not known go with the line. */
  readonly #refusals = new WeakMap<readonly Shape[], number>();
  /** Members for which lines were refused, as they begin: a line of no known shape that has one is not read for it again. */
  readonly #refused = new Set<string>();
  #count = 0;

  constructor({ values, compared, loose = [], refused = [], texts = [] }: Choice) {
    const joined = (paths: readonly Path[]): string[] => paths.map((path) => path.join('\n'));
    this.#wanted = {
      values: joined(values),
      compared: new Set(joined(compared)),
      loose: new Set(joined(loose)),
      refused: new Set(joined(refused)),
      texts: new Set(joined(texts)),
    };
    this.#values = ['', ...values.map(() => '')];
  }

  /**
   * The key and the values as they stand, text without its quotes, '' where there is none; undefined when the line is not plain.
   * Equal keys: the same members in the same order, and equal values of those that are compared. The array is only valid until
   * the next call. `kind`: lines of one kind are tried on fewer shapes.
   */
  cut(line: string, kind = ''): readonly string[] | undefined {
    if (line.length > LONGEST_PLAIN) return undefined;
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
    const refused = this.#refusals.get(shapes) ?? 0;
    if (shapes.length === 0 && refused >= MOST_REFUSALS) return undefined;
    const learned = this.#learn(line, shapes);
    if (learned === undefined) this.#refusals.set(shapes, refused + 1);
    return learned;
  }

  /** What a line has in common with others of its shape; `uses`: of the wanted values, in their order. */
  template(line: string, uses: readonly ShapeUse[]): Template | undefined {
    const read = readShape(line, this.#wanted);
    return read === undefined ? undefined : templateOf(read.parts, uses);
  }

  #fill({ name, groups, compared }: Shape, match: RegExpExecArray): readonly string[] {
    const values = this.#values;
    let key = name;
    for (const group of compared) key += match[group];
    values[0] = key;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] ?? 0;
      values[i + 1] = group === 0 ? '' : (match[group] ?? '');
    }
    return values;
  }

  #add(kind: string): Shape[] {
    const shapes: Shape[] = [];
    if (this.#known.size < MOST_SHAPES) this.#known.set(ownText(kind), shapes);
    return shapes;
  }

  /** One that other objects have too tells nothing. */
  #noteRefused(line: string, member: string): void {
    const at = line.indexOf(member);
    if (at >= 0 && at === line.lastIndexOf(member)) this.#refused.add(member);
  }

  #learn(line: string, shapes: Shape[]): readonly string[] | undefined {
    if (this.#count >= MOST_SHAPES) return undefined;
    for (const name of this.#refused) if (line.includes(name)) return undefined;
    const read = readShape(line, this.#wanted, (name) => this.#noteRefused(line, `"${name}":`));
    if (read === undefined || read.source.length > MOST_SOURCE) return undefined;
    const regex = new RegExp(read.source);
    const match = regex.exec(line);
    if (match === null) return undefined;
    const { groups, compared, trail } = read;
    const shape = { groups, compared, trail, regex, name: digestOf(trail, 12) };
    shapes.push(shape);
    this.#count++;
    return this.#fill(shape, match);
  }
}
