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

  class Instance {
    constructor(module: Module, imports?: { readonly env: { readonly memory: Memory } });
    readonly exports: unknown;
  }
}
