import type { RawRecord } from '../model/source.ts';
import type { InputFile } from './discover.ts';
import { type Cut, createFramer } from './frame.ts';
import type { Skip } from './line-cutter.ts';
import { type ReadLog, readBytes } from './read.ts';
import { createUnwrapper, expandRecord } from './unwrap.ts';

/** One record per `yield` costs 12-54 times more. */
const BATCH_SIZE = 512;

export interface RecordOptions {
  readonly cut: Cut;
  readonly log: ReadLog;
  /** Lines that need not be read. */
  readonly skip?: Skip;
  /** Whether `log` shall hold the hash of the file. */
  readonly hashed?: boolean;
}

/** Streams the records of a file, cut and unwrapped, in batches and in order. The pieces of a split line are one record. */
export async function* readRecords(input: InputFile, options: RecordOptions): AsyncGenerator<readonly RawRecord[]> {
  const { cut, log, skip, hashed = true } = options;
  const framer = createFramer(input.path, cut, skip === undefined ? {} : { skip });
  const unwrap = createUnwrapper();
  let batch: RawRecord[] = [];
  const add = (records: readonly RawRecord[]): void => {
    for (const record of records) {
      for (const single of expandRecord(record)) {
        const inner = unwrap(single);
        if (inner !== undefined) batch.push(inner);
      }
    }
  };
  for await (const chunk of readBytes(input, log, { hashed })) {
    add(framer.push(chunk));
    if (batch.length >= BATCH_SIZE) {
      yield batch;
      batch = [];
    }
  }
  add(framer.end());
  batch.push(...unwrap.end());
  if (batch.length > 0) yield batch;
}
