import type { ReadReport } from '../model/report.ts';
import type { Recognised } from './recognise.ts';

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
