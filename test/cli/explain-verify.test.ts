import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { runCommand } from './in-process.ts';
import { records } from './run.ts';
import { writeTinyNight } from './tiny.ts';

const dir = mkdtempSync(join(tmpdir(), 'egressblame-verify-'));
const logs = writeTinyNight(join(dir, 'logs'));
/** What somebody does to the firewall's log after the records were read and before they are read again. */
const tampering: { with?: (text: string) => string } = {};
afterAll(() => rmSync(dir, { recursive: true }));

vi.mock('../../src/sources/records/raw-lines.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/sources/records/raw-lines.ts')>();
  return {
    ...original,
    readRawLines: (...args: Parameters<typeof original.readRawLines>) => {
      const log = join(logs, 'fast.log');
      if (tampering.with !== undefined) writeFileSync(log, tampering.with(readFileSync(log, 'utf8')));
      delete tampering.with;
      return original.readRawLines(...args);
    },
  };
});

it.each([
  ['is emptied', () => '', 4, 'Not verified: fast.log:1 cannot be read again.'],
  [
    'says something else',
    (text: string) => text.replace('blocked', 'allowed'),
    4,
    'Not verified: fast.log changed since',
  ],
  ['is changed behind the record', (text: string) => `${text.trimEnd()} \n`, 4, 'Not verified: fast.log changed since'],
  ['has grown', (text: string) => `${text}more\n`, 0, 'Verified: all 3 cited records'],
  ['is as it was', (text: string) => text, 0, 'Verified: all 3 cited records'],
])('explain --verify where the log %s', async (_, change, code, says) => {
  writeTinyNight(logs);
  const { out } = await runCommand([logs, '--json']);
  const id = String(records(out).find(({ record }) => record === 'attribution')?.['id']);
  tampering.with = change;
  const late = await runCommand(['explain', id, logs, '--verify']);
  expect([late.code, late.out]).toEqual([code, expect.stringContaining(says)]);
});
