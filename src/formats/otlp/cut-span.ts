import { tryJson } from '../../core/json/json.ts';
import { stringOf } from '../../core/json/json-grammar.ts';
import { ownText } from '../../core/text/own-text.ts';
import type { Instant } from '../../core/time/instant.ts';
import type { Attributes, Names } from './attributes.ts';
import { anyValue, eventsOf, hasFailed, idOf, nanosOf, type Resource, type Span, usualNanos } from './message.ts';
import type { SpanShape } from './span-shape.ts';

/**
 * A span as it stands in its line: what nobody asks for is not read. Its ids and stamps are parts of the line: who keeps one for
 * long keeps a copy (`ownText`, `withoutLine`), or the whole line stays in memory.
 */
export class CutSpan implements Span, Attributes {
  readonly resource: Resource;
  readonly #shape: SpanShape;
  readonly #found: RegExpExecArray;

  readonly #reads: Set<number> | undefined;

  /** `reads`: takes note of the groups that are asked for. */
  constructor(shape: SpanShape, found: RegExpExecArray, resource: Resource, reads?: Set<number>) {
    this.#shape = shape;
    this.#found = found;
    this.resource = resource;
    this.#reads = reads;
  }

  /** The same span; whoever asks it for something leaves a trace. */
  traced(reads: Set<number>): CutSpan {
    return new CutSpan(this.#shape, this.#found, this.resource, reads);
  }

  get shape(): SpanShape {
    return this.#shape;
  }

  /** What stands in a group of its shape. */
  textOf(group: number): string | undefined {
    return this.#found[group];
  }

  /** Whether it can be told from others. */
  get isNamed(): boolean {
    return this.#shape.isUsual || (this.traceId !== '' && this.spanId !== '');
  }

  /** All ids and times look as they mostly do. */
  get isUsual(): boolean {
    return this.#shape.isUsual;
  }

  get traceId(): string {
    return this.#id(this.#shape.groups.traceId, 16) ?? '';
  }

  get spanId(): string {
    return this.#id(this.#shape.groups.spanId, 8) ?? '';
  }

  get parentId(): string | undefined {
    return this.#id(this.#shape.groups.parentSpanId, 8);
  }

  get name(): string {
    return this.#text(this.#shape.groups.name) ?? '';
  }

  get start(): Instant | undefined {
    return this.#instant(this.#shape.groups.startTimeUnixNano);
  }

  get end(): Instant | undefined {
    return this.#instant(this.#shape.groups.endTimeUnixNano);
  }

  get failed(): boolean {
    return hasFailed(this.#whole(this.#shape.groups.status));
  }

  get events(): Span['events'] {
    return eventsOf(this.#whole(this.#shape.groups.events));
  }

  get attributes(): Attributes {
    return this;
  }

  has(key: string): boolean {
    return this.#shape.attributes.has(key);
  }

  get(key: string): unknown {
    const slot = this.#shape.attributes.get(key);
    if (slot === undefined) return undefined;
    return slot.isText ? this.#text(slot.group) : anyValue(this.#whole(slot.group));
  }

  among(names: Names): readonly string[] {
    return this.#shape.among[names.id] ?? lookUp(this.#shape, names);
  }

  quoted(key: string): string | undefined {
    const slot = this.#shape.attributes.get(key);
    return slot?.isText ? this.#part(slot.group) : undefined;
  }

  copy(): Span {
    const { parentId, name, failed, events, resource } = this;
    return {
      traceId: ownText(this.traceId),
      spanId: ownText(this.spanId),
      parentId: parentId === undefined ? undefined : ownText(parentId),
      name,
      start: ownInstant(this.start),
      end: ownInstant(this.end),
      attributes: new Map([...this.#shape.attributes.keys()].map((key) => [key, this.get(key)])),
      events,
      failed,
      resource,
    };
  }

  #part(group: number | undefined): string | undefined {
    if (group === undefined) return undefined;
    this.#reads?.add(group);
    return this.#found[group];
  }

  #text(group: number | undefined): string | undefined {
    const body = this.#part(group);
    if (body === undefined) return undefined;
    return body.includes('\\') ? stringOf(body) : ownText(body);
  }

  #whole(group: number | undefined): unknown {
    const source = this.#part(group);
    return source === undefined ? undefined : tryJson(source);
  }

  #id(group: number | undefined, bytes: 8 | 16): string | undefined {
    if (!this.#shape.isUsual) return idOf(this.#text(group), bytes);
    const id = this.#part(group);
    return id === '' ? undefined : id;
  }

  #instant(group: number | undefined): Instant | undefined {
    if (!this.#shape.isUsual) return nanosOf(this.#text(group));
    const raw = this.#part(group);
    return raw === undefined ? undefined : usualNanos(raw);
  }
}

function lookUp({ among, attributes }: SpanShape, names: Names): readonly string[] {
  const found = names.all.filter((key) => attributes.has(key));
  among[names.id] = found;
  return found;
}

function ownInstant(instant: Instant | undefined): Instant | undefined {
  return instant === undefined ? undefined : { stamp: instant.stamp, raw: ownText(instant.raw) };
}

/** The same span without the line that it was cut from: for what has to wait. */
export function withoutLine(span: Span): Span {
  return span instanceof CutSpan ? span.copy() : span;
}
