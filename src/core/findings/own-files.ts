import type { InputReport } from '../../model/report.ts';

/** Notes of files that this program wrote, or is told by: no evidence, and nothing is missing without them. */
export const OWN_REPORT =
  'written by egressblame from other records: no evidence of its own (--as FORMAT=PATH reads it)';
export const OWN_CONFIGURATION = 'a configuration of egressblame: no evidence';

export function isOwnFile({ note }: Pick<InputReport, 'note'>): boolean {
  return note === OWN_REPORT || note === OWN_CONFIGURATION;
}
