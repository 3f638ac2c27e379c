import { formatIso } from '../../core/time/time.ts';
import type { Verdict } from '../../model/attribution.ts';
import type { Micros } from '../../model/time.ts';
import { html } from './escape.ts';

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

type Cell = readonly [head: string, markup: string, kind?: 'n' | 'hash'];

/** Cells of one row; each names its column, because on a phone every cell is a line of its own. */
export function tableRow(cells: readonly Cell[]): string {
  return `<tr>${cells.map(([head, markup, kind]) => `<td data-h="${head}"${kind === undefined ? '' : ` class="${kind}"`}>${markup}</td>`).join('')}</tr>`;
}

/**
 * A table that folds on a phone; `heads` are our own words. The style sheet names the columns of the kinds that make up most of a
 * page (`facts`, `series`, `rows`), so that their cells need not.
 */
export function* table(
  heads: readonly string[],
  rows: Iterable<string>,
  kind?: 'facts' | 'series' | 'rows' | 'brief' | 'episodes' | 'changes',
): Generator<string> {
  yield `<table class="fold${kind === undefined ? '' : ` ${kind}`}"><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>`;
  yield* rows;
  yield '</tbody></table>';
}

/** Text whose lines stay lines; everything else that acts is made visible. */
export function pre(text: string): string {
  return `<pre tabindex="0">${text.split('\n').map(html).join('\n')}</pre>`;
}

/** Text to be taken elsewhere; the button stands only where the script can act. */
export function copyable(text: string): string {
  return `<div class="copy">${pre(text.trimEnd())}<button type="button" class="js" data-copy>Copy</button></div>`;
}

/** Commands that work as they stand, below the words (our own) that say what for. */
export function commands(what: string, lines: readonly string[], clean: (text: string) => string): string {
  return `<p>${what}:</p>${copyable(clean(lines.join('\n')))}`;
}

/**
 * Markup that only costs something when it is needed: to a browser that runs the script the content of `noscript` is plain text, which
 * the script turns into elements when it is; to one that does not it is part of the page. `rem` is about how high it will be.
 */
export function piece(markup: string, rem: number): string {
  return `<div class="piece" data-rem="${rem}"><noscript>${markup}</noscript></div>\n`;
}
