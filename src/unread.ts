import type { InputReport } from './model/report.ts';
import type { Recognised } from './recognise.ts';

export function duplicateReport(file: Recognised, original: string): InputReport {
  return { ...emptyReport(file, `the same content as ${original}, read once`), duplicateOf: original };
}

export function unreadReport(file: Recognised): InputReport {
  return emptyReport(file, 'not read: the run was stopped before');
}

function emptyReport(file: Recognised, note: string): InputReport {
  const { input, detection } = file;
  return {
    path: input.path,
    format: detection.format?.id,
    roles: [],
    sha256: '',
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
