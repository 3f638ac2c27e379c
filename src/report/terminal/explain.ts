import {
  candidateName,
  causeOf,
  endsOf,
  endText,
  episodeParts,
  percent,
  plural,
} from '../../core/findings/findings.ts';
import { wrap } from '../../core/text/display-width.ts';
import { clip, escapeTerminal } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution, Claim, Evidence } from '../../model/attribution.ts';
import type { SourceRef } from '../../model/source.ts';
import type { TerminalOptions } from './options.ts';

/** Records of one attempt that are cited, besides the first, and those of one fact. */
const MOST_SEEN = 6;
const MOST_CITED = 4;
/** Characters of a raw line. */
const MOST_RAW = 1000;

/** Raw text of a cited record; undefined when the original cannot be read any more. */
export type RawLines = (ref: SourceRef) => string | undefined;

/** The whole case of one violation: the chain, each fact with its raw lines, every rival and why it lost. */
export function renderExplanation(attribution: Attribution, raw: RawLines, options: TerminalOptions): string {
  const page = openPage(raw, options);
  const { violation, verdict, probability, reason, evidence, missing } = attribution;
  const isDecided = verdict !== 'ambiguous' && verdict !== 'unattributed';
  page.heading(`${violation.id}: ${verdict}${isDecided ? `, probability ${percent(probability)}` : ''}`);
  page.paragraph(reason);
  violationPart(page, violation);
  causePart(page, attribution);
  page.part(evidence.length === 0 ? 'Evidence: none' : 'Evidence');
  for (const each of evidence) fact(page, each);
  rivalsPart(page, attribution);
  if (missing.length > 0) page.part('What would settle it');
  for (const each of missing) page.paragraph(`- ${each}`, '  ');
  return page.text();
}

/** Lines to be printed, each made safe to show. */
interface Page {
  heading(text: string): void;
  /** A heading with a blank line before it. */
  part(title: string): void;
  paragraph(text: string, indent?: string): void;
  line(text: string): void;
  aside(text: string): void;
  /** The place of a record, and its raw text where that does not stand on the page yet. */
  cite(ref: SourceRef, indent?: string): void;
  text(): string;
}

function openPage(raw: RawLines, { style, width, clean }: TerminalOptions): Page {
  const show = (text: string): string => escapeTerminal(clean(text));
  const lines: string[] = [];
  const quoted = new Set<string>();
  return {
    heading: (text) => lines.push(style.bold(text)),
    part: (title) => lines.push('', style.bold(title)),
    paragraph: (text, indent = '') => {
      for (const part of wrap(show(text), Math.max(30, width - indent.length))) lines.push(`${indent}${part}`);
    },
    line: (text) => lines.push(text),
    aside: (text) => lines.push(style.dim(text)),
    cite: (ref, indent = '  ') => {
      const place = `${show(ref.source)}:${ref.line}`;
      const key = `${place}:${ref.offset}`;
      const text = raw(ref);
      const isAbove = text !== undefined && quoted.has(key);
      lines.push(style.dim(`${indent}${place}${isAbove ? ', quoted above' : ''}`));
      if (text === undefined || isAbove) return;
      lines.push(`${indent}  ${clip(show(text), MOST_RAW)}`);
      quoted.add(key);
    },
    text: () => `${lines.join('\n')}\n`,
  };
}

function violationPart(
  page: Page,
  { finding, count, first, last, event, alsoSeen, repeats }: Attribution['violation'],
): void {
  page.part('Violation');
  const { id, name } = finding.rule;
  page.paragraph(
    `${name === id ? name : `${name} (${id})`}, ${finding.category}, ${finding.severity}; ${count} seen, ${first === last ? formatIso(first) : `${formatIso(first)} to ${formatIso(last)}`}`,
    '  ',
  );
  const { src, dst, transport, action } = endsOf(event);
  page.paragraph(`${action} ${transport ?? ''} from ${endText(src)} to ${endText(dst)}`.replace(/ {2,}/g, ' '), '  ');
  for (const ref of [event.ref, ...alsoSeen.slice(0, MOST_SEEN)]) page.cite(ref);
  if (alsoSeen.length > MOST_SEEN) page.line(`  and ${alsoSeen.length - MOST_SEEN} more records of the same attempt`);
  if (repeats !== undefined)
    page.paragraph(
      `and ${repeats.lines.length} more of its kind, counted together: there were too many to weigh each`,
      '  ',
    );
}

function causePart(page: Page, attribution: Attribution): void {
  const { episode, toolCall, process } = causeOf(attribution);
  if (episode !== undefined || process !== undefined) page.part('Cause');
  if (episode !== undefined)
    page.paragraph(`episode ${[episode.id, episodeParts(episode)].filter(Boolean).join(', ')}`, '  ');
  if (toolCall !== undefined) {
    page.paragraph(`tool call ${toolCall.id} (${toolCall.name})`, '  ');
    if (toolCall.command !== undefined) page.paragraph(toolCall.command, '    ');
    page.cite(toolCall.ref);
  }
  if (process === undefined) return;
  const { pid, entityId, commandLine, executable, ref } = process;
  page.paragraph(`process ${pid ?? entityId ?? '?'} ${commandLine ?? executable ?? ''}`, '  ');
  if (ref !== undefined) page.cite(ref);
}

function fact(page: Page, evidence: Evidence): void {
  page.paragraph(claimOf(evidence), '  ');
  const from = evidence.trust === 'outside' ? 'from outside the sandbox' : 'from a record the agent could write';
  page.aside(`    weight ${evidence.weight}, ${from}`);
  for (const ref of evidence.refs.slice(0, MOST_CITED)) page.cite(ref, '    ');
}

function rivalsPart(page: Page, { candidates, unlisted, nullProbability }: Attribution): void {
  const rivals = candidates.filter(({ lostBecause }) => lostBecause !== undefined);
  page.part(rivals.length === 0 ? 'Rivals: none remained' : 'Rivals');
  for (const rival of rivals) {
    page.paragraph(`${percent(rival.probability)} ${candidateName(rival)}: ${rival.lostBecause ?? ''}`, '  ');
    for (const evidence of rival.evidence) page.paragraph(claimOf(evidence), '    ');
  }
  if (unlisted !== undefined)
    page.paragraph(`${percent(unlisted.probability)} ${plural(unlisted.count, 'other')}, less likely each`, '  ');
  page.paragraph(`nobody known to us: ${percent(nullProbability)}`, '  ');
}

function claimOf({ weight, code, says }: Claim): string {
  return `${weight < 0 ? '-' : '+'} ${code}: ${says}`;
}
