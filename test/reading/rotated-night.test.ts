import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { investigate } from '../../src/pipeline.ts';

const night = join(import.meta.dirname, '../../fixtures/night/inputs');
const work = mkdtempSync(join(tmpdir(), 'rotated-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The logs of the night by name, decompressed. */
const logs = new Map(
  readdirSync(night).map((file) => {
    const bytes = readFileSync(join(night, file));
    return [file.replace(/\.gz$/, ''), file.endsWith('.gz') ? gunzipSync(bytes) : bytes];
  }),
);

/** Cuts a log behind lines, wherever those shares of it end. The newest piece keeps its name. */
function rotate(name: string, bytes: Buffer, shares: readonly number[]) {
  const cuts = shares.map((share) => bytes.indexOf(10, Math.floor(bytes.length * share)) + 1);
  const bounds = [0, ...cuts, bytes.length];
  return bounds.slice(1).map((to, i) => {
    const from = bounds[i] ?? 0;
    const age = cuts.length - i;
    const before = bytes.subarray(0, from).toString('latin1').split('\n').length - 1;
    return {
      path: age === 0 ? name : `${name}.${age}${age > 1 ? '.gz' : ''}`,
      before,
      name,
      bytes: bytes.subarray(from, to),
    };
  });
}

/** What is answered of each violating record, by its place in the log as it was before it was rotated. */
async function answersOf(folder: string, shares: readonly number[], memoryBytes: number) {
  const pieces = [...logs].flatMap(([name, bytes]) =>
    rotate(name, bytes, /^inventory/.test(name) || bytes.length < 20_000 ? [] : shares),
  );
  const dir = join(work, folder);
  mkdirSync(dir);
  for (const { path, bytes } of pieces) writeFileSync(join(dir, path), path.endsWith('.gz') ? gzipSync(bytes) : bytes);
  const byPath = new Map(pieces.map((piece) => [piece.path, piece]));
  const { attributions } = await investigate({ paths: [dir], cwd: dir, memoryBytes });
  const answers = attributions.map(({ violation, verdict, episode, toolCall, process }) => {
    const places = [violation.event.ref, ...violation.alsoSeen].map(({ source, line }) => {
      const piece = byPath.get(source);
      return `${piece?.name}:${line + (piece?.before ?? 0)}`;
    });
    return [places.sort().join(' '), violation.id, verdict, episode?.id, toolCall?.id, process?.pid].join(' | ');
  });
  return answers.sort();
}

describe('a night of logs that were rotated', () => {
  it.each([
    ['in memory', 256e6],
    ['in reach', 1e6],
  ])('is answered as it is unrotated, %s', async (_, memoryBytes) => {
    const whole = await answersOf(`whole-${memoryBytes}`, [], memoryBytes);
    expect(whole.length).toBeGreaterThan(400);
    expect(await answersOf(`two-${memoryBytes}`, [0.371], memoryBytes)).toEqual(whole);
    expect(await answersOf(`three-${memoryBytes}`, [0.283, 0.717], memoryBytes)).toEqual(whole);
  });
});
