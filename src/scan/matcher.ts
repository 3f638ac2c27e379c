import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { Template } from '../model/template.ts';
import { LINES, ROW_NUMBERS, ROWS } from './layout.ts';
import { MATCHER_WASM } from './matcher-wasm.ts';
import { Operations } from './operations.ts';

/** What `assembly/matcher.ts` exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  setSeed(low: number, high: number): void;
  scan(origin: number, from: number, to: number, root: number, rows: number, rowsEnd: number): number;
}

/** So many bytes of lines can be scanned at once. */
export const MOST_BYTES = LINES.to - LINES.from;

let compiled: WebAssembly.Module | undefined;

/** Undefined on a processor without the vector instructions that it is made of. */
function compile(): WebAssembly.Module | undefined {
  try {
    compiled ??= new WebAssembly.Module(Buffer.from(MATCHER_WASM, 'base64'));
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
  }
  return compiled;
}

/** Undefined where the machine cannot run it: every line is then looked at. */
export function createMatcher(): Matcher | undefined {
  const module = compile();
  return module === undefined ? undefined : new Matcher(new WebAssembly.Instance(module).exports as Exports);
}

/** Compares lines with templates, and says of each line which others it is like, by a hash. */
export class Matcher {
  readonly #exports: Exports;
  readonly #operations: Operations;
  readonly #lines: Uint8Array;
  #to: number = LINES.from;
  /** Of the lines scanned last: `ROW_NUMBERS` numbers each, see `ROW`; places are bytes from the start of what was loaded. */
  readonly rows: Uint32Array;

  constructor(exports: Exports) {
    const { buffer } = exports.memory;
    this.#exports = exports;
    this.#operations = new Operations(buffer);
    this.#lines = new Uint8Array(buffer, LINES.from, MOST_BYTES);
    this.rows = new Uint32Array(buffer, ROWS.from, (ROWS.to - ROWS.from) / 4);
    // Whoever writes lines must not know which of them get equal hashes. No result depends on the seed.
    const seed = randomBytes(8);
    exports.setSeed(seed.readInt32LE(0), seed.readInt32LE(4));
  }

  /** False where it is known already, or there is no more room. */
  add(template: Template): boolean {
    return this.#operations.add(template);
  }

  /** Forgets all templates. */
  clear(): void {
    this.#operations.clear();
  }

  /** Lines with their line feeds, `MOST_BYTES` at most. */
  load(lines: Uint8Array): void {
    this.#lines.set(lines);
    this.#to = LINES.from + lines.length;
  }

  /** How many lines were scanned from a place on: as many as there are rows for. */
  scan(from: number): number {
    const { root } = this.#operations;
    const end = this.#exports.scan(LINES.from, LINES.from + from, this.#to, root, ROWS.from, ROWS.to);
    return (end - ROWS.from) / (ROW_NUMBERS * 4);
  }
}
