/** The part of the WebAssembly JavaScript Interface that is used here; Node's own types leave it to the DOM's. */
declare namespace WebAssembly {
  class CompileError extends Error {}
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    readonly exports: unknown;
    constructor(module: Module);
  }
}
