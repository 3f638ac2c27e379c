import type { Command } from 'commander';

/** The manual page of a program in roff. */
export function manPage(program: Command): string;
