import { escapeTerminal } from '../text/text.ts';

/** What spreadsheets read as the start of a formula, full-width forms included. */
const FORMULA = /^[\s"']*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/;

/** One field of RFC 4180. Text that a spreadsheet would run as a formula gets a leading apostrophe. */
function csvField(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const shown = escapeTerminal(value);
  const safe = FORMULA.test(shown) ? `'${shown}` : shown;
  return /[",;\r\n']|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvLine(values: readonly (string | number | undefined)[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}
