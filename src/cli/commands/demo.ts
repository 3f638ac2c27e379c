import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommonFlags } from '../command-line/flags.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { investigateCommand } from './investigate.ts';

/** The main job on the bundled real night. Findings are what it is meant to show, so they are no failure here. */
export async function demoCommand(flags: CommonFlags): Promise<number> {
  const night = fileURLToPath(new URL('../../../fixtures/night/inputs', import.meta.url));
  const near = relative(process.cwd(), night);
  const code = await investigateCommand([near.startsWith('..') ? night : near], flags);
  return code === EXIT.findings ? EXIT.clean : code;
}
