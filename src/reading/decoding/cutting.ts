import type { DecodeContext } from '../../model/format.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import type { Chunk } from '../../reach/skimming/chunk.ts';
import type { ScanMemory } from '../../scan/memory.ts';
import { cutFor } from '../../sources/heads/head.ts';
import type { Skim } from '../../sources/records/skim-ahead.ts';
import { callSkimmerOf } from '../../threads/call-skimmer-of.ts';
import { recordSkimmerOf } from '../../threads/record-skimmer-of.ts';
import type { FileTask, SkimThreads } from '../../threads/skim-threads.ts';
import type { Recognised } from '../recognising/recognise.ts';
import type { EventsByKind } from '../store/evidence-store.ts';
import { CutCalls } from './cut-calls.ts';
import { DecodedAhead } from './decoded-ahead.ts';
import type { Cutting } from './taking.ts';

/** Number of this thread among those that cut calls: those of the others begin with 1. */
const OWN_WRITER = 0;

interface CuttingContext {
  readonly memory: ScanMemory;
  readonly threads: SkimThreads | undefined;
  readonly store: Pick<EventsByKind, 'calls' | 'leases'>;
  readonly context: DecodeContext;
}

/** Whether lines of a file that is kept whole are read on any thread, as far as they need no others. */
export function isReadAhead(file: Recognised): boolean {
  const { format } = file.detection;
  return format?.cutter !== undefined || (format?.isDecodedAhead === true && linesOf(file) !== undefined);
}

/** Reads a file's lines on this thread where all others are busy. */
export function cuttingOf(file: Recognised, how: CuttingContext): Cutting {
  return file.detection.format?.cutter === undefined ? recordsOf(file, how) : callsOf(file, how);
}

function callsOf({ detection, input }: Recognised, { memory, threads, store }: CuttingContext): Cutting {
  const task = { kind: 'calls', format: detection.format?.id ?? '', source: input.path } as const;
  return {
    skim: skimmingOf(task, callSkimmerOf(task, OWN_WRITER, memory.area), threads),
    buffers: memory.buffers,
    isOfRecords: false,
    open: (tally, emit) => new CutCalls(store.calls, tally, emit),
  };
}

function recordsOf(file: Recognised, { memory, threads, store, context }: CuttingContext): Cutting {
  const format = file.detection.format?.id ?? '';
  const task = { kind: 'records', format, context, starts: linesOf(file)?.startsRecord } as const;
  return {
    skim: skimmingOf(task, recordSkimmerOf(task, memory.area), threads),
    buffers: memory.buffers,
    isOfRecords: true,
    open: (tally, emit) => new DecodedAhead({ tally, emit, leases: store.leases, source: context.path }),
  };
}

/** How records are made of lines; undefined where something else is cut. */
function linesOf({ head, detection }: Recognised): { readonly startsRecord?: RegExp } | undefined {
  const cut = detection.format && cutFor(head, detection.format.framing);
  if (cut === 'lines') return {};
  return typeof cut === 'object' ? cut : undefined;
}

function skimmingOf(task: FileTask, own: { skim(chunk: Chunk): Skimmed }, threads: SkimThreads | undefined): Skim {
  threads?.begin(task, { inOrder: false });
  let chunks = 0;
  return (bytes) => {
    const chunk = { chunk: bytes, isFirst: chunks++ === 0 };
    return threads?.skim(chunk, []) ?? own.skim(chunk);
  };
}
