// Measures clock correction: the bundled night and simulated nights with clocks that are known to lie, error and interval
// of every record's stamp against the lie. `npm run clocks-bench`; `--verbose` lists every clock domain.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { alignedClocks, eventStream } from '../dist/pipeline.js';
import { simulateNight } from '../dist/simulate/index.js';
import { readClock } from '../dist/simulate/skew.js';

const root = new URL('..', import.meta.url).pathname;
const verbose = process.argv.includes('--verbose');
const NIGHT_T0 = 1_795_454_338.62;
const SIMULATED_T0 = 1_795_453_200;
const skew = (offsetS, driftPpm = 0, step = {}) => ({ offsetS, driftPpm, ...step });
const step = (stepAtS, stepS) => ({ stepAtS, stepS });

/** How clocks lie, by variant. `orchestrator` is the reference, unless it lies itself. */
const VARIANTS = {
  'true clocks': {},
  'small offsets': { 'edge-fw': skew(1.7), 'train-02': skew(-0.8, 50), ns1: skew(3), proxy: skew(-0.2) },
  'drift up and down, one step': {
    'train-01': skew(0.6, -120),
    'train-02': skew(-2.4, 160),
    'edge-fw': skew(1.2, 0, step(300, 4.5)),
    ns1: skew(2),
    proxy: skew(-0.2),
  },
  'a host that steps back': { 'train-02': skew(3.3, -200, step(250, -7.5)), 'edge-fw': skew(0.9, 200) },
  'offsets up to a day': {
    'edge-fw': skew(84_211.4),
    'train-01': skew(-41_377.7, 40),
    'train-02': skew(12.25),
    ns1: skew(7205),
  },
  'zones and quarter hours': {
    'edge-fw': skew(5.75 * 3600 + 0.4),
    'train-01': skew(-3.5 * 3600 - 0.7),
    proxy: skew(8 * 3600),
    ns1: skew(3600),
  },
  'the reference steps': { orchestrator: skew(0, 0, step(320, 6.2)), 'edge-fw': skew(-1.1) },
  'the reference drifts': { orchestrator: skew(0.1, 180), 'train-02': skew(2.1) },
};

/** Moves every stamp of a line; digits and cuts stay as the line has them. */
function restamp(line, move) {
  const cut = (t, digits) => (Math.floor(Math.round(t * 1e9) / 10 ** (9 - digits)) / 10 ** digits).toFixed(digits);
  const parts = (t, digits) => {
    const text = cut(t, digits);
    const date = new Date(Math.floor(Number(text)) * 1000).toISOString();
    return { date, fraction: text.includes('.') ? text.slice(text.indexOf('.') + 1) : '' };
  };
  return line
    .replace(/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:([.,])(\d+))?/g, (_, whole, mark = '', digits = '') => {
      const t = Date.parse(`${whole}Z`) / 1000 + Number(`0.${digits || 0}`);
      const { date, fraction } = parts(move(t), digits.length);
      return `${date.slice(0, 19)}${mark}${fraction}`;
    })
    .replace(/^(\d\d)\/(\d\d)\/(\d{4})-(\d\d:\d\d:\d\d)\.(\d{6})/, (_, month, day, year, clock, digits) => {
      const t = Date.parse(`${year}-${month}-${day}T${clock}Z`) / 1000 + Number(`0.${digits}`);
      const { date, fraction } = parts(move(t), 6);
      return `${date.slice(5, 7)}/${date.slice(8, 10)}/${date.slice(0, 4)}-${date.slice(11, 19)}.${fraction}`;
    })
    .replace(/^Nov (\d\d) (\d\d:\d\d:\d\d)/, (_, day, clock) => {
      const { date } = parts(move(Date.parse(`2026-11-${day}T${clock}Z`) / 1000), 0);
      return `Nov ${date.slice(8, 10)} ${date.slice(11, 19)}`;
    })
    .replace(/\b(179\d{7})\.(\d{3,6})\b/g, (_, whole, digits) => cut(move(Number(`${whole}.${digits}`)), digits.length))
    .replace(/"oob.time.sec": (\d+), "oob.time.usec": (\d+)/, (_, whole, micros) => {
      const us = Math.floor(move(Number(whole) + Number(micros) / 1e6) * 1e6);
      return `"oob.time.sec": ${Math.floor(us / 1e6)}, "oob.time.usec": ${us % 1_000_000}`;
    })
    .replace(/\b(179\d{7})(\d{9})\b/g, (_, whole, nanos) => {
      const t = move(Number(`${whole}.${nanos}`));
      return `${Math.floor(t)}${String(Math.floor((t - Math.floor(t)) * 1e6)).padStart(6, '0')}000`;
    });
}

const bare = (path) => path.slice(path.lastIndexOf('/') + 1).replace(/\.gz$/, '');
const clockOfFile = (file) =>
  /^(train-0\d|ns1|proxy)-/.exec(file)?.[1] ?? (file === 'leases.jsonl' ? 'orchestrator' : 'edge-fw');

/** The bundled night with other clocks. */
function bundled(skews, folder) {
  const source = `${root}fixtures/night/inputs`;
  const read = (name) => {
    const bytes = readFileSync(join(source, name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  };
  const hostOf = new Map();
  for (const line of read('leases.jsonl').trim().split('\n')) {
    const lease = JSON.parse(line);
    hostOf.set(lease.sandbox_id, lease.server);
  }
  mkdirSync(join(folder, 'inputs'), { recursive: true });
  for (const name of readdirSync(source)) {
    const file = bare(name);
    const clockOf = (line) => {
      if (file === 'traces-otlp.jsonl') return /"host.name","value":\{"stringValue":"([^"]+)"/.exec(line)?.[1];
      if (file === 'tool_calls.jsonl') return hostOf.get(/"sandbox_id":"([^"]+)"/.exec(line)?.[1]);
      return clockOfFile(file);
    };
    const text = read(name)
      .split('\n')
      .map((line) => {
        const lie = skews[clockOf(line)];
        return lie === undefined ? line : restamp(line, (t) => readClock(lie, t, NIGHT_T0));
      })
      .join('\n');
    writeFileSync(join(folder, 'inputs', file), file === 'inventory.json' ? read(name) : text);
  }
  return { t0: NIGHT_T0, natural: { 'fw-kernel.log': -0.323 } };
}

function simulated(seed, scenes) {
  return (skews, folder) => {
    const lies = new Map(Object.entries(skews));
    for (const { file, text } of simulateNight({ seed, families: [], episodes: scenes, skews: lies })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text, { flag: 'a' });
    }
    return { t0: SIMULATED_T0, natural: {} };
  };
}

/** By how much the clock is ahead when it reads `reading`; found by walking back, because clocks step. */
function aheadAt(lie, reading, t0) {
  if (lie === undefined) return 0;
  let best = 0;
  let miss = Number.POSITIVE_INFINITY;
  for (const stepped of [0, lie.stepS ?? 0]) {
    const t = (reading - lie.offsetS - stepped + lie.driftPpm * 1e-6 * t0) / (1 + lie.driftPpm * 1e-6);
    const off = Math.abs(readClock(lie, t, t0) - reading);
    if (off < miss) {
      miss = off;
      best = reading - t;
    }
  }
  return best;
}

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

/** Per clock domain: the 95th percentile of the error over its records, and whether the interval holds the truth. */
async function measure(make, skews) {
  const folder = mkdtempSync(join(tmpdir(), 'clocks-'));
  const { t0, natural, inputs = join(folder, 'inputs') } = make(skews, folder);
  const options = { paths: [inputs], cwd: inputs };
  const { clocks } = await alignedClocks(options);
  const events = [];
  await eventStream(options, (event) => void events.push(event));
  rmSync(folder, { recursive: true });
  const found = new Map();
  for (const { event, at, errorUs, host } of events) {
    if (event.time.basis === 'none' || event.kind === 'inventory') continue;
    const file = bare(event.ref.source);
    const traces = event.kind === 'tool-call' || event.kind === 'episode';
    const clock = traces ? host : clockOfFile(file);
    const domain = traces ? `${event.ref.source}@${host}` : event.ref.source;
    const truth = aheadAt(skews[clock], event.time.at / 1e6, t0) + (natural[file] ?? 0);
    const error = event.time.at - at - truth * 1e6;
    const entry = found.get(domain) ?? { errors: [], held: 0 };
    entry.errors.push(Math.abs(error));
    if (Math.abs(error) <= errorUs) entry.held++;
    found.set(domain, entry);
  }
  return clocks.flatMap(({ domain, pairs, driftPpm, steps, method, intervalUs }) => {
    const entry = found.get(domain);
    if (entry === undefined) return [];
    const sorted = entry.errors.sort((a, b) => a - b);
    return [
      {
        domain: bare(domain),
        pairs,
        p95: quantile(sorted, 0.95) / 1000,
        held: entry.held / sorted.length,
        half: (intervalUs[1] - intervalUs[0]) / 2000,
        driftPpm,
        steps: steps.length,
        method,
      },
    ];
  });
}

/** A night recorded elsewhere, as it lies. */
function recorded(folder) {
  const { clocks, t0_epoch } = JSON.parse(readFileSync(join(folder, 'truth/skews.json'), 'utf8'));
  const skews = Object.fromEntries(
    Object.entries(clocks).map(([name, { offset_s, drift_ppm = 0, step_at_s, step_s }]) => [
      name,
      skew(offset_s, drift_ppm, step_at_s === undefined ? {} : step(step_at_s, step_s)),
    ]),
  );
  return {
    skews,
    make: () => ({ inputs: join(folder, 'skewed'), t0: t0_epoch, natural: { 'fw-kernel.log': -0.323 } }),
  };
}

const nights = {
  'fixtures/night': bundled,
  'simulated 60 scenes': simulated(31, 60),
  'simulated 240 scenes': simulated(32, 240),
};
const rows = [];
const all = [];
const cases = Object.entries(nights).flatMap(([night, make]) =>
  Object.entries(VARIANTS).map(([variant, skews]) => ({ night, variant, make, skews })),
);
const shared = `${root}../shared/nights`;
for (const name of existsSync(shared) ? readdirSync(shared).sort() : [])
  if (existsSync(join(shared, name, 'truth/skews.json')))
    cases.push({ night: name, variant: 'skewed', ...recorded(join(shared, name)) });
for (const { night, variant, make, skews } of cases) {
  const domains = await measure(make, skews);
  const own = domains.filter(({ pairs, method }) => pairs >= 20 || method === 'reference');
  all.push(...own);
  const worst = own.toSorted((a, b) => b.p95 - a.p95)[0];
  const honest = Object.keys(skews).length === 0;
  const claims = own.filter(({ driftPpm, steps, p95 }) => driftPpm !== 0 || steps > 0 || p95 > 100).length;
  rows.push([
    night,
    variant,
    `${own.filter(({ p95 }) => p95 <= 100).length}/${own.length}`,
    `${worst?.p95.toFixed(0)} ms ${worst?.domain}`,
    `${own.filter(({ held }) => held >= 0.95).length}/${own.length}`,
    honest ? String(claims) : '-',
  ]);
  if (verbose)
    for (const d of domains)
      process.stdout.write(
        `${night} | ${variant} | ${d.domain.padEnd(28)} ${String(d.pairs).padStart(5)} ${d.method.padEnd(10)} error ${d.p95.toFixed(0).padStart(7)} ms +- ${d.half.toFixed(0)} ms, held ${(100 * d.held).toFixed(0)} %, drift ${d.driftPpm}, steps ${d.steps}${d.p95 > 100 || d.held < 0.95 ? ' <<<' : ''}\n`,
      );
}
const header = ['night', 'clocks', 'domains within 100 ms', 'worst', 'intervals that hold', 'false corrections'];
for (const row of [header, header.map(() => '---'), ...rows]) process.stdout.write(`| ${row.join(' | ')} |\n`);
const errors = all.map(({ p95 }) => p95).sort((a, b) => a - b);
const held = all.reduce((sum, one) => sum + one.held, 0) / all.length;
process.stdout.write(
  `\n${all.length} clock domains with at least 20 pairs: error median ${quantile(errors, 0.5).toFixed(0)} ms, 95th percentile ${quantile(errors, 0.95).toFixed(0)} ms; intervals hold the truth for ${(100 * held).toFixed(1)} % of stamps.\n`,
);
