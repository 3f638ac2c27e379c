import { dirname, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { findConfigs } from '../../config/find.ts';
import type { CommonFlags, RunSettings } from './flags.ts';
import { givenText } from './given-text.ts';
import { shownPath } from './shown-path.ts';
import { UsageError } from './usage-error.ts';

/** Options that the configuration may set, by their names on a command. */
const SCALARS = ['year', 'failOn', 'minSeverity', 'minCoverage', 'baseline', 'redact'] as const;

/** Puts the configuration under the flags of a command: flag > environment > configuration > default. */
export async function applyConfiguration(command: Command, cwd: string): Promise<void> {
  if (!command.options.some((option) => option.attributeName() === 'config')) return;
  const settings = await loadSettings(command.opts<CommonFlags>().config, cwd);
  if (settings === undefined) return;
  for (const key of SCALARS) setUnlessGiven(command, key, settings[key]);
  setUnlessGiven(command, 'output', settings.outputs.length === 0 ? undefined : settings.outputs);
  command.setOptionValueWithSource('settings', settings, 'config');
}

function setUnlessGiven(command: Command, key: string, value: unknown): void {
  const exists = command.options.some((option) => option.attributeName() === key);
  const from = command.getOptionValueSource(key);
  if (exists && value !== undefined && (from === undefined || from === 'default'))
    command.setOptionValueWithSource(key, value, 'config');
}

async function loadSettings(flag: CommonFlags['config'], cwd: string): Promise<RunSettings | undefined> {
  if (flag === false) return undefined;
  const path = typeof flag === 'string' ? resolve(cwd, flag) : foundConfig(cwd);
  if (path === undefined) return undefined;
  const shown = shownPath(path, cwd);
  const text = givenText(path, typeof flag === 'string' ? `--config ${shown || '.'}` : shown);
  if (text === undefined)
    throw new UsageError(
      `--config ${shown}: there is no such file; egressblame schema config prints what one may hold, as failOn: likely`,
    );
  const { readSettings } = await import('../../config/settings.ts');
  const settings = readSettings(shown, text, dirname(path));
  if ('length' in settings)
    throw new UsageError(
      `the configuration cannot be used:\n${settings.map((fault) => `  ${fault}`).join('\n')}\n  (egressblame schema config prints what it may hold)`,
    );
  const { createImporter } = await import('../../importers/index.ts');
  return { ...settings, importers: settings.importers.map(createImporter) };
}

function foundConfig(cwd: string): string | undefined {
  const [first, second] = findConfigs(cwd);
  if (first === undefined || second === undefined) return first;
  throw new UsageError(
    `there are ${relative(cwd, first)} and ${relative(cwd, second)}: keep one, or name it with --config`,
  );
}
