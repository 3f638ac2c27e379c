import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { investigate } from '../../src/pipeline.ts';
import { simulateNight } from '../../src/simulate/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'copied-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What each record that is flagged was laid on, by its place. */
async function answers(): Promise<ReadonlyMap<string, string>> {
  const { attributions } = await investigate({ paths: [join(folder, 'inputs')], cwd: folder });
  return new Map(
    attributions.map(({ verdict, episode, toolCall, violation: { event } }) => [
      `${event.ref.source}:${event.ref.line}`,
      `${verdict} ${episode?.id} ${toolCall?.id}`,
    ]),
  );
}

it('answers alike where all files were copied two years later, though some stamps name no year', async () => {
  const texts = new Map<string, string>();
  for (const { file, text } of simulateNight({ seed: 1, families: [], episodes: 30 }))
    texts.set(file, (texts.get(file) ?? '') + text);
  for (const [file, text] of texts) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const changed = (date: string): void => {
    for (const file of readdirSync(join(folder, 'inputs')))
      utimesSync(join(folder, 'inputs', file), new Date(date), new Date(date));
  };
  changed('2026-11-24T09:00:00Z');
  const before = await answers();
  expect([...before.keys()].some((place) => place.includes('dnsmasq'))).toBe(true);
  changed('2028-12-01T09:00:00Z');
  expect(await answers()).toEqual(before);
});
