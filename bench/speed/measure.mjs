// Runs contenders as processes of their own and measures them.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';

const HOOK = new URL('usage-hook.mjs', import.meta.url).href;

/** Runs a program of Node once. Returns `wallMs`, `cpuMs` (user and system, all threads) and `rssMb` (peak, 10^6 bytes). */
async function measure({ name, args, answer, fine = [0] }) {
  const out = openSync(answer ?? '/dev/null', 'w');
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', HOOK, ...args], { stdio: ['ignore', out, 'pipe', 'pipe'] });
  const streams = [text(child.stderr), text(child.stdio[3])];
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  const wallMs = performance.now() - started;
  closeSync(out);
  const [stderr, usage] = await Promise.all(streams);
  if (!fine.includes(code) || usage === '') throw new Error(`${name} ended with ${code}:\n${stderr}`);
  return { wallMs, ...JSON.parse(usage) };
}

/** Launches a program `times` times, one after the other, without measuring more than the wall clock. */
async function launch({ name, args, times }) {
  const started = performance.now();
  for (let i = 0; i < times; i++) {
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
    if (code !== 0) throw new Error(`${name} ended with ${code}`);
  }
  return { wallMs: (performance.now() - started) / times };
}

/** Every contender once a round, each round beginning with another one. Returns name -> figures, for each round. */
export async function alternate(contenders, rounds, note) {
  const results = [];
  for (let round = 0; round < rounds; round++) {
    const figures = {};
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + round) % contenders.length];
      figures[contender.name] = await (contender.times === undefined ? measure(contender) : launch(contender));
      note(`  round ${round + 1}/${rounds}  ${contender.name}  ${(figures[contender.name].wallMs / 1e3).toFixed(2)} s`);
    }
    results.push(figures);
  }
  return results;
}
