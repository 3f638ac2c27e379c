import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { runCommand } from './in-process.ts';
import { records } from './run.ts';
import { writeTinyNight } from './tiny.ts';

const dir = mkdtempSync(join(tmpdir(), 'egressblame-verify-'));
const logs = writeTinyNight(join(dir, 'logs'));
const tampering = { at: false };
afterAll(() => rmSync(dir, { recursive: true }));

// Somebody empties the firewall's log after the records were read and before they are read again.
vi.mock('../../src/sources/raw-lines.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/sources/raw-lines.ts')>();
  return {
    ...original,
    readRawLines: (...args: Parameters<typeof original.readRawLines>) => {
      if (tampering.at) writeFileSync(join(logs, 'fast.log'), '');
      return original.readRawLines(...args);
    },
  };
});

it('explain --verify is 4 and names the record when an original is no longer what was read', async () => {
  const { out } = await runCommand([logs, '--json']);
  const id = String(records(out).find(({ record }) => record === 'attribution')?.['id']);
  expect((await runCommand(['explain', id, logs, '--verify'])).code).toBe(0);
  tampering.at = true;
  const late = await runCommand(['explain', id, logs, '--verify']);
  expect([late.code, late.out]).toEqual([4, expect.stringMatching(/Not verified: fast\.log:1 cannot be read again\./)]);
});
