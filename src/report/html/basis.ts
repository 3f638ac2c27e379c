import { plural } from '../../core/findings/findings.ts';
import type { ClockReport, Gap, InputReport, Report } from '../../model/report.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import { html } from './escape.ts';
import { table, tableRow, when } from './words.ts';

type Text = (value: string) => string;

/** What the verdicts rest on: the corrections of clocks, what was read and what is missing, version and arguments. */
export function* basis(report: Report, { clean }: ReporterOptions): Generator<string> {
  const text: Text = (value) => html(clean(value));
  yield* clocks(report, text);
  yield* inputs(report, text);
  yield* run(report, text);
}

function* clocks({ clocks: all }: Report, text: Text): Generator<string> {
  yield '<section aria-labelledby="clocks"><h2 id="clocks">Clocks</h2>';
  if (all.length === 0) yield '<p>No clock needed a correction.</p>';
  else {
    yield '<p class="dim">How far each clock ran ahead of the reference; times above are corrected by it.</p>';
    const row = (clock: ClockReport): string =>
      tableRow([
        ['Clock', text(clock.domain)],
        ['Ahead, s', seconds(clock.offsetUs), 'n'],
        ['Between, s', `${seconds(clock.intervalUs[0])} to ${seconds(clock.intervalUs[1])}`],
        ['Drift, ppm', String(Math.round(clock.driftPpm * 100) / 100), 'n'],
        ['Steps', String(clock.steps.length), 'n'],
        ['Pairs', String(clock.pairs), 'n'],
        ['How', text([clock.method, clock.note ?? ''].filter((part) => part !== '').join('; '))],
      ]);
    yield* table(['Clock', 'Ahead, s', 'Between, s', 'Drift, ppm', 'Steps', 'Pairs', 'How'], all.map(row));
  }
  yield '</section>\n';
}

function* inputs(report: Report, text: Text): Generator<string> {
  yield `<section aria-labelledby="inputs"><h2 id="inputs">Inputs and coverage</h2><p>${(report.coverage * 100).toFixed(2)} % of the records read were decoded or skipped for a stated reason.</p>`;
  if (report.problems.length > 0)
    yield `<ul>${report.problems.map((problem) => `<li>${problem.severity}: ${text(problem.message)}</li>`).join('')}</ul>`;
  yield* gaps(report.lanes?.gaps ?? [], text);
  yield* table(
    ['File', 'Format', 'Read', 'Skipped', 'Failed', 'From, to', 'SHA-256'],
    report.inputs.map((input) => inputRow(input, text)),
  );
  yield '</section>\n';
}

function inputRow(input: InputReport, text: Text): string {
  const bad = input.bad[0];
  const remark = input.note ?? (bad === undefined ? '' : `line ${bad.line}: ${bad.reason}`);
  const { read, skipped, failed } = input.records;
  return tableRow([
    ['File', `${text(input.path)}${remark === '' ? '' : `<br><span class="dim">${text(remark)}</span>`}`],
    ['Format', html(input.format ?? 'not recognised')],
    ['Read', String(read), 'n'],
    ['Skipped', String(skipped), 'n'],
    ['Failed', String(failed), 'n'],
    ['From, to', [input.first, input.last].flatMap((at) => (at === undefined ? [] : when(at))).join(' ')],
    ['SHA-256', html(input.sha256), 'hash'],
  ]);
}

/** Where a source says itself that records are missing: what nobody saw there cannot be called clean. */
function* gaps(all: readonly Gap[], text: Text): Generator<string> {
  if (all.length === 0) return;
  yield `<h3>Gaps that the sources state</h3><ul>`;
  for (const { ref, reason, at, count } of all.slice(0, 20))
    yield `<li>${when(at)} ${reason}${count === undefined ? '' : `, ${plural(count, 'record')}`} <span class="dim">${text(ref.source)}:${ref.line}</span></li>`;
  if (all.length > 20) yield `<li>and ${all.length - 20} more</li>`;
  yield '</ul>';
}

function* run(report: Report, text: Text): Generator<string> {
  yield `<section aria-labelledby="run"><h2 id="run">Run and limits</h2><dl><dt>Version</dt><dd>egressblame ${html(report.version)}</dd><dt>Arguments</dt><dd><code>${text(report.arguments.join(' '))}</code></dd><dt>Limits</dt><dd>The page names causes that the records support. Probabilities compare the candidates that the records hold with &ldquo;nobody known to us&rdquo;. &ldquo;Proven&rdquo; rests on records that the agent could not write; &ldquo;likely&rdquo; on at least one link that it could, or on arguments and leases. The timeline shows calls that came into question, not every call of the night.</dd></dl></section>\n`;
}

function seconds(us: number): string {
  return Number.isFinite(us) ? (us / 1e6).toFixed(3) : 'unknown';
}
