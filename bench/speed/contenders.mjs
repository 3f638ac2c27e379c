// Who runs: egressblame, the floors, and the peers that do the same attribution.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const peer = (name) => `${root}bench/peers/${name}.mjs`;

/** Findings (1) and an incomplete view (3) are answers, too. */
const FINE = [0, 1, 3];
export const cli = `${root}dist/cli/main.js`;
export const OURS = 'egressblame';
/** The same run without a word of `--json`: it states no hashes of its inputs, so it makes none. */
export const TERMINAL = 'egressblame, for the terminal';
export const PARSE = 'JSON.parse per line';
export const SCAN = 'read + newline scan';
export const DUCKDB = 'DuckDB, 2 threads';

export function ours(folder, answer, name = OURS) {
  return { name, args: [cli, folder, '--json'], answer, fine: FINE };
}

function forTheTerminal(folder) {
  return { name: TERMINAL, args: [cli, folder], fine: FINE };
}

export function parseFloor(logs) {
  return { name: PARSE, args: [peer('parse'), ...logs] };
}

/** Why the ClickHouse engine cannot run here, or undefined. */
export function chdbMissing() {
  try {
    createRequire(peer('chdb')).resolve('chdb');
    return undefined;
  } catch {
    return 'not installed; `npm install --prefix bench/peers` installs it (540 MB)';
  }
}

const groups = {
  floor: ({ logs, parsed }) => [{ name: SCAN, args: [peer('scan'), ...logs] }, parseFloor(parsed)],
  duckdb: ({ folder, log, mix }) =>
    [1, 2].map((threads) => ({
      name: `DuckDB, ${threads} thread${threads === 1 ? '' : 's'}`,
      args: [peer('duckdb'), folder, log, mix, String(threads)],
    })),
  chdb: ({ folder, log, mix }) =>
    chdbMissing() === undefined
      ? [{ name: 'ClickHouse engine, 2 threads', args: [peer('chdb'), folder, log, mix, '2'] }]
      : [],
  script: ({ folder, log, mix }) => [{ name: 'obvious script', args: [peer('script'), folder, log, mix] }],
};

export const groupNames = ['ours', ...Object.keys(groups)];

/** The contenders of one night. Peers run where the mix has a join they can do. */
export function contendersOf(night, only) {
  const joined = night.keyed ? ['duckdb', 'chdb', 'script'] : [];
  const chosen = ['floor', ...joined].filter((group) => only.includes(group));
  const others = chosen.flatMap((group) => groups[group](night));
  const own = only.includes('ours') ? [ours(night.folder, undefined), forTheTerminal(night.folder)] : [];
  const list = [...own, ...others];
  return list.map((contender, i) => ({ ...contender, answer: `${night.folder}.answer-${i}` }));
}
