import { othersOf, surenessOf } from '../../core/findings/case-says.ts';
import { chainOf } from '../../core/findings/chain.ts';
import { circumstancesOf, titleOf } from '../../core/findings/circumstances.ts';
import {
  type Case,
  candidateName,
  casesOf,
  causeOf,
  chanceSentence,
  commandFor,
  countVerdicts,
  destinationsOf,
  episodeParts,
  percent,
  plural,
  processName,
  VERDICT_ORDER,
  verdictSentence,
} from '../../core/findings/findings.ts';
import { nextSteps, type Piece } from '../../core/findings/next-steps.ts';
import { clip, escapeTerminal } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution, Candidate, Evidence } from '../../model/attribution.ts';
import type { Report } from '../../model/report.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';
import type { SourceRef } from '../../model/source.ts';

/** GitHub refuses a step summary above 1 MiB; some room is left for what other steps wrote. */
const SUMMARY_BYTES = 1_000_000;
const SUMMARY_CASES = 10;
const CELL = 160;
const COMMAND = 80;

/** The incident report as a document. */
export const markdown: Reporter = {
  id: 'markdown',
  render: function* (report, options) {
    const cases = casesOf(report);
    yield* head(report, cases, options);
    yield* overview(cases, cases.length, options);
    for (const entry of cases) yield* section(entry, options);
    yield* tail(report, options);
  },
};

/** The same for `$GITHUB_STEP_SUMMARY`: the first ten incidents, their evidence folded, and below the size that GitHub accepts. */
export const githubSummary: Reporter = {
  id: 'github-summary',
  render: function* (report, options) {
    const cases = casesOf(report);
    const parts = [...head(report, cases, options), ...overview(cases, SUMMARY_CASES, options)];
    let bytes = Buffer.byteLength(parts.join(''));
    let shown = 0;
    for (const entry of cases.slice(0, SUMMARY_CASES)) {
      const text = [...section(entry, options, 'folded')].join('');
      bytes += Buffer.byteLength(text);
      if (bytes > SUMMARY_BYTES) break;
      parts.push(text);
      shown += 1;
    }
    if (shown < cases.length) parts.push(`\nShowing ${shown} of ${cases.length} incidents.\n`);
    yield* parts;
  },
};

/** Log text as Markdown text: no markup, no HTML, no autolink, no mention, one line. */
function plain(text: string): string {
  return escapeTerminal(text)
    .replace(/&/g, '&amp;')
    .replace(/[\\`*[\]|~<>$@#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('://', ':&#47;/')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}

/** Log text in a code span; the fence is longer than any run of backticks inside, a bar would end a table cell. */
function code(text: string): string {
  const shown = escapeTerminal(text);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return shown === '' ? '' : `${fence}${pad}${shown}${pad}${fence}`;
}

/** A bar ends a cell even inside code. */
const tableCode = (text: string): string => code(text).replaceAll('|', '\\|');

const cell = (text: string): string => plain(clip(text, CELL));

function* head(report: Report, cases: readonly Case[], { clean }: ReporterOptions): Generator<string> {
  yield `# Network violations and their causes\n\n**${verdictSentence(report)}**\n\n`;
  const count = countVerdicts(report);
  yield `| ${VERDICT_ORDER.join(' | ')} |\n|${' ---: |'.repeat(VERDICT_ORDER.length)}\n`;
  yield `| ${VERDICT_ORDER.map((verdict) => String(count[verdict])).join(' | ')} |\n\n`;
  if (report.chance !== undefined) yield `${chanceSentence(report.chance)}\n\n`;
  yield `${plural(report.episodes, 'episode')}, ${plural(report.calls, 'tool call')}; ${(report.coverage * 100).toFixed(2)} % of the records were understood.\n\n`;
  const steps = nextSteps(report, cases);
  if (steps.length === 0) return;
  yield '**What to do next**\n\n';
  const pieceText = (piece: Piece): string =>
    'code' in piece ? code(clip(clean(piece.code), CELL)) : plain(clean(piece.words));
  for (const { pieces } of steps) yield `1. ${pieces.map(pieceText).join('')}\n`;
  yield '\n';
}

function* overview(cases: readonly Case[], most: number, { clean }: ReporterOptions): Generator<string> {
  if (cases.length === 0) return;
  yield '| Incident | Verdict | What | Violations | Episode | Command | From (UTC) |\n';
  yield '| --- | --- | --- | ---: | --- | --- | --- |\n';
  for (const { incident, members, lead } of cases.slice(0, most)) {
    const { episode, toolCall, process } = causeOf(lead);
    const command = toolCall?.command ?? process?.commandLine;
    const sure = surenessOf({ incident, members });
    yield `| ${incident.id} | ${incident.verdict}${sure === undefined ? '' : ` ${plain(sure)}`} | ${incident.category} | ${incident.violations} | ${cell(clean(episode?.id ?? '-'))} | ${command === undefined ? '-' : tableCode(clip(clean(command), COMMAND))} | ${formatIso(incident.first).slice(0, 19)}Z |\n`;
  }
  if (cases.length > most) yield `\nShowing ${most} of ${cases.length} incidents.\n`;
  yield '\n';
}

function* section(
  { incident, members, lead }: Case,
  options: ReporterOptions,
  evidence: 'shown' | 'folded' = 'shown',
): Generator<string> {
  const { clean } = options;
  const ends = destinationsOf(members);
  yield `## ${incident.id}: ${incident.category}, ${incident.verdict}\n\n`;
  yield `${plural(incident.violations, 'violation')} (${plural(incident.records, 'record')}) from ${formatIso(incident.first)} to ${formatIso(incident.last)}, to ${ends
    .slice(0, 5)
    .map((end) => code(clean(end)))
    .join(', ')}${ends.length > 5 ? ` and ${ends.length - 5} more` : ''}.\n\n`;
  yield `- Rule: ${cell(clean(lead.violation.finding.rule.name))} (severity ${lead.violation.finding.severity})\n`;
  yield* causeLines(lead, options);
  const sure = surenessOf({ incident, members });
  yield `- How sure: ${incident.verdict}${sure === undefined ? '' : `, ${plain(sure)}`}; nobody known to us: ${percent(lead.nullProbability)}\n`;
  yield `- Because: ${plain(clean(lead.reason))}\n`;
  const others = othersOf({ incident, members, lead });
  if (others !== undefined) yield `- Others: ${plain(clean(others))}\n`;
  for (const [label, says] of circumstancesOf(incident)) yield `- ${titleOf(label)}: ${plain(clean(says))}\n`;
  yield '\n';
  if (lead.missing.length > 0) {
    yield '### What would settle it\n\n';
    for (const missing of lead.missing) yield `- ${plain(clean(missing))}\n`;
    yield '\n';
  }
  if (evidence === 'folded') yield '<details><summary>Chain, evidence and rivals</summary>\n\n';
  yield* chain(lead, options);
  yield* rivals(lead, options);
  yield* evidenceList(lead.evidence, options);
  if (evidence === 'folded') yield '</details>\n\n';
  yield `All evidence: ${code(clean(commandFor(options.command, 'explain', lead.violation.id)))}\n\n`;
}

function* causeLines(lead: Attribution, { clean }: ReporterOptions): Generator<string> {
  const { episode, toolCall, process } = causeOf(lead);
  if (episode !== undefined) {
    const parts = episodeParts(episode);
    yield `- Episode: ${code(clean(episode.id))}${parts === '' ? '' : ` (${plain(clean(parts))})`}\n`;
  }
  if (toolCall !== undefined) {
    yield `- Tool call: ${code(clean(toolCall.id))} (${cell(clean(toolCall.name))})${toolCall.start === undefined ? '' : ` at ${formatIso(toolCall.start)}`}\n`;
    if (toolCall.command !== undefined) yield `- Command: ${code(clip(clean(toolCall.command), 600))}\n`;
  }
  if (process !== undefined) {
    const line = process.commandLine ?? process.executable ?? '';
    yield `- Process: ${cell(clean(processName(process)))}${process.host === undefined ? '' : ` on ${cell(clean(process.host))}`} ${code(clip(clean(line), 300))}\n`;
  }
}

function* chain(lead: Attribution, options: ReporterOptions): Generator<string> {
  yield '### From alert to cause\n\n';
  for (const { name, says, ref } of chainOf(lead)) {
    const where = ref === undefined ? '' : `; ${place(ref, options)}`;
    yield `1. ${name}: ${plain(clip(options.clean(says), 400))}${where}\n`;
  }
  yield '\n';
}

function place(ref: SourceRef, { clean, raw }: ReporterOptions): string {
  const text = raw?.(ref);
  const where = code(`${clean(ref.source)}:${ref.line}`);
  return text === undefined ? where : `${where}: ${code(clip(clean(text), 600))}`;
}

function* evidenceList(evidence: readonly Evidence[], { clean }: ReporterOptions): Generator<string> {
  if (evidence.length === 0) return;
  yield '### Evidence\n\n| Fact | Says | Weight | Written by | Record |\n| --- | --- | ---: | --- | --- |\n';
  for (const fact of evidence) {
    const ref = fact.refs[0];
    yield `| ${fact.code} | ${cell(clean(fact.says))} | ${fact.weight} | ${fact.trust === 'outside' ? 'outside the sandbox' : 'the agent could'} | ${ref === undefined ? '-' : cell(clean(`${ref.source}:${ref.line}`))} |\n`;
  }
  yield '\n';
}

function* rivals(lead: Attribution, { clean }: ReporterOptions): Generator<string> {
  const others = lead.candidates.slice(causeOf(lead).episode === undefined && lead.verdict !== 'not-agent' ? 0 : 1);
  if (others.length === 0) return;
  yield `### Rivals\n\n`;
  const says = (candidate: Candidate): string =>
    `- ${percent(candidate.probability)} ${code(clean(candidateName(candidate)))}${candidate.lostBecause === undefined ? '' : `: ${plain(clean(candidate.lostBecause))}`}\n`;
  for (const candidate of others.slice(0, 8)) yield says(candidate);
  const left = Math.max(0, others.length - 8) + (lead.unlisted?.count ?? 0);
  if (left > 0) yield `- and ${left} more\n`;
  yield '\n';
}

function* tail(report: Report, { clean }: ReporterOptions): Generator<string> {
  yield '## Inputs\n\n';
  yield '| File | Format | Records | Failed | SHA-256 |\n| --- | --- | ---: | ---: | --- |\n';
  for (const input of report.inputs)
    yield `| ${plain(clean(input.path))} | ${input.format ?? 'not recognised'} | ${input.records.read} | ${input.records.failed} | ${input.sha256} |\n`;
  if (report.clocks.length > 0) {
    yield '\n## Clocks\n\n| Clock | Ahead (s) | Between (s) | Pairs | How |\n| --- | ---: | --- | ---: | --- |\n';
    for (const clock of report.clocks)
      yield `| ${plain(clean(clock.domain))} | ${seconds(clock.offsetUs)} | ${seconds(clock.intervalUs[0])} to ${seconds(clock.intervalUs[1])} | ${clock.pairs} | ${plain(clean(clock.method))} |\n`;
  }
  for (const problem of report.problems) yield `\n- ${problem.severity}: ${plain(clean(problem.message))}\n`;
  yield `\negressblame ${report.version}; arguments: ${code(clean(report.arguments.join(' ')))}\n`;
}

function seconds(us: number): string {
  return Number.isFinite(us) ? (us / 1e6).toFixed(3) : 'unknown';
}
