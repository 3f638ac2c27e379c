import { formatIso } from '../../core/time.ts';
import type { Verdict } from '../../model/attribution.ts';
import type { Micros } from '../../model/time.ts';

/** The sign before the word stands in the style sheet, so that colour never carries the meaning alone. */
export function verdictMark(verdict: Verdict, text: string = verdict): string {
  return `<span class="v ${verdict}">${text}</span>`;
}

/** `2026-11-23 17:19:11.123`, UTC: a time as people read it. */
export function timeText(at: Micros): string {
  return formatIso(at).replace('T', ' ').slice(0, 23);
}

/** The same with the machine's form in the attribute. */
export function when(at: Micros): string {
  return `<time datetime="${formatIso(at)}">${timeText(at)}</time>`;
}

/** Cells of one row; each names its column, because on a phone every cell is a line of its own. */
export function tableRow(cells: readonly (readonly [head: string, markup: string, kind?: 'n' | 'hash'])[]): string {
  return `<tr>${cells.map(([head, markup, kind]) => `<td data-h="${head}"${kind === undefined ? '' : ` class="${kind}"`}>${markup}</td>`).join('')}</tr>`;
}

/** A table that folds on a phone; `heads` are our own words. */
export function* table(heads: readonly string[], rows: Iterable<string>, kind = ''): Generator<string> {
  yield `<table class="fold${kind === '' ? '' : ` ${kind}`}"><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>`;
  yield* rows;
  yield '</tbody></table>';
}
