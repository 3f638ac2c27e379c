import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ReadReport } from '../../model/report.ts';
import type { Recognised } from '../recognising/recognise.ts';

export function duplicateReport(file: Recognised, original: string): ReadReport {
  return { ...emptyReport(file, `the same content as ${original}, read once`), duplicateOf: original };
}

export function unreadReport(file: Recognised): ReadReport {
  return emptyReport(file, 'not read: the run was stopped before');
}

function emptyReport(file: Recognised, note: string): ReadReport {
  const { input, detection } = file;
  return {
    path: input.path,
    format: detection.format?.id,
    roles: [],
    sha256: Promise.resolve(''),
    bytes: input.bytes,
    records: { read: 0, decoded: 0, skipped: 0, failed: 0, duplicate: 0 },
    skipped: {},
    first: undefined,
    last: undefined,
    host: undefined,
    candidates: [],
    bad: [],
    mixed: {},
    note,
  };
}

export const UNRECOGNISED = 'no format recognises it';
/** So many are named. */
const MOST_NAMED = 5;

/** Files of text that count for nothing in the coverage, as nobody knows how many records they hold. */
export function unrecognised(inputs: readonly ReadReport[]): readonly Diagnostic[] {
  const paths = inputs.filter(({ note }) => note === UNRECOGNISED).map(({ path }) => path);
  if (paths.length === 0) return [];
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
  const which = `${paths.slice(0, MOST_NAMED).join(', ')}${more}`;
  return [{ severity: 'warning', code: 'unrecognised', message: `not read, as no format recognises it: ${which}` }];
}
