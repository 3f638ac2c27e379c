import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCommand } from './in-process.ts';
import { writeTinyNight } from './tiny.ts';

const folder = mkdtempSync(join(tmpdir(), 'window-'));
const night = writeTinyNight(join(folder, 'night'));
const empty = mkdtempSync(join(folder, 'empty-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => runCommand(args, { cwd: folder });

it.each([
  [['--from', '2026-11-24T00:00:00Z'], 'after --from 2026-11-24T00:00:00Z'],
  [['--to', '2026-11-23T00:00:00Z'], 'before --to 2026-11-23T00:00:00Z'],
  [
    ['--from', '2026-11-20T00:00:00Z', '--to', '2026-11-21T00:00:00Z'],
    'between --from 2026-11-20T00:00:00Z and --to 2026-11-21T00:00:00Z',
  ],
])('calls no time clean of which nothing was read: %j', async (flags, says) => {
  const { code, out } = await run('check', night, ...flags);
  expect(code).toBe(3);
  expect(out).toContain(`no input gave records that can show a violation ${says}`);
});

it('lets a time pass that the logs reach into', async () => {
  const { code } = await run('check', night, '--from', '2026-11-23T10:00:05Z', '--fail-on', 'never');
  expect(code).toBe(0);
});

it('refuses a time that ends before it begins', async () => {
  const { code, err } = await run(night, '--from', '2026-11-24T00:00:00Z', '--to', '2026-11-23T00:00:00Z');
  expect(code).toBe(2);
  expect(err).toContain('nothing lies between them');
});

it.each(['+25:00', '+08:75', '-15:00'])('refuses a zone that is nowhere: %s', async (zone) => {
  const { code, err } = await run('check', night, '--tz', `fast=${zone}`);
  expect(code).toBe(2);
  expect(err).toContain('+08:00');
});

it('says that there is no such episode', async () => {
  const { code, err } = await run('timeline', night, '--episode', 'traj-9');
  expect(code).toBe(3);
  expect(err).toContain('no record of episode traj-9');
});

it('says once that it cannot say', async () => {
  const { code, out } = await run('check', empty);
  expect(code).toBe(3);
  expect(out).toMatch(/^cannot say: nothing readable/);
});

it.each(['check', 'events', 'clocks'])('%s names a clock offset that no clock has', async (command) => {
  const { err } = await run(command, night, '--clock-offset', 'nowhere=+2s', '--clock-offset', 'fast=+1s');
  expect(err).toContain('clock offset of nowhere: no clock of these inputs has this name');
  expect(err).not.toContain('offset of fast');
});
