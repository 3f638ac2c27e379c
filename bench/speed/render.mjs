// docs/benchmarks.md from the figures of one run.
import { NOISE_LIMIT, noiseOf, SMALLEST_BYTES, spread } from './figures.mjs';
import { goalRows, peerRows } from './goals.mjs';

const digits = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));
const three = (values, unit = '') => {
  if (!values.every(Number.isFinite)) return 'below the noise';
  const { min, median, max } = spread(values);
  return `${digits(min)} / **${digits(median)}** / ${digits(max)}${unit}`;
};
const noiseText = (noise) => (noise === undefined ? '-' : Number.isFinite(noise) ? `${noise.toFixed(2)}x` : 'unknown');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function machineText({ machine, settings, load }) {
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, ${machine.platform}.`,
    `Load average ${load.before.toFixed(1)} before and ${load.after.toFixed(1)} after, the bench's own part included.`,
    `Rounds: ${settings.rounds}. Nights of ${settings.mb} MB, with ${settings.calls} tool calls in each of 64 sandboxes.`,
  ].join(' ');
}

function goalTable(trials) {
  const rows = goalRows(trials).map(({ goal, values, unit, noise, verdict }) => [
    goal,
    three(values, unit),
    noiseText(noise),
    verdict,
  ]);
  return table(['goal', 'measured: min / **median** / max', 'noise', 'verdict'], rows);
}

function peerTable(trials) {
  const rows = peerRows(trials).map(({ mix, to, wall, cpu, rss, verdict }) => [
    mix,
    to,
    three(wall),
    three(cpu),
    three(rss),
    verdict,
  ]);
  return table(['night', 'peer', 'wall over peer', 'CPU over peer', 'peak memory over peer', 'verdict by wall'], rows);
}

function contenderTable(trial) {
  const names = Object.keys(trial.rounds[0]);
  const cell = (name, field, unit, scale) => {
    const values = trial.rounds.map((round) => round[name][field]).filter((value) => value !== undefined);
    return values.length === 0
      ? '-'
      : three(
          values.map((value) => value / scale),
          unit,
        );
  };
  const rows = names.map((name) => [
    name,
    trial.kind === 'startup' ? cell(name, 'wallMs', ' ms', 1) : cell(name, 'wallMs', ' s', 1e3),
    cell(name, 'cpuMs', ' s', 1e3),
    cell(name, 'rssMb', ' MB', 1),
    cell(name, 'wallMs', '', 1) === '-' || trial.rounds[0][trial.floor] === undefined
      ? '-'
      : three(trial.rounds.map((round) => round[name].wallMs / round[trial.floor].wallMs)),
  ]);
  return table(['contender', 'wall', 'CPU', 'peak memory', `wall over ${trial.floor}`], rows);
}

function answerTable(answers) {
  const rows = Object.entries(answers).map(([name, { alerts, right, wrong, counted, missing, named }]) => [
    name,
    alerts,
    right,
    wrong,
    counted ?? 0,
    missing,
    named ?? alerts - missing,
  ]);
  return table(['answers', 'alerts', 'right', 'wrong', 'counted', 'missing', 'named'], rows);
}

function trialText(trial) {
  const noise = noiseOf(trial);
  const warning = noise <= NOISE_LIMIT ? '' : ` **Too noisy to judge** (limit ${NOISE_LIMIT}x).`;
  return [
    `### ${trial.title}`,
    `${trial.facts} Noise (slowest over fastest round of ${trial.floor}): ${noiseText(noise)}.${warning}`,
    contenderTable(trial),
    ...(trial.answers === undefined || Object.keys(trial.answers).length === 0 ? [] : [answerTable(trial.answers)]),
  ].join('\n\n');
}

/** The page. `results` is what bench/run.mjs measured. */
export function render(results) {
  const { trials, missing } = results;
  return `${[
    '# Benchmarks',
    '`npm run bench` wrote this page: everything on it is from one session on one machine. Take the ratios, not the seconds.',
    machineText(results),
    `Every contender is a process of its own; all run once a round, each round begins with another one, and files are warm in the
page cache. Ratios are taken within a round. CPU is user and system time of all threads. Where the slowest round of the floor
took more than ${NOISE_LIMIT} times its fastest, the page does not judge; nor where the rounds lie on both sides of a limit, nor where a night
has less than ${SMALLEST_BYTES / 1e6} MB: then starting takes longer than reading.`,
    '## Goals',
    goalTable(trials),
    '## Where we win, where we lose',
    `Peers do the plain join of alerts with leases and calls. egressblame also detects formats and rules, aligns clocks, counts every
record, weighs rivals, hashes what it read and writes the evidence of each answer (\`--json\`; for the terminal it hashes nothing and writes
the incidents). Below 1: egressblame is faster or smaller.`,
    peerTable(trials),
    ...missing.map((text) => `Not measured: ${text}.`),
    '## Figures',
    `Three numbers are min / **median** / max over the rounds. An answer is right when episode and call equal the truth. egressblame may
abstain where only time and lease speak; then its first candidate counts, and \`named\` says how many it named outright. \`counted\`: alerts
that share an answer with others of their kind as far as the same calls ran, because there were too many for \`--memory\` to weigh each.`,
    ...trials.map(trialText),
  ].join('\n\n')}\n`;
}
