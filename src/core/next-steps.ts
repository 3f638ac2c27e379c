import type { Report } from '../model/report.ts';
import { type Case, causeOf, isBlamed, plural } from './findings.ts';

/** Words of a sentence (some of them may quote a log), or an id or a command to be shown as code. */
export type Piece = { readonly words: string } | { readonly code: string };

/** One thing to do; `incident` is the one it is about. */
export interface NextStep {
  readonly pieces: readonly Piece[];
  readonly incident?: string;
}

const MAX_EPISODES = 4;
const MAX_MISSING = 2;

/** What the reader should do first, most urgent first. Empty when nothing was found and everything was read. */
export function nextSteps(report: Report, cases: readonly Case[]): readonly NextStep[] {
  return [...worstStep(cases), ...episodeStep(report), ...openStep(cases), ...readingStep(report)];
}

function worstStep(cases: readonly Case[]): readonly NextStep[] {
  const worst = cases[0];
  if (worst === undefined || worst.incident.verdict === 'not-agent') return [];
  const { incident, lead } = worst;
  const { episode, toolCall } = causeOf(lead);
  const pieces: Piece[] = [{ words: `Open the worst incident, ${incident.category}` }];
  if (episode !== undefined) pieces.push({ words: ': episode ' }, { code: episode.id });
  if (toolCall?.command !== undefined) pieces.push({ words: ' ran ' }, { code: toolCall.command });
  return [{ pieces, incident: incident.id }];
}

function episodeStep(report: Report): readonly NextStep[] {
  const ids = blamedEpisodes(report);
  if (ids.length === 0) return [];
  return [
    { pieces: [{ words: `Keep ${plural(ids.length, 'episode')} out of training: ` }, ...listed(ids, MAX_EPISODES)] },
  ];
}

function openStep(cases: readonly Case[]): readonly NextStep[] {
  const open = cases.filter(({ incident }) => incident.verdict === 'ambiguous' || incident.verdict === 'unattributed');
  const missing = [...new Set(open.flatMap(({ lead }) => lead.missing))];
  if (missing.length === 0) return [];
  const words = `To settle ${plural(open.length, 'undecided incident')}, collect: `;
  return [{ pieces: [{ words: `${words}${missing.slice(0, MAX_MISSING).join('; ')}${rest(missing, MAX_MISSING)}` }] }];
}

function readingStep(report: Report): readonly NextStep[] {
  const odd = report.inputs.filter(({ format, duplicateOf }) => format === undefined && duplicateOf === undefined);
  if (report.problems.length === 0 && report.coverage >= 1 && odd.length === 0) return [];
  return [{ pieces: [{ words: 'See under Inputs what could not be read, before you call the rest clean' }] }];
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
  return texts.length > most ? ` and ${texts.length - most} more` : '';
}
