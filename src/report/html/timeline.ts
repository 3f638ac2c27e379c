import { type Case, causeOf, isBlamed, plural } from '../../core/findings.ts';
import { clip } from '../../core/text.ts';
import { formatIso } from '../../core/time.ts';
import type { Attribution, EpisodeRef, ToolCallRef } from '../../model/attribution.ts';
import type { Report } from '../../model/report.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import type { Micros } from '../../model/time.ts';
import { html, token } from './escape.ts';

const ROW = 34;
const AXIS = 26;
const MAX_ROWS = 200;
const AXIS_MARKS = [0, 0.25, 0.5, 0.75];

interface Row {
  readonly lane: 'firewall' | 'sandbox' | 'episode';
  readonly label: string;
  readonly ticks: Attribution[];
  readonly bars: Map<string, Bar>;
}

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly kind: 'call' | 'span';
  readonly says: string;
}

/** One picture of the night: what the firewall saw, the sandboxes, and the episodes with the calls that came into question. */
export function* timeline(report: Report, cases: readonly Case[], options: ReporterOptions): Generator<string> {
  if (report.attributions.length === 0) return;
  const { rows, hidden } = rowsOf(report, cases);
  const [start, end] = bounds(rows);
  const span = Math.max(1, end - start);
  const height = AXIS + rows.length * ROW;
  yield '<h2 id="timeline">Timeline</h2>';
  yield '<div class="tools" role="group" aria-label="Timeline">';
  for (const [act, text, name] of [
    ['zoom-in', '+', 'Zoom in'],
    ['zoom-out', '−', 'Zoom out'],
    ['left', '←', 'Earlier'],
    ['right', '→', 'Later'],
    ['all', 'Whole night', 'Show the whole time'],
  ] as const)
    yield `<button type="button" data-act="${act}" aria-label="${name}">${text}</button>`;
  yield '<button type="button" id="raw" aria-pressed="false">Raw times</button></div>';
  yield '<p class="dim">Times are UTC, corrected for the clocks below. Keys while the picture has the focus: + − ← → and 0; a click on a mark opens its incident.</p>';
  yield `<div class="chart" id="chart" tabindex="0" role="group" aria-label="Timeline, ${plural(report.attributions.length, 'violation')} from ${formatIso(start as Micros)} to ${formatIso(end as Micros)}; the incidents below hold the same facts as text">`;
  yield `<svg width="100%" height="${height}" aria-hidden="true" data-start="${start}" data-span="${span}">`;
  yield axis(start, span, height);
  let y = AXIS;
  for (const row of rows) {
    yield* drawRow(row, y, { start, span }, options);
    y += ROW;
  }
  yield '</svg></div>';
  if (hidden > 0) yield `<p class="dim">Showing ${rows.length} of ${rows.length + hidden} rows.</p>`;
}

interface Scale {
  readonly start: number;
  readonly span: number;
}

function axis(start: number, span: number, height: number): string {
  return AXIS_MARKS.map((at) => {
    const x = `${at * 100}%`;
    const text = formatIso((start + Math.round(span * at)) as Micros);
    return `<line x1="${x}" x2="${x}" y1="0" y2="${height}"/><text class="axis" x="${x}" dx="3" y="15" data-at="${at}">${span < 20e6 ? text.slice(11, 23) : text.slice(11, 19)}</text>`;
  }).join('');
}

function* drawRow(row: Row, y: number, { start, span }: Scale, { clean }: ReporterOptions): Generator<string> {
  const place = (at: number): string => `${(((at - start) / span) * 100).toFixed(4)}%`;
  const label = clean(row.label);
  yield `<g data-row="${html(label)}"><text class="lane" x="6" y="${y + 13}">${html(clip(`${row.lane} ${label}`, 90))}</text>`;
  for (const bar of row.bars.values()) {
    const width = Math.max(0.15, ((bar.to - bar.from) / span) * 100).toFixed(4);
    yield `<rect class="${bar.kind}" x="${place(bar.from)}" y="${y + 17}" width="${width}%" height="13" data-t="${bar.from - start}" data-e="${bar.to - start}"><title>${html(clip(clean(bar.says), 300))}</title></rect>`;
  }
  for (const { violation, verdict, incident } of row.ticks) {
    const raw = violation.event.time.basis === 'none' ? violation.first : violation.event.time.at;
    // A title on each mark of each lane would double the page; the lane of the firewall has them.
    const title =
      row.lane !== 'firewall'
        ? ''
        : `<title>${html(clip(clean(`${verdict}: ${violation.finding.rule.name} ${formatIso(violation.first)}`), 200))}</title>`;
    yield `<rect class="tick ${verdict}" x="${place(violation.first)}" y="${y + 17}" width="3" height="13" data-t="${violation.first - start}" data-r="${raw - start}" data-v="${verdict}" data-i="${token(incident)}">${title}</rect>`;
  }
  yield '</g>';
}

function rowsOf(report: Report, cases: readonly Case[]): { readonly rows: readonly Row[]; readonly hidden: number } {
  const firewall = new Map<string, Row>();
  const sandboxes = new Map<string, Row>();
  const episodes = new Map<string, Row>();
  for (const attribution of report.attributions)
    rowFor(firewall, 'firewall', attribution.violation.finding.category).ticks.push(attribution);
  for (const { members } of cases)
    for (const member of members) {
      const { episode, toolCall } = causeOf(member);
      if (isBlamed(member) && episode !== undefined) {
        addCall(rowFor(episodes, 'episode', episode.id), toolCall);
        rowFor(episodes, 'episode', episode.id).ticks.push(member);
        addSpan(sandboxes, episode, toolCall, member);
        continue;
      }
      for (const candidate of member.candidates.slice(0, 4))
        if (candidate.episode !== undefined && member.verdict === 'ambiguous') {
          addCall(rowFor(episodes, 'episode', candidate.episode.id), candidate.toolCall);
          rowFor(episodes, 'episode', candidate.episode.id).ticks.push(member);
        }
    }
  const below = [...sandboxes.values(), ...episodes.values()];
  const room = Math.max(0, MAX_ROWS - firewall.size);
  const kept =
    below.length <= room
      ? below
      : [...sandboxes.values()].slice(0, room / 2).concat([...episodes.values()].slice(0, room / 2));
  return { rows: [...firewall.values(), ...kept], hidden: below.length - kept.length };
}

function rowFor(rows: Map<string, Row>, lane: Row['lane'], label: string): Row {
  const known = rows.get(label);
  if (known !== undefined) return known;
  const row: Row = { lane, label, ticks: [], bars: new Map() };
  rows.set(label, row);
  return row;
}

function addCall(row: Row, call: ToolCallRef | undefined): void {
  if (call?.start === undefined || row.bars.has(call.id)) return;
  const says = `${call.id} ${call.name}: ${call.command ?? ''}`;
  row.bars.set(call.id, { from: call.start, to: Math.max(call.start, call.end ?? call.start), kind: 'call', says });
}

/** A sandbox's bar covers what is known of its episode: its calls in question and what they are blamed for. */
function addSpan(
  rows: Map<string, Row>,
  episode: EpisodeRef,
  call: ToolCallRef | undefined,
  member: Attribution,
): void {
  if (episode.sandboxId === undefined) return;
  const row = rowFor(rows, 'sandbox', episode.sandboxId);
  const known = row.bars.get(episode.id);
  const from = Math.min(known?.from ?? Infinity, call?.start ?? Infinity, member.violation.first);
  const to = Math.max(known?.to ?? -Infinity, call?.end ?? -Infinity, member.violation.last);
  row.bars.set(episode.id, { from, to, kind: 'span', says: `episode ${episode.id}` });
}

/** Both the corrected and the raw times must fit, but a clock that is wrong by days must not squeeze the night into a line. */
function bounds(rows: readonly Row[]): readonly [number, number] {
  let from = Infinity;
  let to = -Infinity;
  for (const row of rows) {
    for (const { violation } of row.ticks) {
      from = Math.min(from, violation.first);
      to = Math.max(to, violation.first);
    }
    for (const bar of row.bars.values()) {
      from = Math.min(from, bar.from);
      to = Math.max(to, bar.to);
    }
  }
  const pad = Math.max(1_000_000, Math.round((to - from) * 0.02));
  return [from - pad, to + pad];
}
