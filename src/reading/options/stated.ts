import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Format, Role } from '../../model/format.ts';
import type { ReadReport } from '../../model/report.ts';
import type { Stated } from '../../model/run-options.ts';
import type { InputFile } from '../../sources/files/discover.ts';
import { globToRegExp } from '../../sources/files/glob.ts';

/** True when a stated source names this input. */
export function namesInput(source: string, input: Pick<InputFile, 'path' | 'absolute'>): boolean {
  const name = source.replace(/^\.\//, '').replace(/\/+$/, '');
  return [input.path, input.absolute].some((path) => `/${path}/`.includes(`/${name.replace(/^\//, '')}/`));
}

/** The format that the user names for an input, by `--as` or by an importer. */
export function statedFormat(input: InputFile, formats: readonly Format[], stated: Stated): Format | undefined {
  for (const [source, id] of stated.forced ?? [])
    if (namesInput(source, input)) return [...formats, ...importedFormats(stated)].find((format) => format.id === id);
  return stated.importers?.find(({ match }) => matches(match, input))?.format;
}

function importedFormats(stated: Stated): readonly Format[] {
  return stated.importers?.map(({ format }) => format) ?? [];
}

/** Formats that may read an input: all, or those that contribute every role stated for it. */
export function allowedFormats(input: InputFile, formats: readonly Format[], stated: Stated): readonly Format[] {
  const roles = rolesOf(input, stated);
  return roles.length === 0 ? formats : formats.filter((format) => roles.every((role) => format.roles.includes(role)));
}

function rolesOf(input: Pick<InputFile, 'path' | 'absolute'>, stated: Stated): readonly Role[] {
  return [...(stated.roles ?? [])].flatMap(([source, roles]) => (namesInput(source, input) ? roles : []));
}

/** A glob over the whole path or its end; compressed files go by the name inside. */
function matches(glob: string, input: InputFile): boolean {
  const pattern = globToRegExp(`**/${glob.replace(/^\.?\//, '')}`);
  return [input.path, input.absolute].some(
    (path) => pattern.test(path) || pattern.test(path.replace(/\.(?:gz|zst)$/, '')),
  );
}

/**
 * What is stated of sources that no input is. Flags are refused before the run; a configuration serves many nights, so a source
 * of it may be away. One that was said to hold a role was counted on: without it the run cannot be called clean.
 */
export function absentSources(
  inputs: readonly InputFile[],
  { roles, forced, zones }: Stated & { readonly zones?: ReadonlyMap<string, number> },
): readonly Diagnostic[] {
  if (inputs.length === 0) return [];
  const isNamed = (source: string): boolean => inputs.some((input) => namesInput(source, input));
  const hasPart = (part: string): boolean => inputs.some(({ path }) => path.includes(part));
  const warn = (source: string, what: string): Diagnostic => ({
    severity: 'warning',
    code: 'source-absent',
    message: `no input has the path ${source}, for which a ${what} is stated`,
  });
  return [
    ...[...(roles ?? [])]
      .filter(([source]) => !isNamed(source))
      .map(([source, list]) => ({
        severity: 'error' as const,
        code: 'role-missing',
        message: `no input has the path ${source}, which was said to hold ${list.join(' and ')} records`,
      })),
    ...[...(forced ?? [])].filter(([source]) => !isNamed(source)).map(([source]) => warn(source, 'format')),
    ...[...(zones ?? [])].filter(([source]) => !hasPart(source)).map(([source]) => warn(source, 'zone')),
  ];
}

/** An input that holds nothing of what the user says it holds leaves a hole: the run cannot be called clean. */
export function unmetRoles(
  inputs: readonly InputFile[],
  reports: readonly ReadReport[],
  stated: Stated,
): readonly Diagnostic[] {
  const byPath = new Map(reports.map((report) => [report.path, report]));
  return inputs.flatMap((input) => {
    const report = byPath.get(input.path);
    const read = report?.duplicateOf === undefined ? report : byPath.get(report.duplicateOf);
    const missing = rolesOf(input, stated).filter(
      (role) => read === undefined || read.records.decoded === 0 || !read.roles.includes(role),
    );
    return missing.map((role) => ({
      severity: 'error' as const,
      code: 'role-missing',
      message: `${input.path} was said to hold ${role} records, and none was read from it`,
      path: input.path,
    }));
  });
}
