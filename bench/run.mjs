// The speed bench: `npm run bench` measures everything and rewrites docs/benchmarks.md; with options it measures a part and prints it.
//   npm run bench -- --mix eve --mb 2000 --rounds 3 --only ours,floor,duckdb
//   npm run bench -- --part violations --violations 1000,10000,100000
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chdbMissing, groupNames } from './speed/contenders.mjs';
import { load, machine } from './speed/machine.mjs';
import { render } from './speed/render.mjs';
import { mixNames, partNames, runTrials } from './speed/trials.mjs';

const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

const OPTIONS = {
  mix: { type: 'string' },
  part: { type: 'string' },
  only: { type: 'string' },
  mb: { type: 'string', default: '200' },
  calls: { type: 'string', default: '300' },
  rounds: { type: 'string', default: '3' },
  growth: { type: 'string' },
  violations: { type: 'string', default: '1000,10000,100000' },
  work: { type: 'string', default: tmpdir() },
  out: { type: 'string' },
  json: { type: 'string' },
};

function chosen(option, text, all) {
  if (text === undefined) return all;
  const names = text.split(',');
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`--${option}: ${unknown} is none of ${all.join(', ')}`);
  return names;
}

function numbers(option, text) {
  const list = text.split(',').map(Number);
  if (!list.every((value) => value > 0)) throw new Error(`--${option}: ${text} is no list of numbers above 0`);
  return list;
}

function settingsOf(values) {
  const [mb] = numbers('mb', values.mb);
  const [rounds] = numbers('rounds', values.rounds);
  const [calls] = numbers('calls', values.calls);
  return {
    mb,
    rounds,
    calls,
    mixes: chosen('mix', values.mix, mixNames),
    parts: chosen('part', values.part ?? (values.mix && 'mixes'), partNames),
    only: chosen('only', values.only, groupNames),
    growth: numbers('growth', values.growth ?? `${mb},${mb * 10}`),
    violations: numbers('violations', values.violations),
  };
}

async function measureAll(settings, parent) {
  const work = mkdtempSync(`${parent}/egressblame-bench-`);
  process.once('exit', () => rmSync(work, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  const before = load();
  const why = chdbMissing();
  const trials = await runTrials({ ...settings, work, note: (text) => process.stderr.write(`${text}\n`) });
  return {
    machine: machine(),
    settings: { mb: settings.mb, rounds: settings.rounds, calls: settings.calls },
    load: { before, after: load() },
    missing: why === undefined ? [] : [`the ClickHouse engine, ${why}`],
    trials,
  };
}

function readArguments() {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    return { values, settings: settingsOf(values) };
  } catch (error) {
    process.stderr.write(`bench: ${error.message}\n`);
    process.exitCode = 2;
    return {};
  }
}

async function main() {
  const { values, settings } = readArguments();
  if (settings === undefined) return;
  const results = await measureAll(settings, values.work);
  const page = render(results);
  process.stdout.write(page);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results, null, 2));
  const whole = [values.mix, values.part, values.only].every((option) => option === undefined);
  if (whole || values.out !== undefined) writeFileSync(values.out ?? PAGE, page);
}

await main();
