import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';
import { percent, plural, VERDICT_ORDER, verdictSentence } from '../../core/findings.ts';
import { clip, escapeTerminal, wrap } from '../../core/text.ts';
import { formatIso } from '../../core/time.ts';
import type { Attribution, Incident, Verdict } from '../../model/attribution.ts';
import type { Report } from '../../model/report.ts';
import type { Micros } from '../../model/time.ts';
import type { Style } from './style.ts';

export interface TerminalOptions {
  readonly width: number;
  readonly style: Style;
  readonly clean: (text: string) => string;
  /** How the program was called, for the commands it suggests. */
  readonly command: string;
  readonly verbose: boolean;
}

const MARK: Record<Verdict, string> = { proven: '■', likely: '▣', ambiguous: '?', unattributed: '○', 'not-agent': '·' };
const MAX_INCIDENTS = 40;
const MAX_RIVALS = 4;
/** Lines of one row of an incident. */
const MAX_ROWS = 4;

/** The report for a person: verdict first, one block per incident, what is missing, what to do next. */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const lines: string[] = [];
  const byId = new Map(report.attributions.map((attribution) => [attribution.violation.id, attribution]));
  lines.push(...headline(report, options), '');
  const incidents = [...report.incidents].sort(
    (a, b) =>
      VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict) ||
      a.first - b.first ||
      (a.id < b.id ? -1 : 1),
  );
  for (const incident of incidents.slice(0, MAX_INCIDENTS)) lines.push(...incidentBlock(incident, byId, options), '');
  if (incidents.length > MAX_INCIDENTS)
    lines.push(`  ${incidents.length - MAX_INCIDENTS} more incidents: add --json or -o report.json to see all.`, '');
  lines.push(...inputsBlock(report, options));
  lines.push(...nextBlock(report, incidents[0], options));
  return `${lines.join('\n')}\n`;
}

function headline(report: Report, { width, style }: TerminalOptions): readonly string[] {
  const count = (verdict: Verdict): number =>
    report.attributions.filter((attribution) => attribution.verdict === verdict).length;
  const lines = wrap(verdictSentence(report), width).map(style.bold);
  if (report.attributions.length > 0)
    lines.push(VERDICT_ORDER.map((verdict) => `${MARK[verdict]} ${verdict} ${count(verdict)}`).join('   '));
  if (report.chance !== undefined)
    lines.push(
      `By chance we would expect ${report.chance.expected.toFixed(1)} of ${report.chance.observed} (p = ${report.chance.p.toPrecision(2)}).`,
    );
  return lines;
}

function paint(verdict: Verdict, style: Style): (text: string) => string {
  if (verdict === 'proven') return style.red;
  if (verdict === 'likely') return style.yellow;
  return verdict === 'not-agent' ? style.green : style.cyan;
}

function incidentBlock(
  incident: Incident,
  byId: ReadonlyMap<string, Attribution>,
  options: TerminalOptions,
): readonly string[] {
  const { style, width } = options;
  const members = incident.attributions.flatMap((id) => byId.get(id) ?? []);
  const lead = members.find((member) => member.verdict === incident.verdict) ?? members[0];
  if (lead === undefined) return [];
  const show = (text: string): string => escapeTerminal(options.clean(text));
  const probability =
    incident.verdict === 'unattributed' || incident.verdict === 'ambiguous'
      ? ''
      : ` ${percent(Math.min(...members.map((member) => member.probability)))}`;
  const head = `${MARK[incident.verdict]} ${incident.verdict}${probability}  ${incident.category}  ${plural(incident.violations, 'violation')}, ${plural(incident.records, 'record')}`;
  const lines = [paint(incident.verdict, style)(clip(head, width))];
  const row = (label: string, text: string): void => {
    const parts = wrap(show(text), Math.max(30, width - 13));
    parts.slice(0, MAX_ROWS).forEach((part, i) => {
      const cut = i === MAX_ROWS - 1 && parts.length > MAX_ROWS;
      lines.push(
        `  ${style.dim((i === 0 ? label : '').padEnd(10))} ${cut ? `${part.slice(0, Math.max(28, width - 15))} …` : part.trimEnd()}`,
      );
    });
  };
  row('what', `${destinations(members)}  ${clock(incident.first)}${spanOf(incident)}`);
  if (lead.episode !== undefined) row('episode', episodeText(lead));
  if (lead.toolCall !== undefined)
    row(
      'tool call',
      `${lead.toolCall.id} (${lead.toolCall.name})${lead.toolCall.start === undefined ? '' : ` at ${clock(lead.toolCall.start)}`}`,
    );
  if (lead.toolCall?.command !== undefined)
    row('command', clip(lead.toolCall.command.replace(/\s*\n\s*/g, ' ; '), 220));
  if (lead.process !== undefined)
    row(
      'process',
      `pid ${lead.process.pid}${lead.process.host === undefined ? '' : ` on ${lead.process.host}`}  ${clip(lead.process.commandLine ?? lead.process.executable ?? '', 160)}`,
    );
  row('because', lead.reason);
  rivals(lead, row);
  if (lead.missing.length > 0) row('missing', lead.missing.join('; '));
  row('evidence', `egressblame explain ${lead.violation.id}`);
  return lines;
}

function rivals(lead: Attribution, row: (label: string, text: string) => void): void {
  const settled = lead.verdict === 'proven' || lead.verdict === 'likely' || lead.verdict === 'not-agent';
  const others = lead.candidates
    .slice(settled ? 1 : 0)
    .filter((candidate) => candidate.probability >= 0.005 || !settled);
  others.slice(0, MAX_RIVALS).forEach((candidate, i) => {
    const name =
      candidate.toolCall === undefined
        ? (candidate.episode?.id ?? `pid ${candidate.process?.pid ?? '?'}`)
        : `${candidate.toolCall.id} of ${candidate.episode?.id ?? '?'}`;
    row(
      i === 0 ? (settled ? 'rivals' : 'suspects') : '',
      `${percent(candidate.probability)} ${name}${candidate.lostBecause === undefined ? '' : `: ${candidate.lostBecause}`}`,
    );
  });
  if (others.length > MAX_RIVALS) row('', `and ${others.length - MAX_RIVALS} more`);
}

function episodeText(lead: Attribution): string {
  const { episode } = lead;
  if (episode === undefined) return '';
  const parts = [episode.id];
  if (episode.sandboxId !== undefined) parts.push(`sandbox ${episode.sandboxId}`);
  if (episode.group !== undefined) parts.push(`group ${episode.group}`);
  if (episode.step !== undefined) parts.push(`step ${episode.step}`);
  return parts.join(', ');
}

function destinations(members: readonly Attribution[]): string {
  const ends = new Map<string, number>();
  for (const { violation } of members) {
    const { event } = violation;
    const end =
      event.kind === 'network'
        ? `${event.dns?.name ?? event.dst.domain ?? event.dst.ip ?? '?'}${event.dst.port === undefined ? '' : `:${event.dst.port}`}`
        : event.kind === 'dns'
          ? event.name
          : (event.socket?.remote.ip ?? event.rule?.name ?? '?');
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  const names = [...ends.keys()];
  return `to ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

function inputsBlock(report: Report, { style, width, clean, verbose }: TerminalOptions): readonly string[] {
  const read = report.inputs.filter((input) => input.format !== undefined && input.duplicateOf === undefined);
  const records = read.reduce((sum, input) => sum + input.records.read, 0);
  const failed = read.reduce((sum, input) => sum + input.records.failed, 0);
  const lines = [
    style.dim(
      clip(
        `Read ${plural(records, 'record')} of ${plural(read.length, 'file')}; ${plural(report.episodes, 'episode')}, ${plural(report.calls, 'tool call')}; coverage ${(report.coverage * 100).toFixed(2)} %.`,
        width,
      ),
    ),
  ];
  const odd = report.inputs.filter(
    (input) => input.format === undefined || input.duplicateOf !== undefined || input.records.failed > 0,
  );
  for (const input of verbose ? report.inputs : odd.slice(0, 8)) {
    const says =
      input.note ??
      `${input.format ?? '?'}: ${input.records.failed} of ${input.records.read} records could not be read (first: line ${input.bad[0]?.line ?? '?'}, ${input.bad[0]?.reason ?? ''})`;
    const tried =
      input.format === undefined && input.candidates[0] !== undefined && input.candidates[0].score > 0
        ? ` (nearest: ${input.candidates[0].id} ${input.candidates[0].score})`
        : '';
    lines.push(
      ...wrap(`! ${escapeTerminal(clean(input.path))}: ${escapeTerminal(clean(says))}${tried}`, width).map((text, i) =>
        i === 0 ? text : `  ${text}`,
      ),
    );
  }
  if (!verbose && odd.length > 8)
    lines.push(`! and ${odd.length - 8} more files with remarks: egressblame inspect lists them`);
  for (const problem of report.problems) lines.push(...wrap(`! ${escapeTerminal(clean(problem.message))}`, width));
  if (failed > 0 && !verbose)
    lines.push(style.dim('  egressblame inspect PATH shows every file, its format and its bad records.'));
  return lines;
}

function nextBlock(
  report: Report,
  first: Incident | undefined,
  { style, command, width }: TerminalOptions,
): readonly string[] {
  const lines = ['', style.dim('Next:')];
  const id = first?.attributions[0];
  if (id !== undefined)
    lines.push(
      clip(`  ${command.replace(/^egressblame( investigate)?/, `egressblame explain ${id}`)}`, Math.max(width, 400)),
    );
  lines.push(`  ${command.replace(/^egressblame( investigate)?/, 'egressblame inspect')}`);
  if (report.attributions.length > 0) lines.push(`  ${command} --json > answer.ndjson`);
  return lines;
}

/** How long an incident went on; nothing for a moment. */
function spanOf(incident: Incident): string {
  return incident.last - incident.first < 1_000_000
    ? ''
    : `, over ${formatDistanceStrict(incident.last / 1000, incident.first / 1000)}`;
}

function clock(at: Micros): string {
  return formatIso(at).replace('T', ' ').slice(0, 23);
}
