import { candidateName, causeOf, episodeParts, percent } from '../../core/findings.ts';
import { escapeTerminal, wrap } from '../../core/text.ts';
import { formatIso } from '../../core/time.ts';
import type { Attribution, Candidate, Evidence } from '../../model/attribution.ts';
import type { SourceRef } from '../../model/source.ts';
import type { TerminalOptions } from './index.ts';

/** Raw text of a cited record; undefined when the original cannot be read any more. */
export type RawLines = (ref: SourceRef) => string | undefined;

/** The whole case of one violation: the chain, each fact with its raw lines, every rival and why it lost. */
export function renderExplanation(attribution: Attribution, raw: RawLines, options: TerminalOptions): string {
  const { style, width } = options;
  const show = (text: string): string => escapeTerminal(options.clean(text));
  const lines: string[] = [];
  const paragraph = (text: string, indent = ''): void => {
    for (const part of wrap(show(text), Math.max(30, width - indent.length))) lines.push(`${indent}${part}`);
  };
  const { violation } = attribution;
  lines.push(style.bold(`${violation.id}: ${attribution.verdict}, probability ${percent(attribution.probability)}`));
  paragraph(attribution.reason);
  lines.push('', style.bold('Violation'));
  paragraph(
    `${violation.finding.rule.name} (${violation.finding.rule.id}), ${violation.finding.category}, ${violation.finding.severity}; ${violation.count} seen, ${formatIso(violation.first)} to ${formatIso(violation.last)}`,
    '  ',
  );
  for (const ref of [violation.event.ref, ...violation.alsoSeen.slice(0, 6)]) cite(ref);
  if (violation.alsoSeen.length > 6)
    lines.push(`  and ${violation.alsoSeen.length - 6} more records of the same attempt`);
  if (violation.repeats !== undefined)
    paragraph(
      `and ${violation.repeats.lines.length} more of its kind, counted together: there were too many to weigh each`,
      '  ',
    );
  const { episode, toolCall, process } = causeOf(attribution);
  if (episode !== undefined || process !== undefined) lines.push('', style.bold('Cause'));
  if (episode !== undefined)
    paragraph(`episode ${[episode.id, episodeParts(episode)].filter(Boolean).join(', ')}`, '  ');
  if (toolCall !== undefined) {
    paragraph(`tool call ${toolCall.id} (${toolCall.name})`, '  ');
    if (toolCall.command !== undefined) paragraph(toolCall.command, '    ');
    cite(toolCall.ref);
  }
  if (process !== undefined) {
    paragraph(
      `process ${process.pid ?? process.entityId ?? '?'} ${process.commandLine ?? process.executable ?? ''}`,
      '  ',
    );
    if (process.ref !== undefined) cite(process.ref);
  }
  lines.push('', style.bold('Evidence'));
  for (const evidence of attribution.evidence) fact(evidence);
  const rivals = attribution.candidates.filter((candidate) => candidate.lostBecause !== undefined);
  lines.push('', style.bold(rivals.length === 0 ? 'Rivals: none remained' : 'Rivals'));
  for (const candidate of rivals) rival(candidate);
  paragraph(`nobody known to us: ${percent(attribution.nullProbability)}`, '  ');
  if (attribution.missing.length > 0) {
    lines.push('', style.bold('What would settle it'));
    for (const missing of attribution.missing) paragraph(`- ${missing}`, '  ');
  }
  return `${lines.join('\n')}\n`;

  function cite(ref: SourceRef): void {
    lines.push(style.dim(`  ${show(ref.source)}:${ref.line}`));
    const text = raw(ref);
    if (text !== undefined) lines.push(`    ${show(text).slice(0, 1000)}`);
  }
  function fact(evidence: Evidence): void {
    paragraph(`${evidence.weight < 0 ? '-' : '+'} ${evidence.code}: ${evidence.says}`, '  ');
    lines.push(
      style.dim(
        `    weight ${evidence.weight}, ${evidence.trust === 'outside' ? 'from outside the sandbox' : 'from a record the agent could write'}`,
      ),
    );
    for (const ref of evidence.refs.slice(0, 4)) cite(ref);
  }
  function rival(candidate: Candidate): void {
    paragraph(`${percent(candidate.probability)} ${candidateName(candidate)}: ${candidate.lostBecause ?? ''}`, '  ');
    for (const evidence of candidate.evidence)
      paragraph(`${evidence.weight < 0 ? '-' : '+'} ${evidence.code}: ${evidence.says}`, '    ');
  }
}
