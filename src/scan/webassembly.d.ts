/** The part of the WebAssembly JavaScript Interface that is used here; Node's own types leave it to the DOM's. */
declare namespace WebAssembly {
  class CompileError extends Error {}

  /** Sizes in pages of 64 KiB. */
  class Memory {
    constructor(size: { readonly initial: number; readonly maximum: number; readonly shared: true });
    readonly buffer: SharedArrayBuffer;
  }

  class Module {
    constructor(bytes: Uint8Array);
  }

  /** Functions that modules call by their place. */
  class Table {
    private constructor();
    /** The first of the new places. */
    grow(places: number): number;
    set(place: number, value: unknown): void;
  }

  class Instance {
    /** Functions, variables and the memory. */
    constructor(module: Module, imports?: { readonly env: Readonly<Record<string, unknown>> });
    readonly exports: unknown;
  }
}
