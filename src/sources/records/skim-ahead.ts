import type { Skimmed } from '../../model/skimmed.ts';

/** Looks over a chunk, here or on another thread. */
export type Skim = (chunk: Uint8Array) => Skimmed | Promise<Skimmed>;

/** Chunks that are in memory at once, at most. */
export const MOST_OPEN = 6;
/** What has no like before it is read in full, and of the first chunk that would be every line: so the first are short. */
const FIRST_BYTES = 16 * 1024;
/** So much is looked over chunk by chunk. */
const TEACHING_BYTES = 512 * 1024;

interface Open {
  readonly chunk: Uint8Array;
  readonly skimmed: Skimmed | Promise<Skimmed>;
  isDone: boolean;
}

/**
 * Chunks in their order, each with what a look over it left. Several may be looked over at a time. `isGradual`: of the first chunk
 * piece by piece.
 */
export async function* skimAhead(
  chunks: AsyncIterable<Uint8Array>,
  skim: Skim,
  { isGradual }: { readonly isGradual: boolean },
): AsyncGenerator<{ readonly chunk: Uint8Array; readonly skimmed: Skimmed }> {
  const open: Open[] = [];
  // What the first chunks tell lets most lines of the others be left: these wait for it.
  let most = 0;
  let taught = 0;
  for await (const chunk of isGradual ? grown(chunks) : chunks) {
    open.push(begun(chunk, skim(chunk)));
    for (let first = open[0]; first !== undefined && (first.isDone || open.length > most); first = open[0]) {
      open.shift();
      taught += first.chunk.length;
      if (!isGradual || taught >= TEACHING_BYTES) most = Math.min(MOST_OPEN, most + 1);
      yield ended(first);
    }
  }
  for (const each of open) yield ended(each);
}

/** The same bytes: pieces that grow until they are as long as the chunks. */
async function* grown(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = FIRST_BYTES;
  for await (const chunk of chunks) {
    let from = 0;
    for (; size < chunk.length - from; size *= 2) {
      yield chunk.subarray(from, from + size);
      from += size;
    }
    yield chunk.subarray(from);
  }
}

function begun(chunk: Uint8Array, skimmed: Skimmed | Promise<Skimmed>): Open {
  const open = { chunk, skimmed, isDone: !(skimmed instanceof Promise) };
  // A failure reaches whoever takes the chunk; nobody may be left to take it.
  const done = (): void => {
    open.isDone = true;
  };
  if (skimmed instanceof Promise) skimmed.then(done, done);
  return open;
}

async function ended({ chunk, skimmed }: Open): Promise<{ readonly chunk: Uint8Array; readonly skimmed: Skimmed }> {
  return { chunk, skimmed: await skimmed };
}
