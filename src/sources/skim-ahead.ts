import type { Skimmed } from '../model/skimmed.ts';

/** Looks over a chunk, here or on another thread. */
export type Skim = (chunk: Uint8Array) => Skimmed | Promise<Skimmed>;

/** Chunks that are in memory at once, at most. */
export const MOST_OPEN = 6;

interface Open {
  readonly chunk: Uint8Array;
  readonly skimmed: Skimmed | Promise<Skimmed>;
  isDone: boolean;
}

/** Chunks in their order, each with what a look over it left. Several may be looked over at a time. */
export async function* skimAhead(
  chunks: AsyncIterable<Uint8Array>,
  skim: Skim,
): AsyncGenerator<{ readonly chunk: Uint8Array; readonly skimmed: Skimmed }> {
  const open: Open[] = [];
  // What the first chunks tell lets most lines of the others be left: these wait for it.
  let most = 0;
  for await (const chunk of chunks) {
    open.push(begun(chunk, skim(chunk)));
    for (let first = open[0]; first !== undefined && (first.isDone || open.length > most); first = open[0]) {
      open.shift();
      most = Math.min(MOST_OPEN, most + 1);
      yield ended(first);
    }
  }
  for (const each of open) yield ended(each);
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
