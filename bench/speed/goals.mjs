// What egressblame promises about its speed, and what a run says about each promise.
import { DUCKDB, OURS, PARSE, TERMINAL } from './contenders.mjs';
import { exponents, judge, noiseOf, ratios } from './figures.mjs';

const RATE = 2.3;
const EXPONENT = 1.05;

/** The mixes whose format is hot: big files of it are the rule. */
const HOT = [
  'eve',
  'netfilter',
  'panos',
  'tetragon',
  'falco',
  'auditd',
  'conntrack',
  'otlp',
  'ale',
  'hubble',
  'zeek',
  'zeek-json',
];

/** One row of the table, or none where the run did not measure it. */
function row(trial, { goal, values, limit, unit = 'x', atLeast = false, timed = true }) {
  if (trial === undefined || values === undefined) return [];
  const noise = noiseOf(trial);
  const verdict = judge({ values, limit, atLeast, timed, noise, bytes: trial.bytes });
  return [
    {
      goal: `${goal} ${atLeast ? '>=' : '<='} ${limit}${unit}`,
      values,
      unit,
      noise: timed ? noise : undefined,
      verdict,
    },
  ];
}

function eveGoals(trial) {
  const rss = trial?.rounds.flatMap((round) => (round[OURS] === undefined ? [] : [round[OURS].rssMb / 1.048576]));
  return [
    ...row(trial, {
      goal: 'EVE: wall over JSON.parse per line',
      values: ratios(trial, { of: OURS, to: PARSE }),
      limit: 0.35,
    }),
    ...row(trial, {
      goal: 'EVE, for the terminal: wall over JSON.parse per line',
      values: ratios(trial, { of: TERMINAL, to: PARSE }),
      limit: 0.35,
    }),
    ...row(trial, {
      goal: 'EVE: wall over DuckDB with 2 threads',
      values: ratios(trial, { of: OURS, to: DUCKDB }),
      limit: 0.8,
    }),
    ...row(trial, {
      goal: 'EVE: peak memory',
      values: rss?.length ? rss : undefined,
      limit: 256,
      unit: ' MiB',
      timed: false,
    }),
  ];
}

function rateGoal(trial) {
  return row(trial, {
    goal: `${trial.mix}: bytes a second over JSON.parse per line`,
    values: ratios(trial, { of: PARSE, to: OURS, scale: trial.bytes / trial.floorBytes }),
    limit: RATE,
    atLeast: true,
  });
}

function growthGoal(trial) {
  return row(trial, {
    goal: 'growth: exponent of wall over size',
    values: exponents(trial, trial),
    limit: EXPONENT,
    unit: '',
  });
}

function violationsGoal(trial) {
  return row(trial, {
    goal: 'violations: exponent of added wall over added violations',
    values: trial.rounds.map((round) => marginalExponent(trial, round)),
    limit: EXPONENT,
    unit: '',
  });
}

/**
 * What the log costs without violations is in every run, so it is taken off: growth of what is above the fewest violations.
 * NaN where what the middle count adds is no more than the noise.
 */
function marginalExponent(trial, round) {
  const [least, some, most] = trial.counts.map(({ name, alerts }) => ({ alerts, wallMs: round[name].wallMs }));
  const added = some.wallMs - least.wallMs;
  if (added <= least.wallMs * (noiseOf(trial) - 1)) return Number.NaN;
  return (
    Math.log((most.wallMs - least.wallMs) / added) /
    Math.log((most.alerts - least.alerts) / (some.alerts - least.alerts))
  );
}

function startGoals(trial) {
  const over = (of) => ratios(trial, { of, to: 'node -e 0' });
  return [
    ...row(trial, { goal: '`--version` over `node -e 0`', values: over('--version'), limit: 1.3 }),
    ...row(trial, { goal: '`--help` over `node -e 0`', values: over('--help'), limit: 1.8 }),
  ];
}

/** Seconds of this machine: the goal names no other measure. */
function sharedNightGoal(trial) {
  return row(trial, {
    goal: 'night-a: wall',
    values: trial.rounds.map((round) => round[OURS].wallMs / 1e3),
    limit: 1.5,
    unit: ' s',
  });
}

export function goalRows(trials) {
  const of = (kind) => trials.filter((trial) => trial.kind === kind);
  return [
    ...eveGoals(of('mix').find(({ mix }) => mix === 'eve')),
    ...of('mix')
      .filter(({ mix }) => HOT.includes(mix))
      .flatMap(rateGoal),
    ...of('growth').flatMap(growthGoal),
    ...of('violations')
      .filter(({ counts }) => counts.length === 3)
      .flatMap(violationsGoal),
    ...of('night-a').flatMap(sharedNightGoal),
    ...of('startup').flatMap(startGoals),
  ];
}

/** egressblame against each peer on each night: wall, CPU and memory, and who wins by wall. */
export function peerRows(trials) {
  return trials
    .filter(({ kind }) => kind === 'mix')
    .flatMap((trial) =>
      Object.keys(trial.answers)
        .filter((name) => name !== OURS)
        .flatMap((to) => {
          const wall = ratios(trial, { of: OURS, to });
          if (wall === undefined) return [];
          const verdict = judge({ values: wall, limit: 1, noise: noiseOf(trial), bytes: trial.bytes });
          const cpu = ratios(trial, { of: OURS, to, field: 'cpuMs' });
          const rss = ratios(trial, { of: OURS, to, field: 'rssMb' });
          return [
            { mix: trial.mix, to, wall, cpu, rss, verdict: { met: 'we win', missed: 'we lose' }[verdict] ?? verdict },
          ];
        }),
    );
}
