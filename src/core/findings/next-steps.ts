import type { Advice } from '../../model/advice.ts';
import type { InputReport, Report } from '../../model/report.ts';
import { type Case, causeOf, isBlamed, plural, thousands } from './findings.ts';
import { isOwnFile } from './own-files.ts';

/** Words of a sentence (some of them may quote a log), or an id or a command to be shown as code. */
export type Piece = { readonly words: string } | { readonly code: string };

/** One thing to do; `about` is the incident, or the section of a report, that tells more. */
export interface NextStep {
  readonly pieces: readonly Piece[];
  readonly about?: { readonly incident: string } | { readonly section: 'quarantine' | 'policy' | 'inputs' };
}

const MAX_EPISODES = 4;
const MAX_MISSING = 2;

/** What the reader should do first, most urgent first. Empty when nothing was found and everything was read. */
export function nextSteps(report: Report, cases: readonly Case[], advice?: Advice): readonly NextStep[] {
  return [
    ...worstStep(cases),
    ...episodeStep(report, advice),
    ...policyStep(advice),
    ...openStep(cases),
    ...readingStep(report),
  ];
}

function worstStep(cases: readonly Case[]): readonly NextStep[] {
  const worst = cases[0];
  if (worst === undefined || worst.incident.verdict === 'not-agent') return [];
  const { incident, lead } = worst;
  const { episode, toolCall } = causeOf(lead);
  const pieces: Piece[] = [{ words: `Open the worst incident, ${incident.category}` }];
  if (episode !== undefined) pieces.push({ words: ': episode ' }, { code: episode.id });
  if (toolCall?.command !== undefined) pieces.push({ words: ' ran ' }, { code: toolCall.command });
  return [{ pieces, about: { incident: incident.id } }];
}

/** Unsafe and rewarded first, where the quarantine is known. */
function episodeStep(report: Report, advice: Advice | undefined): readonly NextStep[] {
  const ids = advice?.quarantine.flagged.map(({ rollout }) => rollout.episode) ?? blamedEpisodes(report);
  if (ids.length === 0) return [];
  const pieces = [{ words: `Keep ${plural(ids.length, 'episode')} out of training` }, { words: ': ' }];
  const about = advice === undefined ? {} : { about: { section: 'quarantine' } as const };
  return [{ pieces: [...pieces, ...listed(ids, MAX_EPISODES)], ...about }];
}

function policyStep(advice: Advice | undefined): readonly NextStep[] {
  if (advice?.policy.is !== 'suggested' || advice.policy.changes.length === 0) return [];
  const pieces = [{ words: 'Close the way out' }, { words: `: ${advice.policy.says}` }];
  return [{ pieces, about: { section: 'policy' } }];
}

function openStep(cases: readonly Case[]): readonly NextStep[] {
  const open = cases.filter(({ incident }) => incident.verdict === 'ambiguous' || incident.verdict === 'unattributed');
  const missing = [...new Set(open.flatMap(({ lead }) => lead.missing))];
  if (missing.length === 0) return [];
  const words = `To settle ${plural(open.length, 'undecided incident')}, collect: `;
  return [{ pieces: [{ words: `${words}${missing.slice(0, MAX_MISSING).join('; ')}${rest(missing, MAX_MISSING)}` }] }];
}

function readingStep(report: Report): readonly NextStep[] {
  const odd = report.inputs.filter(isUnread);
  const problems = report.problems.filter(({ severity }) => severity !== 'info');
  if (problems.length === 0 && report.coverage >= 1 && odd.length === 0) return [];
  const pieces = [{ words: 'See under Inputs what could not be read' }, { words: ', before you call the rest clean' }];
  return [{ pieces, about: { section: 'inputs' } }];
}

function isUnread(input: InputReport): boolean {
  const { format, duplicateOf, bytes } = input;
  return format === undefined && duplicateOf === undefined && bytes > 0 && !isOwnFile(input);
}

function blamedEpisodes(report: Report): readonly string[] {
  return [...new Set(report.attributions.filter(isBlamed).flatMap(({ episode }) => episode?.id ?? []))].sort();
}

function listed(texts: readonly string[], most: number): readonly Piece[] {
  const shown = texts
    .slice(0, most)
    .flatMap((code, i): Piece[] => (i === 0 ? [{ code }] : [{ words: ', ' }, { code }]));
  return [...shown, { words: rest(texts, most) }];
}

function rest(texts: readonly string[], most: number): string {
  return texts.length > most ? ` and ${thousands(texts.length - most)} more` : '';
}
