import type { Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { shapesOf } from '../completion/shape.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { print } from '../terminal/terminal.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

/** The completion script of a shell, made from the program's own commands and options. */
export async function completionCommand(shell: Shell, program: Command): Promise<number> {
  await print(scriptFor(shell, program));
  return EXIT.clean;
}

function scriptFor(shell: Shell, program: Command): string {
  const shapes = shapesOf(program);
  switch (shell) {
    case 'bash':
      return bashCompletion(shapes);
    case 'zsh':
      return zshCompletion(shapes);
    case 'fish':
      return fishCompletion(shapes);
  }
}
