import { namesInput } from '../../reading/options/stated.ts';
import type { InputFile } from '../../sources/files/discover.ts';
import { findInputs } from '../../sources/inputs/inputs.ts';
import type { CommonFlags } from './flags.ts';
import { unknownId } from './meant.ts';
import { UsageError } from './usage-error.ts';

const SHOWN = 5;

/** Refuses what would be ignored without a word: an unknown format, and a source that no input has. */
export async function checkStated(flags: CommonFlags, paths: readonly string[], cwd: string): Promise<void> {
  const ids = [...Object.values(flags.as ?? {}), ...(flags.settings?.forced.values() ?? [])];
  if (ids.length > 0) await checkFormats(ids, flags);
  const named = [
    ...Object.entries(flags.as ?? {}).map(([source, id]) => ({ source, said: `--as ${id}=${source}` })),
    ...Object.entries(flags.source ?? {}).map(([source, [role]]) => ({ source, said: `--source ${role}=${source}` })),
  ];
  const parts = Object.keys(flags.tz ?? {});
  if (named.length + parts.length === 0) return;
  const { inputs } = await findInputs(paths, cwd);
  if (inputs.length === 0) return;
  for (const { source, said } of named)
    if (!inputs.some((input) => namesInput(source, input))) throw unmatched(said, inputs);
  for (const part of parts)
    if (!inputs.some(({ path }) => path.includes(part))) throw unmatched(`--tz ${part}=...`, inputs);
}

async function checkFormats(ids: readonly string[], flags: CommonFlags): Promise<void> {
  const { formats } = await import('../../formats/index.ts');
  const known = [...formats, ...(flags.settings?.importers ?? []).map(({ format }) => format)];
  const unknown = ids.find((id) => !known.some((format) => format.id === id));
  if (unknown !== undefined) throw unknownId('format', unknown, known);
}

function unmatched(said: string, inputs: readonly InputFile[]): UsageError {
  const names = inputs.slice(0, SHOWN).map(({ path }) => path);
  const more = inputs.length > SHOWN ? ` and ${inputs.length - SHOWN} more` : '';
  return new UsageError(`${said}: no input has this path; there are ${names.join(', ')}${more}`);
}
