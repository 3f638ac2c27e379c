import type { Area } from '../memory.ts';
import type { Node } from '../operations.ts';
import { compiledOf } from './compile.ts';

interface Exports {
  readonly table: WebAssembly.Table;
}

/** The templates of a matcher as machine code: made once it is due, and again when twice as many bytes were compared and more of them are known. */
export class CompiledTemplates {
  readonly #exports: Exports;
  readonly #memory: WebAssembly.Memory;
  #slot = 0;
  #isMade = false;
  #bytes = 0;
  #due: number;
  /** Whether there are templates that were not compiled. */
  isBehind = false;

  constructor(exports: Exports, { memory, compiledAfter }: Area) {
    this.#exports = exports;
    this.#memory = memory;
    this.#due = compiledAfter;
  }

  /** Where the code is in the table of the matcher; 0 where there is none. */
  get place(): number {
    return this.#isMade ? this.#slot : 0;
  }

  /** Whether compiling is worth its time. */
  get isDue(): boolean {
    return this.isBehind && this.#bytes >= this.#due;
  }

  /** So many bytes of lines are compared. */
  note(bytes: number): void {
    this.#bytes += bytes;
  }

  compile(root: Node): void {
    const { table } = this.#exports;
    if (this.#slot === 0) this.#slot = table.grow(1);
    const module = new WebAssembly.Module(compiledOf(root));
    const { exports } = new WebAssembly.Instance(module, { env: { ...this.#exports, memory: this.#memory } });
    table.set(this.#slot, (exports as { readonly run: unknown }).run);
    this.#isMade = true;
    this.isBehind = false;
    this.#due = this.#bytes * 2;
  }

  /** Templates were forgotten: what was made of them must take no line. */
  clear(): void {
    this.#isMade = false;
    this.isBehind = false;
  }
}
