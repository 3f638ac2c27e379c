import { endsOf, endText, plural } from '../../core/findings/findings.ts';
import { nameFamilies } from '../../core/network/name-families.ts';
import { clip } from '../../core/text/text.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import { html, token } from './escape.ts';
import { table, timeText, when } from './words.ts';

const MAX_SERIES = 12;
/** Rows of one table: a browser lays out a table as a whole, so long lists are several, of which only those in view cost time. */
const BLOCK = 50;
const MAX_ROWS = 2000;

/** Violations from one sender to one destination. */
interface Series {
  readonly from: string;
  readonly to: string;
  readonly members: Attribution[];
}

/** The violations of an incident, repeated ones in one line first, then each with its raw stamp and record. */
export function* violationList(members: readonly Attribution[], options: ReporterOptions): Generator<string> {
  if (members.length > 1) yield* repeated(members, options);
  yield `<details><summary>${members.length === 1 ? 'The violation' : `All ${plural(members.length, 'violation')}`}</summary>`;
  const shown = members.slice(0, MAX_ROWS);
  for (let at = 0; at < shown.length; at += BLOCK) {
    yield '<div class="block">';
    yield* table(
      ['Time (UTC)', 'Raw time', 'From', 'To', 'Record'],
      shown.slice(at, at + BLOCK).map((member) => violationRow(member, options)),
      'rows',
    );
    yield '</div>';
  }
  if (members.length > MAX_ROWS)
    yield `<p>Showing ${MAX_ROWS} of ${members.length}; <code>-o violations.csv</code> lists all.</p>`;
  yield '</details>';
}

function* repeated(members: readonly Attribution[], { clean }: ReporterOptions): Generator<string> {
  const series = seriesOf(members);
  yield '<h3>Violations</h3>';
  yield* table(
    ['Times', 'From', 'To', 'First', 'Last', 'About every'],
    series
      .slice(0, MAX_SERIES)
      .map(
        ({ from, to, members: own }) =>
          `<tr><td>${own.length}</td><td>${html(clean(from))}</td><td>${html(clip(clean(to), 90))}</td><td>${bound(own[0], 'first')}</td><td>${bound(own.at(-1), 'last')}</td><td>${every(own)}</td></tr>`,
      ),
    'series',
  );
  if (series.length > MAX_SERIES) yield `<p class="dim">and ${series.length - MAX_SERIES} more pairs</p>`;
}

function bound(member: Attribution | undefined, which: 'first' | 'last'): string {
  return member === undefined ? '' : when(member.violation[which]);
}

/** Most frequent first. Ports of the sender change with each connection and are left out. */
function seriesOf(members: readonly Attribution[]): readonly Series[] {
  const ends = members.map(({ violation }) => endsOf(violation.event));
  const family = nameFamilies(ends.map(({ dst }) => dst));
  const out = new Map<string, Series>();
  for (const [i, member] of members.entries()) {
    const { src, dst } = ends[i] ?? endsOf(member.violation.event);
    const from = src.domain ?? src.ip ?? '?';
    const to = family(dst) ?? endText(dst);
    const series = out.get(`${from}|${to}`) ?? { from, to, members: [] };
    out.set(`${from}|${to}`, series);
    series.members.push(member);
  }
  for (const series of out.values()) series.members.sort((a, b) => a.violation.first - b.violation.first);
  return [...out.values()].sort(
    (a, b) => b.members.length - a.members.length || (`${a.from}|${a.to}` < `${b.from}|${b.to}` ? -1 : 1),
  );
}

/** The median pause of three or more: a beacon shows itself by it. */
function every(members: readonly Attribution[]): string {
  if (members.length < 3) return '';
  const pauses = members
    .slice(1)
    .map(({ violation }, i) => violation.first - (members[i]?.violation.first ?? violation.first))
    .sort((a, b) => a - b);
  const seconds = (pauses[Math.floor(pauses.length / 2)] ?? 0) / 1e6;
  return seconds < 0.01 ? 'burst' : `${seconds < 10 ? seconds.toFixed(2) : Math.round(seconds)} s`;
}

function violationRow({ violation }: Attribution, { clean }: ReporterOptions): string {
  const { src, dst } = endsOf(violation.event);
  const { ref, time } = violation.event;
  const times = violation.count > 1 ? ` &times;${violation.count}` : '';
  return `<tr id="${token(violation.id)}"><td>${timeText(violation.first)}</td><td>${html(clip(clean(time.raw), 60))}</td><td>${html(clean(endText(src)))}</td><td>${html(clean(endText(dst)))}${times}</td><td>${html(clean(`${ref.source}:${ref.line}`))} ${html(violation.id)}</td></tr>`;
}
