import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputFormats } from '../../src/report/index.ts';
import { runCommand } from './in-process.ts';
import { records } from './run.ts';
import { writeTinyNight } from './tiny.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'egressblame-own-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const found = async (logs: string) =>
  records((await runCommand([logs, '--json'])).out).filter(({ record }) => record !== 'run' && record !== 'input');

describe('what the program writes beside the logs is no evidence the next time', () => {
  it.each<[string, (logs: string, file: string) => readonly string[]]>([
    ...outputFormats.map(({ id }): [string, (logs: string, file: string) => readonly string[]] => [
      id,
      (logs, file) => [logs, '-q', '-o', `${id}=${file}`],
    ]),
    ['bundle', (logs, file) => [logs, '-q', '-o', `${file}.zip`]],
    ['manifest', (logs, file) => ['quarantine', logs, '-q', '-o', file]],
    ['seeds', (logs, file) => ['quarantine', logs, '-q', '--seeds', file]],
    ['rules', (logs, file) => ['policy', 'suggest', logs, '-q', '--format', 'json', '-o', file]],
  ])('%s', async (id, command) => {
    const logs = writeTinyNight(join(dir, id));
    const before = await found(logs);
    await runCommand(command(logs, join(logs, 'night.out')));
    expect(await found(logs)).toEqual(before);
  });

  it('--as reads it all the same', async () => {
    const logs = writeTinyNight(join(dir, 'as'));
    await runCommand([logs, '-q', '-o', join(logs, 'night.ecs.ndjson')]);
    const inputs = async (...more: readonly string[]) =>
      records((await runCommand([logs, '--json', ...more])).out).filter(({ path }) => path === 'night.ecs.ndjson');
    expect(await inputs()).toMatchObject([{ format: null, note: expect.stringContaining('written by egressblame') }]);
    expect(await inputs('--as', 'ecs-json=night.ecs.ndjson')).toMatchObject([{ records: { decoded: 1 } }]);
  });
});
