import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeNight } from '../../bench/nights/generate.mjs';
import { gather } from '../../src/gather.ts';
import type { Attribution } from '../../src/model/attribution.ts';
import { investigate } from '../../src/pipeline.ts';
import { simulateNight } from '../../src/simulate/index.ts';

const root = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'reach-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function simulated(): string {
  const out = join(work, 'simulated');
  for (const { file, text } of simulateNight({ seed: 3, families: [], episodes: 60 })) {
    mkdirSync(dirname(join(out, file)), { recursive: true });
    appendFileSync(join(out, file), text);
  }
  return join(out, 'inputs');
}

/** What users act on, by the place of the record. */
function answers(attributions: readonly Attribution[]): ReadonlyMap<string, string> {
  return new Map(
    attributions.map(({ violation, verdict, episode, toolCall }) => [
      `${violation.event.ref.source}:${violation.event.ref.line}`,
      `${verdict} ${episode?.id ?? '-'} ${toolCall?.id ?? '-'}`,
    ]),
  );
}

const isNamed = (answer: string): boolean => answer.startsWith('proven') || answer.startsWith('likely');
const nameOf = (answer: string): string => answer.slice(answer.indexOf(' ') + 1);
const run = (paths: string, memoryBytes: number) => investigate({ paths: [paths], cwd: root, memoryBytes });

describe('logs that are longer than the memory budget', () => {
  it.each([
    ['the bundled night', () => join(root, 'fixtures/night/inputs')],
    ['the bundled training run', () => join(root, 'fixtures/rome/inputs')],
    ['a simulated night', simulated],
  ])('%s is answered as if all of it were in memory', async (_, folder) => {
    const paths = folder();
    const [whole, reach] = [await run(paths, Infinity), await run(paths, 0)];
    const [expected, found] = [answers(whole.attributions), answers(reach.attributions)];
    expect(found.size).toBeGreaterThan(20);
    const shared = [...expected.keys()].filter((key) => found.has(key));
    expect(shared.length).toBeGreaterThan(expected.size * 0.9);
    for (const key of shared) {
      const [before, after] = [expected.get(key) ?? '', found.get(key) ?? ''];
      // With fewer records for the clocks an answer may be found or lost, never changed into another name.
      if (isNamed(before) && isNamed(after)) expect(`${key} ${nameOf(after)}`).toBe(`${key} ${nameOf(before)}`);
    }
    expect(shared.filter((key) => expected.get(key) === found.get(key)).length).toBeGreaterThan(shared.length * 0.9);
  });

  it('reads no more of a long log than can matter, and says how much it left', async () => {
    const out = join(work, 'eve');
    const { records, alerts } = writeNight({ mix: 'eve', megabytes: 6, out, callsPerSandbox: 20, alertShare: 0.005 });
    const { inputs, store } = await gather({ paths: [out], cwd: root, memoryBytes: 0 }, 'reach');
    const eve = inputs.find(({ path }) => path.endsWith('eve.json'));
    expect(eve?.records.read).toBe(records);
    expect(eve?.skipped['out of reach']).toBeGreaterThan(records / 8);
    expect((eve?.records.decoded ?? 0) + (eve?.records.skipped ?? 0)).toBe(records);
    expect(store.network.filter(({ type }) => type === 'alert')).toHaveLength(alerts);
    const whole = await gather({ paths: [out], cwd: root }, 'reach');
    const { first, last } = whole.inputs.find(({ path }) => path.endsWith('eve.json')) ?? {};
    expect([eve?.first, eve?.last]).toEqual([first, last]);
  });

  it('keeps the same number of records in memory however long the log is', async () => {
    const kept = [];
    for (const megabytes of [4, 16]) {
      const out = join(work, `flat-${megabytes}`);
      writeNight({ mix: 'conntrack', megabytes, out, callsPerSandbox: 4 });
      const { store } = await gather({ paths: [out], cwd: root, memoryBytes: 0 }, 'reach');
      kept.push(store.nat.length);
    }
    expect(kept[1]).toBeLessThan((kept[0] ?? 0) * 2);
  });
});
