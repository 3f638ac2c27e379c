import { extname } from 'node:path';
import { similarWord } from '../../core/text/similar.ts';
import { formatById, formatOfName, type OutputFormat, outputFormats } from '../../report/index.ts';
import { shellQuote } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { isStdout } from '../files/whole-file.ts';

export interface OutputFlags {
  readonly output?: readonly string[];
  readonly format?: string;
}

/** The evidence bundle is no report but an archive of two; the reports of `report/` are text. */
const BUNDLE = { id: 'bundle', quotes: true, hashes: true } as const;

const all = [...outputFormats, BUNDLE];

/** One file (or, without a path, the standard output) to write and how. */
export interface Output {
  readonly format: OutputFormat | typeof BUNDLE;
  readonly path: string | undefined;
  readonly append: boolean;
}

/** Decides all outputs before the work starts, so that a mistyped name costs nothing. */
export function plannedOutputs(flags: OutputFlags, env: Readonly<Record<string, string | undefined>>): Output[] {
  const asked = flags.format === undefined ? undefined : known(flags.format);
  const names = flags.output ?? [];
  const summary = env['GITHUB_STEP_SUMMARY'];
  if (names.length === 0) {
    if (asked === undefined) return [];
    if (asked === BUNDLE) throw new UsageError('--format bundle: a bundle needs a file, as -o bundle.zip');
    const toSummary = asked.id === 'github-summary' && summary !== undefined && summary !== '';
    return [{ format: asked, path: toSummary ? summary : undefined, append: toSummary }];
  }
  return names.map((name) => {
    const { stated, path } = parted(name);
    const append = path === summary;
    const format =
      stated ??
      (names.length === 1 ? asked : undefined) ??
      (append ? known('github-summary') : undefined) ??
      (/\.zip$/i.test(path) ? BUNDLE : formatOfName(path)) ??
      asked;
    if (format === undefined)
      throw new UsageError(
        `-o ${name}: no format for this name${meantEnding(path)}; add --format ID or write -o ID=${name}. ${listed()}`,
      );
    if (format === BUNDLE && isStdout(path))
      throw new UsageError(`-o ${name}: a bundle needs a file, as -o bundle.zip`);
    return { format, path: isStdout(path) ? undefined : path, append };
  });
}

/** Two reports in one stream are neither: a reader of JSON lines would count each record twice, or stumble over a table. */
export function refuseTwoPrinted(outputs: readonly Output[], { json = false }: Pick<CommonFlags, 'json'>): void {
  const ids = outputs.flatMap(({ path, format }) => (path === undefined ? [format.id] : []));
  const [first, second] = json ? ['--json', ...ids] : ids;
  if (first !== undefined && second !== undefined)
    throw new UsageError(
      `${first} and ${second} would both go to the output; name a file for one, as -o ${second}=FILE`,
    );
}

/** `ID=FILE` in its parts; a name without an id before it is a file. The ending of a format says the same as its id: `md=FILE`. */
function parted(name: string): { readonly stated: Output['format'] | undefined; readonly path: string } {
  const [, prefix = '', rest] = /^([a-z0-9-]+)=(.*)$/.exec(name) ?? [];
  const stated = prefix === 'zip' ? BUNDLE : (named(prefix) ?? formatOfName(`.${prefix}`));
  if (name === '' || (stated !== undefined && rest === ''))
    throw new UsageError(`-o ${shellQuote(name)}: a file is missing, as ${name || 'html='}FILE`);
  if (stated !== undefined && rest !== undefined) return { stated, path: rest };
  const meant = similarWord(prefix, ids());
  if (meant !== undefined) throw new UsageError(`-o ${name}: did you mean ${meant}=${rest}?`);
  return { stated, path: name };
}

function ids(): readonly string[] {
  return all.map(({ id }) => id);
}

/** Whether any of them, or `--json`, states the SHA-256 of the inputs. */
export function stateHashes(outputs: readonly Output[], { json = false }: Pick<CommonFlags, 'json'>): boolean {
  return json || outputs.some(({ format }) => format.hashes === true);
}

function named(id: string): Output['format'] | undefined {
  return id === BUNDLE.id ? BUNDLE : formatById(id);
}

function known(id: string): Output['format'] {
  const format = named(id);
  if (format === undefined) {
    const meant = similarWord(id, ids());
    throw new UsageError(
      `--format ${id}: unknown${meant === undefined ? '.' : `; did you mean ${meant}?`} ${listed()}`,
    );
  }
  return format;
}

/** `(.sarif is sarif)`: the ending that was probably meant. */
function meantEnding(path: string): string {
  const endings = outputFormats.flatMap((format) => format.endings);
  const meant = similarWord(extname(path), endings);
  return meant === undefined ? '' : ` (did you mean ${meant}?)`;
}

function listed(): string {
  return `Formats: ${ids().join(', ')}.`;
}
