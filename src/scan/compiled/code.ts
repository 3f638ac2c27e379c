import { Buffer } from 'node:buffer';

/** Types of values. WebAssembly Core Specification 2.0, section 5.3. */
const TYPES = { i32: 0x7f, i64: 0x7e, v128: 0x7b } as const;
export type Type = keyof typeof TYPES;

/** Instructions without anything behind them, section 5.4. */
const PLAIN = {
  return: 0x0f,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LtU: 0x49,
  i32GtU: 0x4b,
  i32GeU: 0x4f,
  i64Ne: 0x52,
  i32Ctz: 0x68,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32And: 0x71,
  i32Or: 0x72,
  i64Or: 0x84,
  i64Xor: 0x85,
  i64ExtendI32U: 0xad,
} as const;
/** Those that load from an address, section 5.4.6. */
const LOADS = { i32: 0x28, i64: 0x29, i32Of8: 0x2d, i32Of16: 0x2f } as const;
/** Vector instructions, section 5.4.8. */
const VECTOR = { eq: 0x23, ltU: 0x26, geU: 0x2c, or: 0x50, allTrue: 0x63, bitmask: 0x64, sub: 0x71 } as const;

const VECTORS = 0xfd;
const V128_CONST = 0x0c;
const NO_RESULT = 0x40;
const END = 0x0b;

/** What a branch leads to: the end of a block. */
export interface Label {
  readonly depth: number;
}

/** A local variable. */
export interface Local {
  readonly index: number;
}

/** The instructions of one function, in the order in which its stack wants them. */
export class Code {
  readonly bytes: number[] = [];
  readonly locals: Type[] = [];
  readonly #parameters: number;
  #depth = 0;

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  local(type: Type): Local {
    return { index: this.#parameters + this.locals.push(type) - 1 };
  }

  get(local: Local): this {
    return this.#put(0x20).#number(local.index);
  }

  set(local: Local): this {
    return this.#put(0x21).#number(local.index);
  }

  tee(local: Local): this {
    return this.#put(0x22).#number(local.index);
  }

  getGlobal(index: number): this {
    return this.#put(0x23).#number(index);
  }

  setGlobal(index: number): this {
    return this.#put(0x24).#number(index);
  }

  call(index: number): this {
    return this.#put(0x10).#number(index);
  }

  i32(value: number): this {
    return this.#put(0x41).#integer(value | 0);
  }

  i64(value: bigint): this {
    this.#put(0x42);
    let rest = BigInt.asIntN(64, value);
    for (; rest < -64n || rest > 63n; rest >>= 7n) this.#put(Number(rest & 0x7fn) | 0x80);
    return this.#put(Number(rest & 0x7fn));
  }

  /** Sixteen equal bytes. */
  splat(byte: number): this {
    this.#put(VECTORS).#put(V128_CONST);
    for (let n = 0; n < 16; n++) this.#put(byte);
    return this;
  }

  v128(bytes: Uint8Array): this {
    this.#put(VECTORS).#put(V128_CONST);
    for (const byte of bytes) this.#put(byte);
    return this;
  }

  op(name: keyof typeof PLAIN): this {
    return this.#put(PLAIN[name]);
  }

  /** On the bytes of vectors; `or` on their bits. */
  vector(name: keyof typeof VECTOR): this {
    return this.#put(VECTORS).#number(VECTOR[name]);
  }

  /** Of any address, `offset` bytes behind the one on the stack. */
  load(name: keyof typeof LOADS, offset: number): this {
    return this.#put(LOADS[name]).#put(0).#number(offset);
  }

  loadVector(offset: number): this {
    return this.#put(VECTORS).#put(0).#put(0).#number(offset);
  }

  /** Instructions that branches to the label leave. */
  block(body: (end: Label) => void): this {
    this.#put(0x02).#put(NO_RESULT);
    body({ depth: ++this.#depth });
    this.#depth--;
    return this.#put(END);
  }

  /** Instructions for the case that what is on the stack is not 0. */
  if(body: () => void): this {
    this.#put(0x04).#put(NO_RESULT);
    this.#depth++;
    body();
    this.#depth--;
    return this.#put(END);
  }

  br(label: Label): this {
    return this.#put(0x0c).#number(this.#depth - label.depth);
  }

  brIf(label: Label): this {
    return this.#put(0x0d).#number(this.#depth - label.depth);
  }

  #put(byte: number): this {
    this.bytes.push(byte);
    return this;
  }

  /** LEB128, seven bits to a byte, as all integers here. Section 5.2.2. */
  #number(value: number): this {
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.bytes.push((rest & 0x7f) | 0x80);
    return this.#put(rest);
  }

  #integer(value: number): this {
    let rest = value;
    for (; rest < -64 || rest > 63; rest >>= 7) this.#put((rest & 0x7f) | 0x80);
    return this.#put(rest & 0x7f);
  }
}

/** A function or a variable of another module. */
export interface Import {
  readonly name: string;
  readonly kind: { readonly parameters: readonly Type[]; readonly result: Type } | { readonly global: Type };
}

/** A module with one function, `run`, that takes a number and gives one. Section 5.5. */
export function moduleOf(imports: readonly Import[], memory: { readonly pages: number }, code: Code): Uint8Array {
  const own = { parameters: ['i32'], result: 'i32' } as const;
  const functions = imports.flatMap(({ kind }) => ('parameters' in kind ? [kind] : []));
  const types = [...functions, own];
  let known = 0;
  const described = imports.map(({ name, kind }) => [
    ...named('env'),
    ...named(name),
    ...('parameters' in kind ? [0x00, ...unsigned(known++)] : [0x03, TYPES[kind.global], 0x01]),
  ]);
  const shared = [...named('env'), ...named('memory'), 0x02, 0x03, 0x01, ...unsigned(memory.pages)];
  return Buffer.concat([
    Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]),
    section(1, list(types.map(({ parameters, result }) => [0x60, ...typed(parameters), ...typed([result])]))),
    section(2, list([...described, shared])),
    section(3, list([unsigned(functions.length)])),
    section(7, list([[...named('run'), 0x00, ...unsigned(functions.length)]])),
    section(10, [1], bodyOf(code)),
  ]);
}

function bodyOf({ locals, bytes }: Code): Buffer {
  const body = Buffer.from([...list(locals.map((type) => [1, TYPES[type]])), ...bytes, END]);
  return Buffer.concat([Buffer.from(unsigned(body.length)), body]);
}

function section(id: number, head: readonly number[], rest: Buffer = Buffer.of()): Buffer {
  return Buffer.concat([Buffer.from([id, ...unsigned(head.length + rest.length), ...head]), rest]);
}

function list(entries: readonly (readonly number[])[]): readonly number[] {
  return [...unsigned(entries.length), ...entries.flat()];
}

function typed(types: readonly Type[]): readonly number[] {
  return list(types.map((type) => [TYPES[type]]));
}

function named(name: string): readonly number[] {
  const bytes = Buffer.from(name);
  return [...unsigned(bytes.length), ...bytes];
}

function unsigned(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}
