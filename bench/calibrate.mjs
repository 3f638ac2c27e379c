// Fits the weights of src/attribute/weights.json on simulated nights of half the families and measures them on the
// other half: `npm run calibrate`. Writes docs/calibration.md; with --write also the weights. Deterministic.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { investigate } from '../dist/pipeline.js';
import { familyNames, simulateNight } from '../dist/simulate/index.js';

const root = new URL('..', import.meta.url).pathname;
const weightsPath = `${root}src/attribute/weights.json`;
const weights = JSON.parse(readFileSync(weightsPath, 'utf8'));
const SEEDS = [101, 102, 103, 104, 105, 106, 107, 108];
const SCENES = 154;
const half = (odd) => familyNames.filter((_, i) => i % 2 === odd);

/** What is left when no host sends telemetry. */
const isThin = (file) => /fw-|eve|vpc-flow|leases|tool_calls|traces|inventory|truth|proxy|ns1|antrea/.test(file);

/** Cases of one night: the candidates' summed weight per evidence code, and which of them is right. */
async function cases(seed, families, keep = () => true) {
  const folder = mkdtempSync(join(tmpdir(), 'calibrate-'));
  let truthText = '';
  for (const { file, text } of simulateNight({ seed, families, episodes: SCENES })) {
    if (file === 'truth.jsonl') truthText += text;
    if (!keep(file)) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text, { flag: 'a' });
  }
  const report = await investigate({ paths: [join(folder, 'inputs')], cwd: folder });
  rmSync(folder, { recursive: true });
  const answers = new Map();
  for (const one of report.attributions)
    for (const { source, line } of [one.violation.event.ref, ...one.violation.alsoSeen])
      answers.set(`${source.split('/').at(-1)}:${line}`, one);
  const rows = truthText
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return rows.flatMap((truth) => {
    const answer = answers.get(`${truth.file}:${truth.line}`);
    return answer === undefined ? [] : [{ ...toCase(truth, answer), family: truth.family }];
  });
}

function toCase(truth, answer) {
  const candidates = answer.candidates.map((candidate) => {
    const sums = {};
    for (const { code, weight } of candidate.evidence) sums[code] = (sums[code] ?? 0) + weight;
    const right =
      truth.cause === 'none'
        ? candidate.episode === undefined
        : truth.episode_id !== null && candidate.toolCall?.id === truth.tool_call_id;
    return { sums, right };
  });
  const named = answer.verdict === 'proven' || answer.verdict === 'likely';
  const right = named
    ? answer.episode?.id === truth.episode_id
    : answer.verdict === 'not-agent' && truth.cause === 'none';
  const answered = named || answer.verdict === 'not-agent';
  return {
    candidates,
    nullRight: !candidates.some((one) => one.right),
    cause: truth.cause,
    answerable: truth.answerable,
    named,
    verdict: answer.verdict,
    answered,
    right,
    probability: answer.probability,
  };
}

const scoreOf = (sums, factor) => Object.entries(sums).reduce((sum, [code, value]) => sum + value * factor[code], 0);

function posterior(entry, { factor, nullShift, scale }) {
  const raw = [weights.null + nullShift, ...entry.candidates.map(({ sums }) => scoreOf(sums, factor))].map(
    (v) => v * scale,
  );
  const top = Math.max(...raw);
  const grown = raw.map((value) => Math.exp(value - top));
  const total = grown.reduce((sum, value) => sum + value, 0);
  return grown.map((value) => value / total);
}

/** Softmax regression, held near the weights it starts from; factors stay positive, so signs are kept. */
function fitWeights(data) {
  const codes = Object.keys(weights.facts);
  const model = { factor: Object.fromEntries(codes.map((code) => [code, 1])), nullShift: 0, scale: 1 };
  const PULL = 0.5;
  for (let step = 0; step < 400; step++) {
    const slope = Object.fromEntries(codes.map((code) => [code, PULL * (model.factor[code] - 1)]));
    let nullSlope = PULL * model.nullShift;
    let scaleSlope = PULL * (model.scale - 1);
    for (const entry of data) {
      const p = posterior(entry, model);
      const rights = entry.candidates.map(({ right }) => (right ? 1 : 0));
      const mass = (entry.nullRight ? p[0] : 0) + rights.reduce((sum, right, i) => sum + right * p[i + 1], 0);
      const pull = (right, share) => (share - (right ? share / Math.max(mass, 1e-9) : 0)) / data.length;
      nullSlope += model.scale * pull(entry.nullRight, p[0]);
      scaleSlope += (weights.null + model.nullShift) * pull(entry.nullRight, p[0]);
      entry.candidates.forEach(({ sums, right }, i) => {
        const off = pull(right, p[i + 1]);
        scaleSlope += scoreOf(sums, model.factor) * off;
        for (const [code, value] of Object.entries(sums)) slope[code] += model.scale * value * off;
      });
    }
    const rate = 0.05;
    for (const code of codes)
      model.factor[code] = Math.min(1.5, Math.max(0.5, model.factor[code] - rate * slope[code]));
    model.nullShift = Math.min(2, Math.max(-2, model.nullShift - rate * nullSlope));
    model.scale = Math.min(2, Math.max(0.25, model.scale - rate * scaleSlope));
  }
  return model;
}

function logLoss(data, model) {
  const sum = data.reduce((total, entry) => {
    const p = posterior(entry, model);
    const mass = entry.candidates.reduce(
      (own, { right }, i) => own + (right ? p[i + 1] : 0),
      entry.nullRight ? p[0] : 0,
    );
    return total - Math.log(Math.max(mass, 1e-9));
  }, 0);
  return sum / data.length;
}

function reliability(data) {
  const bins = Array.from({ length: 10 }, () => ({ n: 0, right: 0, p: 0 }));
  for (const { answered, right, probability } of data) {
    if (!answered) continue;
    const bin = bins[Math.min(9, Math.floor(probability * 10))];
    bin.n++;
    bin.p += probability;
    if (right) bin.right++;
  }
  return bins;
}

const familyRows = (list) =>
  familyNames
    .map((family) => {
      const own = list.filter((entry) => entry.family === family);
      const done = own.filter(({ answered: yes }) => yes);
      return `| ${family} | ${own.length} | ${percent(done.length, own.length)} | ${percent(rightOf(done), done.length)} |`;
    })
    .join('\n');
const percent = (part, whole) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(2)} %`);
const start = {
  factor: Object.fromEntries(Object.keys(weights.facts).map((code) => [code, 1])),
  nullShift: 0,
  scale: 1,
};
const collect = async (families, seeds = SEEDS, keep = undefined) => {
  const out = [];
  for (const seed of seeds) out.push(...(await cases(seed, families, keep)));
  return out;
};
const train = await collect(half(0));
const held = await collect(half(1));
const model = fitWeights(train);
const thin = await collect(familyNames, SEEDS.slice(0, 3), isThin);
const answered = held.filter((entry) => entry.answered);
const proven = held.filter(({ verdict }) => verdict === 'proven');
const bins = reliability(held);
const ece = bins.reduce((sum, { right, p }) => sum + Math.abs(right - p), 0) / Math.max(1, answered.length);
const infra = [...train, ...held].filter(({ cause }) => cause === 'none');
const decisive = held.filter(({ answerable }) => answerable);
const thinNamed = thin.filter(({ answered: done }) => done);
const rightOf = (list) => list.filter(({ right }) => right).length;
const text = `# Calibration

Written by \`npm run calibrate\`: simulated nights, seeds ${SEEDS.join(', ')}, ${SCENES} scenes each. Records of one packet count one by one.

- fitted on ${train.length} records of: ${half(0).join(', ')}
- measured on ${held.length} records of: ${half(1).join(', ')}

Measured with the shipped weights on the families left out of the fit:

| what | value |
| --- | --- |
| answered | ${percent(answered.length, held.length)} |
| right of the answers | ${percent(rightOf(answered), answered.length)} of ${answered.length} |
| right of the proven | ${percent(rightOf(proven), proven.length)} of ${proven.length} |
| answered where the records decide | ${percent(decisive.filter(({ answered: done }) => done).length, decisive.length)} of ${decisive.length} |
| infrastructure recognised (all families) | ${percent(rightOf(infra), infra.length)} of ${infra.length} |
| expected calibration error, 10 bins | ${ece.toFixed(4)} |

| probability | answers | mean probability | right |
| --- | --- | --- | --- |
${bins.map(({ n, right, p }, i) => `| ${i / 10} to ${(i + 1) / 10} | ${n} | ${n === 0 ? '-' : (p / n).toFixed(3)} | ${n === 0 ? '-' : (right / n).toFixed(3)} |`).join('\n')}

Without any host telemetry (firewall, traces and leases only; all families, ${thin.length} records): ${percent(thinNamed.length, thin.length)}
answered, ${percent(thinNamed.length - rightOf(thinNamed), thin.length)} of all records wrong.

| family | records | answered | right of the answers |
| --- | --- | --- | --- |
${familyRows([...train, ...held])}

## The fit

The shipped weights are set by hand; this fit is printed to check them, and it may replace them only when it is better on the families left out.

Mean log loss over candidates and the null: fitted families ${logLoss(train, start).toFixed(4)} before, ${logLoss(train, model).toFixed(4)} after;
held-out families ${logLoss(held, start).toFixed(4)} before, ${logLoss(held, model).toFixed(4)} after. Null ${weights.null} moved by ${model.nullShift.toFixed(3)}, temperature ${(1 / model.scale).toFixed(3)}.

| evidence | factor on its weights |
| --- | --- |
${Object.entries(model.factor)
  .map(([code, factor]) => `| ${code} | ${factor.toFixed(3)} |`)
  .join('\n')}

The fit moves one factor per evidence code between 0.5 and 1.5, held near 1 (so no sign and no order of strengths can turn), a shift of the null and a temperature; rivals below 0.1 % are not in it. \`node bench/calibrate.mjs --write\` stores it.
`;
writeFileSync(`${root}docs/calibration.md`, text);
process.stdout.write(text);
if (process.argv.includes('--write')) {
  const round = (value) => Math.round(value * 1000) / 1000;
  weights.null = round(weights.null + model.nullShift);
  weights.temperature = round(weights.temperature / model.scale);
  for (const [code, strengths] of Object.entries(weights.facts))
    for (const name of Object.keys(strengths)) strengths[name] = round(strengths[name] * model.factor[code]);
  writeFileSync(weightsPath, `${JSON.stringify(weights, null, 2)}\n`);
}
