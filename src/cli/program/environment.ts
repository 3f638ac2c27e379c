import type { Command } from 'commander';
import { similarWord } from '../../core/text/similar.ts';

const PREFIX = 'EGRESSBLAME_';

/** A variable that is set to nothing is one that is not set: CI systems pass empty inputs on like that. */
export function dropEmptyVariables(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env)) if (name.startsWith(PREFIX) && value === '') delete env[name];
}

/** Sentences about variables of ours that no option reads: a misspelt gate must not pass in silence. */
export function strayVariables(program: Command, env: NodeJS.ProcessEnv): readonly string[] {
  const known = new Set(program.commands.flatMap(({ options }) => options.flatMap(({ envVar }) => envVar ?? [])));
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name))
    .sort()
    .map((name) => {
      const meant = similarWord(name, [...known]);
      return `the environment variable ${name} means nothing here${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    });
}
