import type { RawRecord } from '../../model/source.ts';
import { type EndOf, gatheredInRing, type Ring } from '../bytes/ring.ts';
import { type Cut, createFramer } from '../cutting/frame.ts';
import type { OnLeft } from '../cutting/line-cutter.ts';
import { createUnwrapper, expandRecord, mayCarry } from '../envelopes/unwrap.ts';
import type { InputFile } from '../files/discover.ts';
import { type ReadLog, readBytes } from './read.ts';
import type { Unpack } from './read-thread.ts';
import { MOST_OPEN, type Skim, skimAhead } from './skim-ahead.ts';

/** One record per `yield` costs 12-54 times more. */
const BATCH_SIZE = 512;
/** What stands in a chunk outlives V8's young generation where all of it is cut at once. */
const PIECE = 128 * 1024;
/** Those that are skimmed, the one that is cut, the one that is read, and the one before it. */
const BUFFERS = MOST_OPEN + 3;
/** What skimming needs: one ring for what is stored, and one for what that holds where it is compressed. */
export const SKIMMING_BUFFERS: number = 2 * BUFFERS;

export interface Skimming {
  readonly skim: Skim;
  /** The first chunk piece by piece: not where a piece ends in the midst of an event of several lines, whose rest is then read. */
  readonly isGradual: boolean;
  /** `SKIMMING_BUFFERS` of them in one memory, which only this reading uses. Chunks stand there while they are skimmed. */
  readonly buffers: Ring;
  /** Where chunks should end; anywhere unless told. */
  readonly endOf?: EndOf;
  readonly onLeft: OnLeft;
  /** Whole records are left, also such as have several lines; else lines that are records. */
  readonly isOfRecords?: boolean;
}

export interface RecordOptions {
  readonly cut: Cut;
  readonly log: ReadLog;
  /** Looks over lines that are records, to leave what need not be read. */
  readonly skimming?: Skimming;
  /** Where another thread decompresses what is skimmed. */
  readonly unpack?: Unpack | undefined;
  /** Whether `log` shall hold the hash of the file. */
  readonly hashed?: boolean;
  /** See `ReadOptions`. */
  readonly hashLater?: (() => number) | undefined;
}

/**
 * Streams the records of a file, cut and unwrapped, in batches and in order. The pieces of a split line are one record. What was
 * left of a chunk is told before the records of that chunk.
 */
export async function* readRecords(input: InputFile, options: RecordOptions): AsyncGenerator<readonly RawRecord[]> {
  const { cut, log, hashed = true, hashLater, unpack } = options;
  const isSkimmed = cut === 'lines' || (typeof cut === 'object' && options.skimming?.isOfRecords === true);
  const skimming = isSkimmed ? options.skimming : undefined;
  const framer = createFramer(input.path, cut, skimming);
  const unwrap = createUnwrapper();
  let batch: RawRecord[] = [];
  const open = (record: RawRecord, isCarrier?: boolean): void => {
    const inner = unwrap(record, isCarrier);
    if (inner !== undefined) batch.push(inner);
  };
  const add = (records: readonly RawRecord[]): void => {
    for (let i = 0; i < records.length; i++) {
      const record = records[i] as RawRecord;
      const isCarrier = mayCarry(record.text);
      const many = isCarrier ? expandRecord(record) : undefined;
      if (many === undefined) open(record, isCarrier);
      else for (const one of many) open(one);
    }
  };
  if (skimming !== undefined) {
    const chunks = chunksOf(input, skimming, { log, hashed, hashLater, unpack });
    for await (const { chunk, skimmed } of skimAhead(chunks, skimming.skim, skimming)) {
      add(framer.push(chunk, skimmed));
      yield batch;
      batch = [];
    }
  } else {
    for await (const chunk of readBytes(input, log, { hashed })) {
      for (let from = 0; from < chunk.length; from += PIECE) {
        add(framer.push(chunk.subarray(from, from + PIECE)));
        if (batch.length < BATCH_SIZE) continue;
        yield batch;
        batch = [];
      }
    }
  }
  add(framer.end());
  batch.push(...unwrap.end());
  if (batch.length > 0) yield batch;
}

/** What is skimmed, in the memory of the buffers. */
function chunksOf(
  input: InputFile,
  { buffers, endOf }: Skimming,
  {
    log,
    hashed,
    hashLater,
    unpack,
  }: Pick<RecordOptions, 'log' | 'hashLater' | 'unpack'> & { readonly hashed: boolean },
): AsyncIterable<Uint8Array> {
  const [first, second] = [buffers.slice(0, BUFFERS), buffers.slice(BUFFERS)];
  if (unpack === undefined) {
    const stored = readBytes(input, log, { hashed, hashLater, ring: first, endOf, isPassing: true });
    return gatheredInRing(stored, second, { endOf });
  }
  if (endOf === undefined) return unpack(input, log, { hashed, ring: buffers, held: BUFFERS - 1 });
  return gatheredInRing(unpack(input, log, { hashed, ring: first, held: 1 }), second, { endOf, isAnew: true });
}
