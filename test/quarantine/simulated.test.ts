import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { investigate } from '../../src/pipeline.ts';
import { quarantineOf } from '../../src/quarantine/quarantine.ts';
import { simulateNight } from '../../src/simulate/index.ts';
import type { EpisodeTruth, Truth } from '../../src/simulate/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'quarantine-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Mostly innocent, so that the group of a culprit comes round again without one. */
const FAMILIES = [
  'tunnel',
  'innocent-burst',
  'missing-traces',
  'miner',
  'container-ip-reuse',
  ...Array<string>(7).fill('infra-noise'),
];

async function night(seed: number) {
  const files = new Map<string, string>();
  for (const { file, text } of simulateNight({ seed, families: FAMILIES, episodes: 36 }))
    files.set(file, (files.get(file) ?? '') + text);
  const home = join(folder, String(seed));
  for (const [file, text] of files) {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), text);
  }
  const rows = <T>(file: string): T[] =>
    (files.get(file) ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as T);
  const report = await investigate({ paths: [join(home, 'inputs')], cwd: home });
  return {
    quarantine: quarantineOf(report, 'likely'),
    episodes: rows<EpisodeTruth>('episodes.jsonl'),
    truth: rows<Truth>('truth.jsonl'),
  };
}

it.each([3])('seed %i: every culprit is flagged, and no affected member of its group is missed', async (seed) => {
  const { quarantine, episodes, truth } = await night(seed);
  const guilty = new Set(truth.flatMap((row) => (row.answerable && row.episode_id !== null ? [row.episode_id] : [])));
  expect(new Set(quarantine.flagged.map(({ rollout }) => rollout.episode))).toEqual(guilty);
  const key = ({ group, step }: EpisodeTruth): string => `${group}@${step}`;
  const poisoned = new Set(episodes.filter(({ episode_id }) => guilty.has(episode_id)).map(key));
  const members = episodes.filter((one) => poisoned.has(key(one)) && !guilty.has(one.episode_id));
  const expected = members.filter(({ traced }) => traced).map(({ episode_id }) => episode_id);
  const affected = (by: string) =>
    quarantine.affected.filter((entry) => entry.by === by).map(({ rollout }) => rollout.episode);
  expect(expected.length).toBeGreaterThan(0);
  expect(affected('same-step').sort()).toEqual(expected.sort());
  // An episode without a trace has no step, and its group's name comes round: perhaps a member, never left out.
  const groups = new Set(episodes.filter(({ episode_id }) => guilty.has(episode_id)).map(({ group }) => group));
  const lost = episodes.filter(({ group, traced }) => !traced && groups.has(group)).map(({ episode_id }) => episode_id);
  expect(affected('step-unknown').sort()).toEqual(lost.sort());
});

it('knows step and reward of each flagged rollout, and the first poisoned step', async () => {
  const { quarantine, episodes } = await night(3);
  const told = new Map(episodes.map((one) => [one.episode_id, one]));
  for (const { rollout } of quarantine.flagged)
    expect(rollout).toMatchObject({ step: told.get(rollout.episode)?.step, reward: told.get(rollout.episode)?.reward });
  const steps = quarantine.flagged.map(({ rollout }) => rollout.step ?? Infinity);
  expect(quarantine.runs).toMatchObject([{ run: 'night', firstStep: Math.min(...steps) }]);
});
