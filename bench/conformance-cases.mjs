// Scores attribution of real captures with an independent witness: node bench/conformance-cases.mjs [folder of cases] [-v]. Needs dist/.
// Exit code 1 where a process is named wrongly, or named for a flow whose initiator left no record.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { investigate } from '../dist/pipeline.js';
import { scoreCases } from './cases/score.mjs';

const args = process.argv.slice(2);
const verbose = args.includes('-v');
const beside = ['../shared/corpus', '../../shared/corpus'].map((path) =>
  fileURLToPath(new URL(`../${path}/telemetry/cases`, import.meta.url)),
);
const root = args.find((arg) => arg !== '-v') ?? beside.find(existsSync);
if (root === undefined) throw new Error('no cases: name a folder');

const scratch = mkdtempSync(join(tmpdir(), 'cases-'));
const total = {};
try {
  for (const { tally, wrong, ...score } of await scoreCases(root, scratch, investigate)) {
    const kind = score.telemetry.includes('noconn') ? 'without sockets' : 'with sockets';
    const sum = total[kind] ?? {};
    total[kind] = sum;
    for (const [key, count] of Object.entries(tally)) sum[key] = (sum[key] ?? 0) + count;
    if (verbose || wrong.length > 0)
      console.log(`${score.case} ${score.telemetry} (${score.variant}): ${textOf(tally)}`, ...wrong);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const [name, sum] of Object.entries(total)) console.log(`cases ${name}: ${textOf(sum)}`);
if (Object.values(total).some(({ wrong, claimed }) => wrong + claimed > 0)) process.exitCode = 1;

function textOf(tally) {
  return Object.entries(tally)
    .map(([key, count]) => `${key} ${count}`)
    .join(', ');
}
