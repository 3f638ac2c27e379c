import { Buffer } from 'node:buffer';
import type { Template, TemplatePart } from '../model/template.ts';
import { KINDS, LITERALS, OPERATION_BYTES, OPERATIONS, USES } from './layout.ts';

interface Operation {
  readonly kind: number;
  readonly use: number;
  readonly literal: string;
  readonly length: number;
}

/** An operation that was written, the one behind it, and the one to try where this or what is behind it fails. */
export interface Node extends Operation {
  readonly place: number;
  /** Of the template that ends here. */
  readonly number: number;
  next: Node | undefined;
  other: Node | undefined;
}

/** Literals are loaded sixteen bytes at a time. */
const PADDING = 16;
const LONGEST = 0xffff;
const NEXT = 8;
const OTHER = 12;

/** Templates in the memory of the matcher, as a tree: what several begin with is compared once. */
export class Operations {
  readonly #bytes: Buffer;
  #root: Node | undefined;
  readonly #base: number;
  #place: number;
  #literal: number;
  /** Numbers are not used again: hashes of templates that were dropped must not come back. */
  #templates = 0;

  /** `base`: where the area begins that they are written to. */
  constructor(memory: ArrayBufferLike, base: number) {
    this.#bytes = Buffer.from(memory);
    this.#base = base;
    this.#place = base + OPERATIONS.from;
    this.#literal = base + LITERALS.from;
  }

  /** Where matching begins; undefined where there is no template. */
  get root(): Node | undefined {
    return this.#root;
  }

  /** How many there are. */
  get count(): number {
    return (this.#place - this.#base - OPERATIONS.from) / OPERATION_BYTES;
  }

  /** False where it is there already, or there is no more room. */
  add(template: Template): boolean {
    const operations = operationsOf(template);
    if (!this.#hasRoom(operations)) return false;
    let parent: Node | undefined;
    let first = this.#root;
    for (const [index, operation] of operations.entries()) {
      const known = alternativeOf(first, operation);
      if (known === undefined) {
        this.#append(operations.slice(index), parent, first);
        return true;
      }
      parent = known;
      first = known.next;
    }
    return false;
  }

  clear(): void {
    this.#root = undefined;
    this.#place = this.#base + OPERATIONS.from;
    this.#literal = this.#base + LITERALS.from;
  }

  #hasRoom(operations: readonly Operation[]): boolean {
    const literals = operations.reduce((sum, { literal }) => sum + literal.length + PADDING, 0);
    return (
      operations.every(({ length }) => length <= LONGEST) &&
      this.#place + operations.length * OPERATION_BYTES <= this.#base + OPERATIONS.to &&
      this.#literal + literals <= this.#base + LITERALS.to
    );
  }

  /** Behind an operation, beside those that may stand there too. */
  #append(operations: readonly Operation[], parent: Node | undefined, first: Node | undefined): void {
    const nodes = operations.map((operation) => this.#write(operation));
    for (const [index, node] of nodes.entries()) this.#follow(node, nodes[index + 1]);
    const [head] = nodes;
    if (first !== undefined) this.#alternate(first, head);
    else if (parent !== undefined) this.#follow(parent, head);
    else this.#root = head;
  }

  #follow(node: Node, next: Node | undefined): void {
    node.next = next;
    this.#bytes.writeUInt32LE(next?.place ?? 0, node.place + NEXT);
  }

  #alternate(first: Node, other: Node | undefined): void {
    let last = first;
    while (last.other !== undefined) last = last.other;
    last.other = other;
    this.#bytes.writeUInt32LE(other?.place ?? 0, last.place + OTHER);
  }

  #write(operation: Operation): Node {
    const { kind, use, literal, length } = operation;
    const place = this.#place;
    this.#place += OPERATION_BYTES;
    this.#bytes.writeUInt8(kind, place);
    this.#bytes.writeUInt8(use, place + 1);
    this.#bytes.writeUInt16LE(length, place + 2);
    this.#bytes.writeUInt32LE(this.#literal, place + 4);
    this.#bytes.write(literal, this.#literal, 'latin1');
    this.#literal += literal.length + PADDING;
    this.#bytes.writeUInt32LE(0, place + OTHER);
    const number = kind === KINDS.end ? ++this.#templates : 0;
    this.#bytes.writeUInt32LE(number, place + 16);
    return { ...operation, place, number, next: undefined, other: undefined };
  }
}

/** Literals next to each other become one, and so do fields next to each other that are of the same use. */
function operationsOf(template: Template): readonly Operation[] {
  const operations: Operation[] = [];
  let literal = '';
  const close = (): void => {
    if (literal !== '') operations.push({ kind: KINDS.literal, use: USES.free, literal, length: literal.length });
    literal = '';
  };
  for (const part of template) {
    if ('literal' in part) {
      literal += part.literal;
      if (literal !== '' && closesField(operations.at(-1), literal)) {
        closeField(operations);
        literal = literal.slice(1);
      }
    } else {
      close();
      operations.push(operationOf(part));
    }
  }
  close();
  return [
    ...operations,
    { kind: KINDS.end, use: USES.free, literal: '', length: linesOf(template) || usesOf(template) },
  ];
}

/** How many lines an event has, 0 where the template is no event's. */
function linesOf(template: Template): number {
  if (!template.some((part) => 'use' in part && part.use === 'epoch')) return 0;
  return template.reduce((sum, part) => ('literal' in part ? sum + part.literal.split('\n').length - 1 : sum), 1);
}

/** Which uses a record's template has, a bit for each; 0 where it is no record's. */
function usesOf(template: Template): number {
  return template.reduce((uses, part) => {
    const bit = 'use' in part ? USES[part.use] - USES.traceId : -1;
    return bit < 0 || bit > USES.callId - USES.traceId ? uses : uses | (1 << bit);
  }, 0);
}

/** Whether a literal begins with the stop of the field before it, which may be of any length. */
function closesField(last: Operation | undefined, literal: string): boolean {
  return last?.kind === KINDS.field && last.length === 0 && literal[0] === last.literal[0];
}

/** The last field and its stop become one operation, that before it included where it is such a one too. */
function closeField(operations: Operation[]): void {
  const field = operations.pop();
  if (field === undefined) return;
  const before = operations.at(-1);
  const isRun = field.use === USES.free || field.use === USES.same;
  const isLike = before?.kind === KINDS.fields && before.use === field.use && before.literal === field.literal;
  if (before !== undefined && isRun && isLike)
    operations[operations.length - 1] = { ...before, length: before.length + 1 };
  else operations.push({ ...field, kind: KINDS.fields, length: 1 });
}

function operationOf(part: Exclude<TemplatePart, { readonly literal: string }>): Operation {
  const common = { kind: KINDS[part.kind], use: USES[part.use] };
  if (part.kind === 'digits' || part.kind === 'hex') return { ...common, literal: '', length: part.count ?? 0 };
  if (part.kind !== 'field') return { ...common, literal: '', length: 0 };
  return { ...common, literal: `${part.stop}${part.refused ?? part.stop}`, length: part.most ?? 0 };
}

function alternativeOf(first: Node | undefined, { kind, use, literal, length }: Operation): Node | undefined {
  for (let node = first; node !== undefined; node = node.other)
    if (node.kind === kind && node.use === use && node.length === length && node.literal === literal) return node;
  return undefined;
}
