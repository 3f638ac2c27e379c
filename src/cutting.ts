import { callSkimmerOf } from './call-skimmer-of.ts';
import type { CallColumns } from './core/call-columns.ts';
import type { Cutting } from './cut-calls.ts';
import type { Recognised } from './recognise.ts';
import type { ScanMemory } from './scan/memory.ts';
import type { SkimThreads } from './skim-threads.ts';

/** Number of this thread among those that cut calls: those of the others begin with 1. */
const OWN_WRITER = 0;

interface CuttingContext {
  readonly memory: ScanMemory;
  readonly threads: SkimThreads | undefined;
  readonly calls: CallColumns;
}

/** Cuts the calls of a file whose format has a cutter, on this thread where all others are busy. */
export function cuttingOf({ detection, input }: Recognised, { memory, threads, calls }: CuttingContext): Cutting {
  const task = { format: detection.format?.id ?? '', source: input.path };
  const own = callSkimmerOf(task, OWN_WRITER, memory.area);
  threads?.begin({ kind: 'calls', ...task }, { inOrder: false });
  let chunks = 0;
  const skim = (bytes: Uint8Array) => {
    const chunk = { chunk: bytes, isFirst: chunks++ === 0 };
    return threads?.skim(chunk, []) ?? own.skim(chunk);
  };
  return { skim, buffers: memory.buffers, calls };
}
