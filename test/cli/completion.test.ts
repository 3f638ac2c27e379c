import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program/program.ts';
import { runCommand } from './in-process.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'egressblame-completion-'));
  writeFileSync(join(dir, 'night.log'), '');
  writeFileSync(join(dir, 'egress.yaml'), '');
});
afterAll(() => rmSync(dir, { recursive: true }));

const scriptOf = async (shell: string): Promise<string> => (await runCommand(['completion', shell])).out;
const installed = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

/** Replies of a real bash for the words of a command line, the last of them being typed. */
async function complete(...words: readonly string[]): Promise<string[]> {
  const script = await scriptOf('bash');
  const all = ['egressblame', ...words];
  const line = `${script}\nCOMP_WORDS=(${all.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${all.length - 1}; _egressblame; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const run = spawnSync('bash', ['--noprofile', '--norc', '-u', '-c', line], {
    cwd: dir,
    encoding: 'utf8',
  });
  return [run.stderr, ...run.stdout.split('\n')].filter((word) => word !== '').sort();
}

describe('completion for bash', () => {
  it.each([
    [['che'], ['check']],
    [[''], []],
    [
      ['check', '--fail-on', ''],
      ['ambiguous', 'any', 'likely', 'never', 'proven'],
    ],
    [['--fail-on', 'p'], ['proven']],
    [['check', '--min-c'], ['--min-coverage']],
    [['check', '--config', 'eg'], ['egress.yaml']],
    [['check', '--owner'], []],
    [
      ['baseline', ''],
      ['show', 'update'],
    ],
    [['baseline', 'update', '--ow'], ['--owner']],
    [['baseline', 'update', 'night'], ['night.log']],
    [
      ['completion', ''],
      ['bash', 'fish', 'zsh'],
    ],
    [['events', '--kind', 'tool'], ['tool-call']],
    [['demo', '--j'], ['--json']],
  ])('%j', async (words, replies) => {
    const found = await complete(...words);
    if (words[0] === '')
      expect(found).toEqual(expect.arrayContaining(['baseline', 'check', 'egress.yaml', 'night.log']));
    else expect(found).toEqual(replies);
  });
});

describe('completion for every shell', () => {
  it.each(['bash', 'zsh', 'fish'])('%s knows every command and every option of the program', async (shell) => {
    const script = await scriptOf(shell);
    const walk = (command: ReturnType<typeof createProgram>): string[] => [
      command.name(),
      ...command.options.flatMap(({ long }) =>
        long === undefined || long === null ? [] : [shell === 'fish' ? `-l ${long.slice(2)}` : long],
      ),
      ...command.commands.flatMap((child) => walk(child)),
    ];
    for (const word of walk(createProgram())) expect(script).toContain(word);
  });

  it.each([
    ['bash', ['-n']],
    ['zsh', ['-n']],
    ['fish', ['--no-execute']],
  ] as const)('%s reads its script without a fault', async (shell, flags) => {
    if (!installed(shell)) return;
    const file = join(dir, `completion.${shell}`);
    writeFileSync(file, await scriptOf(shell));
    const run = spawnSync(shell, [...flags, file], { encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([0, '']);
  });

  it('refuses other shells', async () => {
    expect(await runCommand(['completion', 'tcsh'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('bash, zsh, fish') as string,
    });
  });
});
