import { Buffer } from 'node:buffer';
import { KINDS } from '../layout.ts';
import type { Node } from '../operations.ts';
import type { Code, Label, Local } from './code.ts';
import { type Helper, helper } from './helpers.ts';

const VECTOR_BYTES = 16;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const NEWLINE = 0x0a;
/** `true`, and what `false` has behind its first sign. */
const TRUE = 0x65757274;
const ALSE = 0x65736c61;
const F = 0x66;
/** So many vectors of a text are looked at here, what is behind them by the matcher. */
const VECTORS_OF_TEXT = 3;

/**
 * Emits what moves along a line: over literals, and over values of each kind as the functions of ../assembly do. What is common is done on
 * the spot, the rest by these functions.
 */
export class Cursor {
  readonly code: Code;
  /** Where the line was compared to, less `offset` bytes that are known here already. */
  readonly at: Local = { index: 0 };
  offset = 0;
  /** Where the value begins that ends at `at`. */
  readonly from: Local;
  readonly #mask: Local;
  readonly #bytes: Local;

  constructor(code: Code) {
    this.code = code;
    this.from = code.local('i32');
    this.#mask = code.local('i32');
    this.#bytes = code.local('v128');
  }

  /** Over a value; `next`: what comes behind it. */
  value(node: Node, next: Node | undefined, fail: Label): void {
    this.settle();
    this.code.get(this.at).set(this.from);
    this.#value(node, next, fail);
  }

  #value({ kind, literal, length }: Node, next: Node | undefined, fail: Label): void {
    const [stop = 0, refused = 0] = Buffer.from(literal, 'latin1');
    if (kind === KINDS.text) this.#text(fail);
    else if (kind === KINDS.scalar) this.#scalar(next, fail);
    else if (kind === KINDS.digits) this.#digits(length, fail);
    else if (kind === KINDS.field) this.#field(stop, refused, length, fail);
    else if (kind === KINDS.fields && length === 1) this.#closedField(stop, refused, fail);
    else if (kind === KINDS.fields) this.#jump('fields', [stop, refused, length], fail);
    else if (kind === KINDS.any) this.#jump('anyValue', [], fail);
    else if (kind === KINDS.mark) this.#jump('markEnd', [], fail);
    else this.#jump('lineEnd', [], fail);
  }

  /** Makes `at` the place itself. */
  settle(): void {
    if (this.offset > 0) this.#move(this.offset);
    this.offset = 0;
  }

  /** Over bytes as they stand. Nothing is read that stands more than 16 bytes behind what was found equal. */
  literal(literal: Buffer, fail: Label): void {
    const { length } = literal;
    let done = 0;
    for (; length - done >= VECTOR_BYTES; done += VECTOR_BYTES) this.#sameVector(literal, done, fail);
    const left = length - done;
    if (left > 0 && done > 0) this.#sameVector(literal, length - VECTOR_BYTES, fail);
    else if (left > 0) this.#sameWords(literal, fail);
    this.offset += length;
  }

  #sameVector(literal: Buffer, at: number, fail: Label): void {
    const { code } = this;
    code.get(this.at).loadVector(this.offset + at);
    code
      .v128(literal.subarray(at, at + VECTOR_BYTES))
      .vector('eq')
      .vector('allTrue')
      .op('i32Eqz')
      .brIf(fail);
  }

  /** Fewer than 16 bytes, as one number or as two that overlap. */
  #sameWords(literal: Buffer, fail: Label): void {
    const { length } = literal;
    if (length >= 8) {
      this.#difference(literal, 0);
      if (length > 8) {
        this.#difference(literal, length - 8);
        this.code.op('i64Or');
      }
      this.code.i64(0n).op('i64Ne').brIf(fail);
      return;
    }
    const size = length >= 4 ? 4 : length >= 2 ? 2 : 1;
    for (let at = 0; at < length; at = at + size < length ? Math.min(at + size, length - size) : length) {
      const value = literal.readUIntLE(at, size);
      this.code.get(this.at).load(size === 4 ? 'i32' : size === 2 ? 'i32Of16' : 'i32Of8', this.offset + at);
      this.code.i32(value).op('i32Ne').brIf(fail);
    }
  }

  #difference(literal: Buffer, at: number): void {
    this.code
      .get(this.at)
      .load('i64', this.offset + at)
      .i64(literal.readBigUInt64LE(at))
      .op('i64Xor');
  }

  /** Of the vector here: a bit for each of these signs and each control character. */
  #signs(signs: readonly number[]): void {
    const { code } = this;
    code.get(this.at).loadVector(0).tee(this.#bytes).splat(0x20).vector('ltU');
    for (const sign of signs) code.get(this.#bytes).splat(sign).vector('eq').vector('or');
    code.vector('bitmask').tee(this.#mask);
  }

  /** To the first of these signs, or control characters, that stands in a few vectors; to `none` where there is no such. */
  #seek(signs: readonly number[], none: Label): void {
    const { code } = this;
    code.block((found) => {
      for (let n = 0; n < VECTORS_OF_TEXT; n++) {
        this.#signs(signs);
        code.brIf(found);
        this.#move(VECTOR_BYTES);
      }
      code.br(none);
    });
    code.get(this.at).get(this.#mask).op('i32Ctz').op('i32Add').set(this.at);
  }

  #text(fail: Label): void {
    const { code } = this;
    code.block((done) => {
      code.block((slow) => {
        this.#seek([QUOTE, BACKSLASH], slow);
        code.get(this.at).load('i32Of8', 0).i32(QUOTE).op('i32Eq').brIf(done);
      });
      this.#jump('text', [], fail);
    });
  }

  /** A whole number of up to fifteen digits with nothing behind it that might belong to it is found here. */
  #scalar(next: Node | undefined, fail: Label): void {
    const { code } = this;
    const follow = next?.kind === KINDS.literal && next.other === undefined ? next.literal.charCodeAt(0) : undefined;
    const isPlain = follow !== undefined && !'.eE0123456789'.includes(String.fromCharCode(follow));
    if (!isPlain) {
      this.#jump('scalar', [], fail);
      return;
    }
    code.block((done) => {
      code.block((slow) => {
        this.#digitsHere();
        code.get(this.#mask).op('i32Ctz').tee(this.#mask).op('i32Eqz');
        code.if(() => this.#boolean(done, slow));
        code.get(this.#mask).i32(VECTOR_BYTES).op('i32GeU').brIf(slow);
        code.get(this.at).load('i32Of8', 0).i32(ZERO).op('i32Eq');
        code.get(this.#mask).i32(1).op('i32GtU').op('i32And').brIf(slow);
        code.get(this.at).get(this.#mask).op('i32Add').tee(this.at);
        code.load('i32Of8', 0).i32(follow).op('i32Eq').brIf(done);
      });
      code.get(this.from).set(this.at);
      this.#jump('scalar', [], fail);
    });
  }

  /** Behind `true` or `false`, if that stands here. */
  #boolean(done: Label, slow: Label): void {
    const { code } = this;
    code.block((others) => {
      code.get(this.at).load('i32', 0).i32(TRUE).op('i32Ne').brIf(others);
      this.#move(4).br(done);
    });
    code.get(this.at).load('i32Of8', 0).i32(F).op('i32Ne').brIf(slow);
    code.get(this.at).load('i32', 1).i32(ALSE).op('i32Ne').brIf(slow);
    this.#move(5).br(done);
  }

  #move(bytes: number): Code {
    return this.code.get(this.at).i32(bytes).op('i32Add').set(this.at);
  }

  /** Sets a bit for each of sixteen bytes that is no digit. */
  #digitsHere(): void {
    const { code } = this;
    code.get(this.at).loadVector(0).splat(ZERO).vector('sub').splat(10).vector('geU').vector('bitmask').set(this.#mask);
  }

  #digits(length: number, fail: Label): void {
    const { code } = this;
    if (length >= VECTOR_BYTES || length === 0) {
      this.#jump('digits', [], fail);
      if (length === 0) code.get(this.at).get(this.from).op('i32Eq').brIf(fail);
      else this.length().i32(length).op('i32Ne').brIf(fail);
      return;
    }
    this.#digitsHere();
    code.get(this.#mask).op('i32Ctz').i32(length).op('i32Ne').brIf(fail);
    this.#move(length);
  }

  #field(stop: number, refused: number, length: number, fail: Label): void {
    const { code } = this;
    code.block((done) => {
      code.block((slow) => {
        this.#seek([...new Set([stop, refused])], slow);
        code.get(this.at).load('i32Of8', 0).tee(this.#mask).i32(stop).op('i32Eq').brIf(done);
        code.get(this.#mask).i32(NEWLINE).op('i32Eq').brIf(done);
        code.br(fail);
      });
      this.#jump('field', [stop, refused], fail);
    });
    if (length !== 0) this.length().i32(length).op('i32GtU').brIf(fail);
  }

  #closedField(stop: number, refused: number, fail: Label): void {
    const { code } = this;
    code.block((done) => {
      code.block((slow) => {
        this.#seek([...new Set([stop, refused])], slow);
        code.get(this.at).load('i32Of8', 0).i32(stop).op('i32Ne').brIf(fail);
        code.br(done);
      });
      this.#jump('fields', [stop, refused, 1], fail);
    });
  }

  /** To where a function of the matcher says. */
  #jump(name: Helper, more: readonly number[], fail: Label): void {
    const { code } = this;
    code.get(this.at);
    for (const value of more) code.i32(value);
    code.call(helper(name)).tee(this.at).op('i32Eqz').brIf(fail);
  }

  /** How long the value is. */
  length(): Code {
    return this.code.get(this.at).get(this.from).op('i32Sub');
  }

  /** What a function of the matcher says about the value. */
  ask(name: Helper): Code {
    return this.code.get(this.from).get(this.at).call(helper(name));
  }
}
