import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from './in-process.ts';
import { writeTinyNight } from './tiny.ts';

const LOGS = "the night's logs";
let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'egressblame copied-'));
  writeTinyNight(join(dir, LOGS));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** The words of a line, as a shell takes them: single quotes hold a word together, a backslash the next character. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''),
  );
}

/** Commands that stand in lines of their own, or behind the label of a row. */
function commandsIn(text: string): readonly string[] {
  return [...text.matchAll(/^ {2}(?:evidence +)?(egressblame .*)$/gm)].map(([, command = '']) =>
    command.replace(/ > answer\.ndjson$/, ''),
  );
}

it.each<[string, readonly string[], number]>([
  ['the report', [LOGS, '--tz', 'fast=UTC'], 6],
  ['the gate', ['check', LOGS], 1],
  ['the quarantine', ['quarantine', LOGS], 2],
  ['a manifest that was written', ['quarantine', LOGS, '-o', 'a manifest.jsonl'], 1],
  ['a policy', ['policy', 'suggest', LOGS], 2],
  ['a policy that was written', ['policy', 'suggest', LOGS, '-o', "tonight's policy.nft"], 1],
  ['a baseline', ['baseline', 'update', LOGS, '--baseline', 'a b.json', '--owner', 'o', '--reason', 'r'], 1],
])('commands that %s suggests work as they are copied, whatever the paths hold', async (_, args, least) => {
  const { out, err } = await runCommand(args, { cwd: dir });
  const commands = commandsIn(`${out}${err}`);
  expect(commands.length).toBeGreaterThanOrEqual(least);
  for (const command of commands) {
    const [, ...copied] = words(command);
    const { code, err: said } = await runCommand(copied, { cwd: dir });
    expect([0, 1], `${command}: ${said}`).toContain(code);
  }
});

it('commands name the folder where a shell made all its files of a pattern, and the files where some are left out', async () => {
  const all = ['leases.jsonl', 'tool_calls.jsonl', 'fast.log', 'more.log', 'yet.log'];
  writeFileSync(join(dir, LOGS, 'more.log'), '');
  writeFileSync(join(dir, LOGS, 'yet.log'), '');
  const next = async (names: readonly string[]) => {
    const { out } = await runCommand(['check', ...names.map((name) => `${LOGS}/${name}`)], { cwd: dir });
    return words(out.trimEnd().split('\n').at(-1) ?? '').slice(1);
  };
  expect(await next(all)).toEqual([LOGS]);
  expect(await next(all.slice(0, 4))).toEqual(all.slice(0, 4).map((name) => `${LOGS}/${name}`));
  writeFileSync(join(dir, LOGS, '.hidden.log'), '');
  expect((await next(all)).length).toBe(5);
});
