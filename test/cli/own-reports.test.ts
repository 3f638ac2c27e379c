import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { targets } from '../../src/policy/targets/index.ts';
import { outputFormats } from '../../src/report/index.ts';
import { ownReport } from '../../src/sources/heads/own-report.ts';
import { zipOf } from '../sources/files.ts';
import { runCommand } from './in-process.ts';
import { records } from './run.ts';
import { writeTinyNight } from './tiny.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'egressblame-own-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const all = async (logs: string) => records((await runCommand([logs, '--json'])).out);
const found = async (logs: string) => (await all(logs)).filter(({ record }) => record !== 'run' && record !== 'input');
/** What is said of the inputs that are read as nothing; one line each. */
const notes = async (logs: string): Promise<readonly unknown[]> =>
  (await all(logs)).filter(({ record, format }) => record === 'input' && format === null).map(({ note }) => note);

describe('a log that is read is never written over', () => {
  const log = (name: string) => (logs: string) => join(logs, name);
  it.each<[string, (logs: string) => readonly string[], (logs: string) => string]>([
    ['by a report', (logs) => [logs, '-o', `csv=${join(logs, 'fast.log')}`], log('fast.log')],
    ['by a report of the gate', (logs) => ['check', logs, '-o', `markdown=${join(logs, 'fast.log')}`], log('fast.log')],
    ['by another name', (logs) => ['check', join(logs, 'fast.log'), '-o', join(logs, 'link.md')], log('link.md')],
    [
      'by a manifest, --apply left out',
      (logs) => ['quarantine', logs, '-o', join(logs, 'tool_calls.jsonl')],
      log('tool_calls.jsonl'),
    ],
    ['by seeds', (logs) => ['quarantine', logs, '--seeds', join(logs, 'leases.jsonl')], log('leases.jsonl')],
    [
      'by rules',
      (logs) => ['policy', 'suggest', logs, '--format', 'json', '-o', join(logs, 'leases.jsonl')],
      log('leases.jsonl'),
    ],
    [
      'that only --as knows',
      (logs) => [logs, '--as', 'cef=odd.txt', '-o', `csv=${join(logs, 'odd.txt')}`],
      log('odd.txt'),
    ],
    ['that no format recognises', (logs) => [logs, '-o', `csv=${join(logs, 'odd.txt')}`], log('odd.txt')],
    ['that is no text', (logs) => [logs, '-o', `csv=${join(logs, 'a.pcap')}`], log('a.pcap')],
    ['that lies in an archive', (logs) => [logs, '-o', join(logs, 'logs.zip')], log('logs.zip')],
  ])('%s', async (name, command, path) => {
    const logs = writeTinyNight(join(dir, `kept ${name}`));
    symlinkSync('fast.log', join(logs, 'link.md'));
    writeFileSync(join(logs, 'odd.txt'), 'x\n');
    writeFileSync(join(logs, 'a.pcap'), Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'));
    const alert = readFileSync(join(logs, 'fast.log'), 'utf8');
    writeFileSync(join(logs, 'logs.zip'), zipOf([{ name: 'fast.log', text: alert }]));
    const before = readFileSync(path(logs));
    expect(await runCommand(command(logs))).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(
        /is a (?:log that is read \(\S+\)|file among the inputs that no format recognises): evidence is never written over; name another file\n$/,
      ),
    });
    expect(readFileSync(path(logs))).toEqual(before);
  });
});

describe('what the program writes beside the logs is no evidence the next time', () => {
  it.each<[string, (logs: string, file: string) => readonly string[]]>([
    ...outputFormats.map(({ id }): [string, (logs: string, file: string) => readonly string[]] => [
      id,
      (logs, file) => [logs, '-q', '-o', `${id}=${file}`],
    ]),
    ['bundle', (logs, file) => [logs, '-q', '-o', `${file}.zip`]],
    ['manifest', (logs, file) => ['quarantine', logs, '-q', '-o', file]],
    ['seeds', (logs, file) => ['quarantine', logs, '-q', '--seeds', file]],
    ...targets.map(({ id }): [string, (logs: string, file: string) => readonly string[]] => [
      `rules, ${id}`,
      (logs, file) => ['policy', 'suggest', logs, '-q', '--format', id, '-o', file],
    ]),
    ...['roll', 'verifiers', 'nemo-gym', 'inspect'].map(
      (id): [string, (logs: string, file: string) => readonly string[]] => [
        `manifest, ${id}`,
        (logs, file) => ['quarantine', logs, '-q', '--format', id, '-o', file],
      ],
    ),
    [
      'baseline',
      (logs, file) => ['baseline', 'update', logs, '--baseline', file, '--owner', 'infra', '--reason', 'known'],
    ],
  ])('%s', async (id, command) => {
    const logs = writeTinyNight(join(dir, id));
    const before = await found(logs);
    const args = command(logs, join(logs, 'night.out'));
    const { code } = await runCommand(args);
    expect(await found(logs)).toEqual(before);
    const said = await notes(logs);
    expect(said.length).toBeGreaterThan(0);
    for (const note of said) expect(note).toMatch(/^written by egressblame from other records/);
    // It may be written anew.
    expect((await runCommand(args)).code).toBe(code);
  });

  it.each(['egressblame.config.json', 'egressblame.config.yaml', 'egressblame.config.yml'])(
    'a configuration is none either, and is not written over: %s',
    async (name) => {
      const logs = writeTinyNight(join(dir, `with ${name}`));
      const before = await found(logs);
      writeFileSync(join(logs, name), '{"failOn": "likely"}\n');
      expect(await found(logs)).toEqual(before);
      expect(await notes(logs)).toEqual(['a configuration of egressblame: no evidence']);
      expect((await runCommand([logs])).err).toBe('');
      expect((await runCommand([logs, '-o', `csv=${join(logs, name)}`])).code).toBe(2);
    },
  );

  it('a document of others that begins like a baseline is none of it', () => {
    const index = JSON.stringify({ version: 1, entries: [{ sessionId: 's-1', messageCount: 3 }] }, null, 2);
    expect(ownReport(Buffer.from(index))).toBeUndefined();
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
