/** What stands in the rows of plain leases. */
interface Rows {
  readonly length: number;
  frame(row: number): number;
  host(row: number): number;
  start(row: number): number;
}

/** Rows of equal frame and host: the first of them, and those with the least and the greatest start. */
interface Run {
  readonly first: number;
  least: number;
  greatest: number;
}

/** Rows, in their order, that tell of all of them which hosts and clocks there are, and between which moments: a few for each host. */
export function tellingLeases(rows: Rows): readonly number[] {
  const runs = new Map<number, Map<number, Run>>();
  for (let row = 0; row < rows.length; row++) {
    const run = runOf(runs, rows, row);
    if (rows.start(row) < rows.start(run.least)) run.least = row;
    if (rows.start(row) > rows.start(run.greatest)) run.greatest = row;
  }
  const telling = new Set<number>();
  for (const hosts of runs.values())
    for (const { first, least, greatest } of hosts.values()) telling.add(first).add(least).add(greatest);
  return [...telling].sort((a, b) => a - b);
}

function runOf(runs: Map<number, Map<number, Run>>, rows: Rows, row: number): Run {
  const frame = rows.frame(row);
  const host = rows.host(row);
  const hosts = runs.get(frame) ?? new Map<number, Run>();
  if (hosts.size === 0) runs.set(frame, hosts);
  const known = hosts.get(host);
  if (known !== undefined) return known;
  const run = { first: row, least: row, greatest: row };
  hosts.set(host, run);
  return run;
}
