import { Uint32List } from '../packed/uint32-list.ts';
import type { Chunk } from './chunk.ts';
import { atOf } from './row.ts';

/** The calls of an episode that follow one another with the same frame and sandbox: the first row of them, and those with the least and greatest stamp. */
interface Runs {
  readonly frame: Uint32Array;
  readonly sandbox: Uint32Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly fromRow: Uint32Array;
  readonly toRow: Uint32Array;
}

/**
 * Rows, in their order, that tell of all calls which hosts, sandboxes and clocks there are, which ones each episode had first and
 * last, and between which moments: a few for each episode, where a log has millions. `names`: how many there are.
 */
export function tellingRows(chunks: readonly Chunk[], names: number): Uint32Array {
  const runs = {
    // One more than the number, so that 0 is none.
    frame: new Uint32Array(names),
    sandbox: new Uint32Array(names),
    from: new Float64Array(names),
    to: new Float64Array(names),
    fromRow: new Uint32Array(names),
    toRow: new Uint32Array(names),
  };
  const rows = new Uint32List();
  let base = 0;
  for (const chunk of chunks) {
    for (let row = 0; row < chunk.rows; row++) see(chunk, row, { runs, rows, number: base + row });
    base += chunk.rows;
  }
  for (let episode = 0; episode < names; episode++) if ((runs.frame[episode] ?? 0) > 0) end(runs, episode, rows);
  return distinct(rows.toArray().slice().sort());
}

interface Seeing {
  readonly runs: Runs;
  readonly rows: Uint32List;
  readonly number: number;
}

function see(chunk: Chunk, row: number, { runs, rows, number }: Seeing): void {
  const episode = chunk.episode[row] ?? 0;
  const frame = (chunk.frame[row] ?? 0) + 1;
  const sandbox = chunk.sandbox?.[row] ?? 0;
  const at = atOf(chunk, row);
  if (runs.frame[episode] !== frame || runs.sandbox[episode] !== sandbox) {
    if ((runs.frame[episode] ?? 0) > 0) end(runs, episode, rows);
    rows.push(number);
    runs.frame[episode] = frame;
    runs.sandbox[episode] = sandbox;
    runs.from[episode] = Infinity;
    runs.to[episode] = -Infinity;
  }
  if (at < (runs.from[episode] ?? 0)) {
    runs.from[episode] = at;
    runs.fromRow[episode] = number;
  }
  if (at > (runs.to[episode] ?? 0)) {
    runs.to[episode] = at;
    runs.toRow[episode] = number;
  }
}

function end({ fromRow, toRow }: Runs, episode: number, rows: Uint32List): void {
  rows.push(fromRow[episode] ?? 0);
  rows.push(toRow[episode] ?? 0);
}

function distinct(sorted: Uint32Array): Uint32Array {
  return sorted.filter((row, i) => i === 0 || row !== sorted[i - 1]);
}
