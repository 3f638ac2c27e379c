import { type Case, plural, VERDICT_ORDER } from '../../core/findings/findings.ts';
import { clip } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Verdict } from '../../model/attribution.ts';
import type { GpuLane, Report } from '../../model/report.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import type { Micros } from '../../model/time.ts';
import { html, token } from './escape.ts';
import { LANES, type Row, rowsOf, type Tick } from './rows.ts';
import { TICK_SHAPE } from './shape.ts';
import { verdictMark } from './words.ts';

/** Units across the picture; a mark is placed on halves of them. */
const ACROSS = 1000;
const AXIS_MARKS = [0, 0.2, 0.4, 0.6, 0.8];
const LANE_NAMES: Readonly<Record<(typeof LANES)[number], string>> = {
  firewall: 'alerts',
  sandbox: 'sandboxes',
  episode: 'episodes and calls',
  process: 'processes',
  gpu: 'GPUs',
  gap: 'gaps',
};

interface Scale {
  readonly start: number;
  readonly span: number;
}

/** One picture of the night: what the firewall saw, the sandboxes, and the episodes with the calls that came into question. */
export function* timeline(report: Report, cases: readonly Case[], options: ReporterOptions): Generator<string> {
  if (report.attributions.length === 0) return;
  const { rows, hidden } = rowsOf(report, cases);
  const scale = scaleOf(rows);
  const { start, span } = scale;
  yield `<section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>${tools(rows)}`;
  const says = `Timeline, ${plural(report.attributions.length, 'violation')} from ${formatIso(start as Micros)} to ${formatIso((start + span) as Micros)}; the incidents below hold the same facts as text`;
  yield `<div class="chart" id="chart" tabindex="0" role="group" aria-label="${says}" data-start="${start}" data-span="${span}" data-cases="${cases.map(({ incident }) => token(incident.id)).join(' ')}">`;
  yield `<div class="axis" aria-hidden="true">${AXIS_MARKS.map((at) => `<span data-at="${at}">${axisText(start + Math.round(span * at), span)}</span>`).join('')}</div>`;
  for (const row of rows) yield* drawRow(row, scale, options);
  yield '</div><p id="tip" class="dim" aria-hidden="true">&nbsp;</p>';
  if (hidden > 0) yield `<p class="dim">Showing ${rows.length} of ${rows.length + hidden} rows.</p>`;
  yield '</section>\n';
}

function tools(rows: readonly Row[]): string {
  const buttons = [
    ['zoom-in', '+', 'Zoom in'],
    ['zoom-out', '&minus;', 'Zoom out'],
    ['left', '&larr;', 'Earlier'],
    ['right', '&rarr;', 'Later'],
    ['all', 'Whole night', 'Whole night'],
  ].map(([act, text, name]) => `<button type="button" data-act="${act}" aria-label="${name}">${text}</button>`);
  const lanes = LANES.filter((lane) => rows.some((row) => row.lane === lane)).map(
    (lane) => `<label><input type="checkbox" data-lane="${lane}" checked> ${LANE_NAMES[lane]}</label>`,
  );
  return `<div class="tools js" role="group" aria-label="Timeline">${buttons.join('')}<button type="button" id="raw" aria-pressed="false">Raw times</button>${lanes.join('')}</div><p class="dim">UTC, corrected for the clocks below. <span class="js">&ldquo;Raw times&rdquo; puts each alert where its own clock had it. Drag to zoom, click a mark to open its incident; keys: + &minus; &larr; &rarr; 0.</span></p><ul class="counts legend">${VERDICT_ORDER.map((verdict) => `<li>${shape(verdict)} ${verdictMark(verdict)}</li>`).join('')}<li><span class="call key"></span> tool call or process</li></ul>`;
}

function shape(verdict: Verdict): string {
  return `<svg class="key" viewBox="0 0 6 20" aria-hidden="true"><path class="tick ${verdict}" d="${stroke(3, verdict)}"/></svg>`;
}

function axisText(at: number, span: number): string {
  const text = formatIso(at as Micros);
  if (span > 2 * 86_400_000_000) return `${text.slice(5, 10)} ${text.slice(11, 16)}`;
  return span < 20_000_000 ? text.slice(11, 23) : text.slice(11, 19);
}

function* drawRow(row: Row, scale: Scale, { clean }: ReporterOptions): Generator<string> {
  const label = clean(row.label);
  yield `<div class="row" data-lane="${row.lane}"><span class="label"><span class="dim">${row.lane}</span> ${html(clip(label, 60))} <span class="dim">${rowCounts(row)}</span></span>`;
  yield `<svg viewBox="0 0 ${ACROSS} 20" preserveAspectRatio="none" aria-hidden="true">`;
  if (row.gpu !== undefined) yield gpuPath(row.gpu, scale);
  yield barPath(row, scale, clean);
  for (const verdict of VERDICT_ORDER)
    yield tickPath(
      row.ticks.filter(({ attribution }) => attribution.verdict === verdict),
      verdict,
      scale,
    );
  yield '</svg></div>';
}

function rowCounts({ lane, bars, ticks, gpu }: Row): string {
  const violations = ticks.length === 0 ? '' : plural(ticks.length, 'violation');
  switch (lane) {
    case 'firewall':
      return violations;
    case 'sandbox':
      return plural(bars.size, 'episode');
    case 'episode':
      return [bars.size === 0 ? '' : plural(bars.size, 'call'), violations].filter((part) => part !== '').join(', ');
    case 'process':
      return plural(bars.size, 'process', 'processes');
    case 'gpu':
      return `up to ${Math.round((gpu?.busy ?? []).reduce<number>((most, busy) => Math.max(most, busy ?? 0), 0) * 100)} %`;
    case 'gap':
      return plural(bars.size, 'gap');
  }
}

const along = (at: number, { start, span }: Scale): number => Math.round(((at - start) / span) * ACROSS * 2) / 2;

function stroke(x: number, verdict: Verdict): string {
  return TICK_SHAPE[verdict].map(([from, to]) => `M${x},${from}V${to}`).join('');
}

function tickPath(ticks: readonly Tick[], verdict: Verdict, scale: Scale): string {
  if (ticks.length === 0) return '';
  const places = [...new Set(ticks.map(({ attribution }) => along(attribution.violation.first, scale)))];
  const corrected = ticks.map(({ attribution }) => attribution.violation.first - scale.start);
  const raw = ticks.map(({ attribution: { violation } }) => {
    const { time } = violation.event;
    return (time.basis === 'none' ? violation.first : time.at) - scale.start;
  });
  const differs = raw.some((at, i) => at !== corrected[i]);
  return `<path class="tick ${verdict}" d="${places.map((x) => stroke(x, verdict)).join('')}" data-v="${verdict}" data-t="${corrected.join(' ')}"${differs ? ` data-r="${raw.join(' ')}"` : ''} data-i="${ticks.map(({ incident }) => incident).join(' ')}"/>`;
}

function barPath({ bars }: Row, scale: Scale, clean: (text: string) => string): string {
  if (bars.size === 0) return '';
  const list = [...bars.values()];
  const kind = list[0]?.kind ?? 'span';
  const drawn = list.map(({ from, to }) => {
    const x = along(from, scale);
    return `M${x},10H${Math.max(x + 1.5, along(to, scale))}`;
  });
  // A line end inside a text is escaped before, so one line is one bar.
  const says = list.map((bar) => html(clip(clean(bar.says), 140))).join('\n');
  return `<path class="${kind}" d="${[...new Set(drawn)].join('')}" data-b="${list.map(({ from, to }) => `${from - scale.start}:${to - scale.start}`).join(' ')}" data-says="${says}"/>`;
}

function gpuPath({ from, binUs, busy }: GpuLane, scale: Scale): string {
  const drawn = busy.map((share, i) => {
    if (share === null) return '';
    const x = along(from + i * binUs, scale);
    return `M${x},20V${Math.round(20 - share * 19)}H${along(from + (i + 1) * binUs, scale)}V20Z`;
  });
  const percents = busy.map((share) => (share === null ? '' : Math.round(share * 100)));
  return `<path class="gpu" d="${drawn.join('')}" data-g="${from - scale.start}:${binUs}" data-busy="${percents.join(',')}"/>`;
}

/** Only corrected times count: a clock that is wrong by days must not squeeze the night into a line. */
function scaleOf(rows: readonly Row[]): Scale {
  let from = Infinity;
  let to = -Infinity;
  for (const row of rows) {
    for (const { attribution } of row.ticks) {
      from = Math.min(from, attribution.violation.first);
      to = Math.max(to, attribution.violation.first);
    }
    if (row.lane === 'gap') continue;
    for (const bar of row.bars.values()) {
      from = Math.min(from, bar.from);
      to = Math.max(to, bar.to);
    }
  }
  const pad = Math.max(1_000_000, Math.round((to - from) * 0.02));
  return { start: from - pad, span: to - from + 2 * pad };
}
