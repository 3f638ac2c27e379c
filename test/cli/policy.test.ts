import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { READABLE } from '../../src/policy/readers/index.ts';
import { targets } from '../../src/policy/targets/index.ts';
import { runCommand } from './in-process.ts';
import { egressblame, records } from './run.ts';

const root = join(import.meta.dirname, '../..');
const rome = 'fixtures/rome/inputs';
const run = (args: readonly string[]) => runCommand(args, { cwd: root });
let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'egressblame-policy-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function put(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

describe('policy suggest and test', () => {
  it('writes rules that test finds sufficient', () => {
    const file = join(dir, 'policy.nft');
    const suggested = egressblame(['policy', 'suggest', rome, '-o', file]);
    expect(suggested).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^5 deny rules: blocks 29\/29 bad, breaks 0\/8 good\. No smaller answer exists\./,
      ) as string,
    });
    expect(suggested.out).toContain(`egressblame policy test ${file} ${rome}`);
    expect(readFileSync(file, 'utf8')).toContain('ip daddr 10.20.8.0/27 tcp dport 6379 counter drop');
    expect(egressblame(['policy', 'test', file, rome])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\(nftables, 5 rules\): blocks\s29\/29\sbad,\sbreaks\s0\/8\sgood\./) as string,
    });
  });

  it('exits 1 when bad flows remain and names them by incident, and what breaks', async () => {
    const rule = { action: 'deny', destination: '203.0.113.10' };
    const file = put('p.json', JSON.stringify({ record: 'policy', version: 1, default: 'allow', rules: [rule] }));
    const { code, out } = await run(['policy', 'test', file, rome, '--json']);
    expect(code).toBe(1);
    const [effect] = records(out);
    expect(effect).toMatchObject({ record: 'policy-effect', bad: 29, stopped: 0, good: 8, broken: 8 });
    expect(effect).toMatchObject({ breaking: [{ ends: { domain: 'mirrors.corp.example' }, count: 8 }] });
    expect(JSON.stringify(effect?.['remaining'])).toMatch(/"incidents":\["i-/);
  });

  it.each([
    ['a policy that is not there', ['test', 'nowhere.nft', rome], /there is no policy file nowhere\.nft/],
    [
      'a policy that cannot be replayed',
      ['test', 'package.json', rome],
      /package\.json: no policy that can be replayed/,
    ],
    ['standard input', ['suggest', '-'], /read twice/],
    ['a file of no known format', ['suggest', rome, '-o', 'rules.txt'], /add --format/],
    [
      'deny rules of a sandbox that has none',
      ['suggest', rome, '--format', 'awf', '--mode', 'deny'],
      /only knows allow lists/,
    ],
    ['a limit for an allow list', ['suggest', rome, '--mode', 'allow', '--max-good-broken', '0'], /--max-good-broken/],
    ['a path that is not there', ['suggest', 'no-such-folder'], /there is no file or folder/],
  ])('%s is a usage error', async (_, args, sentence) => {
    expect(await run(['policy', ...args])).toMatchObject({ code: 2, err: expect.stringMatching(sentence) as string });
  });

  it('says that the price is unknown where no allowed connection was read', async () => {
    const { code, out } = await run([
      'policy',
      'suggest',
      `${rome}/cloudfirewall/vpc_firewall_log.jsonl`,
      '--verdict',
      'any',
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/what breaks is unknown/);
    expect(out).toMatch(/No record of an allowed connection was read/);
  });

  it('shows in its help an example and every format', async () => {
    const help = async (name: string) => (await run(['policy', name, '--help'])).out;
    const [suggest, test] = [await help('suggest'), await help('test')];
    for (const { id } of targets) expect(suggest).toContain(`"${id}"`);
    for (const id of READABLE) expect(test).toContain(`"${id}"`);
    expect(suggest).toContain('egressblame policy suggest logs/ --format nftables');
    expect(test).toContain('egressblame policy test policy.nft logs/');
  });
});

describe('the policy in the HTML report', () => {
  const page = async (...args: readonly string[]): Promise<string> => {
    const file = join(dir, 'night.html');
    await run([rome, '-q', '-o', file, ...args]);
    return readFileSync(file, 'utf8');
  };

  let html = '';
  beforeAll(async () => {
    html = await page();
  });

  it('is that of policy suggest, as is its file', async () => {
    expect(html).toContain('5 deny rules: blocks 29/29 bad, breaks 0/8 good. No smaller answer exists.');
    const { out } = await run(['policy', 'suggest', rome, '--format', 'nftables']);
    expect(html).toContain(out.trimEnd().replaceAll('&', '&amp;').replaceAll('"', '&quot;'));
  });

  it('is said to be unknown where the logs were too long to be kept', async () => {
    expect(await page('--memory', '1')).toContain('Not known from this reading');
  });

  it('names only commands that work', async () => {
    const blocks = [...html.matchAll(/<div class="copy"><pre tabindex="0">(egressblame [^<]*)<\/pre>/g)];
    const commands = blocks.flatMap(([, text = '']) => text.split('\n')).map((line) => line.split(' ').slice(1));
    expect(commands.map((words) => words.slice(0, 2).join(' '))).toEqual([
      `quarantine ${rome}`,
      `quarantine ${rome}`,
      'policy suggest',
      'policy test',
      'policy suggest',
    ]);
    const inFolder = (words: readonly string[]) =>
      words.map((word) => (/^(?:policy\.nft|quarantine\.jsonl)$/.test(word) ? join(dir, word) : word));
    for (const words of commands)
      expect([words, [0, 1].includes((await run(inFolder(words))).code)]).toEqual([words, true]);
  });
});
