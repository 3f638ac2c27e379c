import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { Template } from '../model/template.ts';
import { CompiledTemplates } from './compiled/compiled-templates.ts';
import { AREA_BYTES, LINES, MARK, RECORD_NUMBERS, ROW_NUMBERS, ROWS } from './layout.ts';
import { LeftLines } from './left-lines.ts';
import { MATCHER_WASM } from './matcher-wasm.ts';
import type { Area } from './memory.ts';
import { Operations } from './operations.ts';

/** What `assembly/matcher.ts` exports. */
interface Exports {
  readonly table: WebAssembly.Table;
  setSeed(low: number, high: number): void;
  setLeft(hashes: number, mask: number, ports: number, clients: number, shift: number): void;
  scan(origin: number, from: number, to: number, root: number, rows: number, rowsEnd: number, compiled: number): number;
  cut(
    origin: number,
    from: number,
    to: number,
    root: number,
    mark: number,
    length: number,
    rows: number,
    rowsEnd: number,
  ): number;
}

/** So many bytes of lines can be scanned at once. */
export const MOST_BYTES = LINES.to - LINES.from;

/** Of more operations no machine code is made: it would take long to make, and such logs have no few templates that take most lines. */
const MOST_COMPILED = 2000;

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

/** Undefined where the machine cannot run it: every line is then looked at. Nobody else may use the area. */
export function createMatcher(area: Area): Matcher | undefined {
  const module = compile();
  if (module === undefined) return undefined;
  const { exports } = new WebAssembly.Instance(module, { env: { memory: area.memory } });
  return new Matcher(exports as Exports, area);
}

/** Compares lines with templates, and says of each line which others it is like, by a hash. */
export class Matcher {
  readonly #exports: Exports;
  readonly #operations: Operations;
  readonly #compiled: CompiledTemplates;
  readonly #memory: ArrayBufferLike;
  readonly #rowsAt: number;
  readonly #lines: Uint8Array;
  readonly #mark: Uint8Array;
  #markLength = 0;
  #from = 0;
  #to = 0;
  /** Of the lines scanned last: `ROW_NUMBERS` numbers each, see `ROW`; places are bytes from the start of what was loaded. */
  readonly rows: Uint32Array;
  /** The same bytes. */
  readonly numbers: Float64Array;
  /** Lines of which there is no row of their own. */
  readonly left: LeftLines;

  constructor(exports: Exports, area: Area) {
    const { buffer } = area.memory;
    const base = area.number * AREA_BYTES;
    this.#exports = exports;
    this.#memory = buffer;
    this.#operations = new Operations(buffer, base);
    this.#compiled = new CompiledTemplates(exports, area);
    this.#lines = new Uint8Array(buffer, base + LINES.from, MOST_BYTES);
    this.#rowsAt = base + ROWS.from;
    this.rows = new Uint32Array(buffer, this.#rowsAt, (ROWS.to - ROWS.from) / 4);
    this.numbers = new Float64Array(buffer, this.#rowsAt, (ROWS.to - ROWS.from) / 8);
    this.#mark = new Uint8Array(buffer, base + MARK.from, MARK.to - MARK.from);
    this.left = new LeftLines(exports, buffer, base);
    // Whoever writes lines must not know which of them get equal hashes. No result depends on the seed.
    const seed = randomBytes(8);
    exports.setSeed(seed.readInt32LE(0), seed.readInt32LE(4));
  }

  /** False where it is known already, or there is no more room. */
  add(template: Template): boolean {
    const isNew = this.#operations.add(template);
    if (isNew) this.#compiled.isBehind = true;
    return isNew;
  }

  /** Forgets all templates. */
  clear(): void {
    this.#operations.clear();
    this.#compiled.clear();
    this.left.clear();
  }

  /** Lines with their line feeds, `MOST_BYTES` at most. They are copied unless they stand in the memory of the matcher. */
  load(lines: Uint8Array): void {
    const isHere = lines.buffer === this.#memory;
    if (!isHere) this.#lines.set(lines);
    this.#from = isHere ? lines.byteOffset : this.#lines.byteOffset;
    this.#to = this.#from + lines.length;
    this.#compiled.note(lines.length);
  }

  /** Lines are compared with the templates known now by machine code made for these. It is done now and then without being asked for. */
  compile(): void {
    const { root, count } = this.#operations;
    if (root !== undefined && count <= MOST_COMPILED) this.#compiled.compile(root);
  }

  /** How many lines were scanned from a place on: as many as there are rows for. */
  scan(from: number): number {
    const at = this.#rowsAt;
    const [first, to] = [this.#from + from, this.#to];
    if (this.#compiled.isDue) this.compile();
    const { place, isBehind } = this.#compiled;
    const root = isBehind ? (this.#operations.root?.place ?? 0) : 0;
    const end = this.#exports.scan(this.#from, first, to, root, at, at + this.rows.byteLength, place);
    return (end - at) / (ROW_NUMBERS * 4);
  }

  /** Where the records of a line begin: behind its first `mark`, of sixteen characters of ASCII at most. */
  begin(mark: string): void {
    this.#mark.set(Buffer.from(mark, 'latin1').subarray(0, MARK.to - MARK.from));
    this.#markLength = mark.length;
  }

  /** How many rows of records there are from a place on, see `RECORD`: of as many lines as there are rows for. */
  cut(from: number): number {
    const root = this.#operations.root?.place ?? 0;
    const at = this.#rowsAt;
    const [first, to] = [this.#from + from, this.#to];
    const rowsEnd = at + this.rows.byteLength;
    const end = this.#exports.cut(this.#from, first, to, root, this.#mark.byteOffset, this.#markLength, at, rowsEnd);
    return (end - at) / (RECORD_NUMBERS * 4);
  }
}
