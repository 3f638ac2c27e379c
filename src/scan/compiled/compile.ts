import { KINDS } from '../layout.ts';
import type { Node } from '../operations.ts';
import { Code, type Label, moduleOf } from './code.ts';
import { IMPORTS } from './helpers.ts';
import { Line } from './line.ts';

/** Memory of any size is taken, up to 4 GiB. */
const PAGES = 65_536;

/**
 * Templates as a WebAssembly module: its `run` does what `match` in ../assembly/matcher.ts does with the operations from `root` on, and
 * calls that module for whatever is not common.
 */
export function compiledOf(root: Node): Uint8Array {
  const code = new Code(1);
  const line = new Line(code);
  code.block((fail) => alternatives(line, root, fail));
  code.i32(0);
  return moduleOf(IMPORTS, { pages: PAGES }, code);
}

/** What may stand here: the first one that takes it, and all behind it, returns; where none does, to `fail`. */
function alternatives(line: Line, first: Node, fail: Label): void {
  let node = first;
  if (node.other !== undefined) {
    const kept = line.keep();
    for (; node.other !== undefined; node = node.other) {
      const tried = node;
      line.code.block((next) => from(line, tried, next));
      line.restore(kept);
    }
  }
  from(line, node, fail);
}

function from(line: Line, first: Node, fail: Label): void {
  for (let node: Node | undefined = first; node !== undefined; node = node.next) {
    if (node !== first && node.other !== undefined) {
      alternatives(line, node, fail);
      return;
    }
    if (node.kind === KINDS.end) line.end(node, fail);
    else line.operation(node, node.next, fail);
  }
}
