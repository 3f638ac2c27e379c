// Runs the steps of action.yml as GitHub's runner does: bash -eo pipefail, inputs through the environment, GITHUB_OUTPUT and GITHUB_STEP_SUMMARY as files.
// Usage: node scripts/run-action.mjs WORK_FOLDER [INPUT=VALUE...]; the outputs are in WORK_FOLDER/output, the summary in WORK_FOLDER/summary.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const [folder = '.', ...pairs] = process.argv.slice(2);
const given = Object.fromEntries(
  pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
);
const action = parse(readFileSync(fileURLToPath(new URL('../action.yml', import.meta.url)), 'utf8'));
for (const name of Object.keys(given)) if (!(name in action.inputs)) throw new Error(`action.yml has no input ${name}`);
const inputs = Object.fromEntries(
  Object.entries(action.inputs).map(([name, { default: standard }]) => [name, given[name] ?? String(standard ?? '')]),
);
const work = resolve(folder);
mkdirSync(work, { recursive: true });
const env = { ...process.env, GITHUB_OUTPUT: join(work, 'output'), GITHUB_STEP_SUMMARY: join(work, 'summary.md') };
for (const file of [env.GITHUB_OUTPUT, env.GITHUB_STEP_SUMMARY]) writeFileSync(file, '');
for (const step of action.runs.steps) {
  if (step.shell !== 'bash' || /\$\{\{/.test(step.run))
    throw new Error('a step must be bash and take its inputs from the environment');
  const own = Object.fromEntries(
    Object.entries(step.env).map(([name, text]) => [
      name,
      text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, input) => inputs[input]),
    ]),
  );
  const script = join(work, 'step.sh');
  writeFileSync(script, step.run);
  const run = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    env: { ...env, ...own },
    stdio: 'inherit',
  });
  if (run.status !== 0) {
    process.exitCode = run.status ?? 70;
    break;
  }
}
