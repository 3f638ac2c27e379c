import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { manPage } from '../../scripts/man-page.mjs';
import { createProgram } from '../../src/cli/program/program.ts';

const root = join(import.meta.dirname, '../..');
const built = join(root, 'dist/man/egressblame.1');
/** As a reader sees it, but for fonts and lines. */
const shown = manPage(createProgram()).replaceAll('\\-', '-').replaceAll('\\&', '').replaceAll('\\e', '\\');

/** But for `help`, which every reader of a manual knows. */
const leaves = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves).filter((leaf) => leaf.name() !== 'help');

describe('the manual page', () => {
  it('is that of this program, and npm knows where it is', () => {
    expect(readFileSync(built, 'utf8')).toBe(manPage(createProgram()));
    expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).toMatchObject({
      man: ['dist/man/egressblame.1'],
    });
  });

  it.each(leaves(createProgram()).map((command): [string, Command] => [command.name(), command]))(
    'says all that %s --help says',
    (_, command) => {
      const help = command.createHelp();
      for (const option of help.visibleOptions(command).filter(({ long }) => long !== '--help'))
        expect(shown).toContain(`.TP\n\\fB${help.optionTerm(option)}\\fR\n${help.optionDescription(option)}\n`);
      for (const argument of help.visibleArguments(command))
        expect(shown).toContain(`.TP\n\\fB${argument.name()}\\fR\n${help.argumentDescription(argument)}\n`);
    },
  );

  it('has the exit codes and the examples', () => {
    expect(shown).toContain('70 internal error');
    expect(shown).toContain('egressblame verify bundle.zip logs/ --rerun');
  });

  const { status, stderr } = spawnSync('sh', ['-c', `groff -man -Tutf8 -ww '${built}'`], { encoding: 'utf8' });
  it.skipIf(status === 127)('is roff that groff has nothing to say about', () => {
    const says = stderr.split('\n').filter((line) => !/cannot (?:break|adjust) line/.test(line));
    expect([status, says.join('\n')]).toEqual([0, '']);
  });
});
