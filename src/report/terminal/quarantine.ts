import { percent, plural, VERDICT_MARK } from '../../core/findings/findings.ts';
import { descentSentence, quarantineSentence, rewardText, trainingText } from '../../core/findings/quarantine-words.ts';
import { clipColumns, wrap } from '../../core/text/display-width.ts';
import { clip, escapeTerminal } from '../../core/text/text.ts';
import type { AffectedEpisode, FlaggedEpisode, Quarantine } from '../../model/quarantine.ts';
import type { TerminalOptions } from './options.ts';

const MAX_EPISODES = 25;
const MAX_MEMBERS = 6;
/** The label of a row and the blanks around it. */
const INDENT = 13;

/** The quarantine for a person: what stays out, what it touched, what is not known. The caller adds the next commands. */
export function renderQuarantine(quarantine: Quarantine, options: TerminalOptions): string {
  const { style, width } = options;
  const lines = wrap(quarantineSentence(quarantine), width).map(style.bold);
  for (const run of quarantine.runs) lines.push(...wrap(show(descentSentence(run), options), width));
  lines.push('');
  const affected = new Map(quarantine.affected.map((entry) => [entry.rollout.episode, entry]));
  for (const entry of quarantine.flagged.slice(0, MAX_EPISODES)) lines.push(...block(entry, affected, options), '');
  const more = quarantine.flagged.length - MAX_EPISODES;
  if (more > 0) lines.push(`  ${plural(more, 'more episode')}: the manifest lists all (--format jsonl).`, '');
  lines.push(...gaps(quarantine, options));
  if (lines.at(-1) === '') lines.pop();
  return `${lines.join('\n')}\n`;
}

function block(
  entry: FlaggedEpisode,
  affected: ReadonlyMap<string, AffectedEpisode>,
  options: TerminalOptions,
): readonly string[] {
  const { rollout, grade, toolCalls } = entry;
  // The kinds come last: they may be many, and what is cut off must not be how many and how rewarded.
  const head = `${VERDICT_MARK[grade]} ${grade} ${percent(entry.probability)}  ${plural(entry.violations.length, 'violation')}  ${rewardText(entry)}  ${entry.categories.join(', ')}`;
  const paint = grade === 'proven' ? options.style.red : grade === 'likely' ? options.style.yellow : options.style.cyan;
  const lines = [paint(clipColumns(head, options.width))];
  const row = rowWriter(lines, options);
  row('episode', rollout.episode);
  row('training', trainingText(entry));
  row('group', `${rollout.group ?? 'unknown'}${members(entry, affected)}`);
  for (const { call } of toolCalls.slice(0, 2))
    row(
      'tool call',
      `${call.id} (${call.name})${call.command === undefined ? '' : `: ${clip(call.command.replace(/\s*\n\s*/g, ' ; '), 160)}`}`,
    );
  if (toolCalls.length > 2) row('', `and ${plural(toolCalls.length - 2, 'more call')}`);
  if (toolCalls.length === 0) row('tool call', 'not decided; the episode is');
  row(
    'went to',
    `${entry.destinations.slice(0, 3).join(', ')}${entry.destinations.length > 3 ? ` and ${entry.destinations.length - 3} more` : ''}`,
  );
  row('incident', entry.incidents.join(' '));
  return lines;
}

function rowWriter(lines: string[], options: TerminalOptions): (label: string, text: string) => void {
  return (label, text) => {
    wrap(show(text, options), Math.max(24, options.width - INDENT)).forEach((part, i) => {
      lines.push(`  ${options.style.dim((i === 0 ? label : '').padEnd(10))} ${part.trimEnd()}`);
    });
  };
}

function members({ members: ids }: FlaggedEpisode, affected: ReadonlyMap<string, AffectedEpisode>): string {
  if (ids === undefined) return '; its members are unknown';
  if (ids.length === 0) return '; no other member';
  const unsure = ids.filter((id) => affected.get(id)?.by === 'step-unknown').length;
  const note =
    unsure === 0
      ? ''
      : ` (${unsure === ids.length ? 'no step recorded, so' : `of ${unsure} no step is recorded, so they`} perhaps of another step)`;
  const rest = ids.length - MAX_MEMBERS;
  return `; ${plural(ids.length, 'other member')}${note}: ${ids.slice(0, MAX_MEMBERS).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function gaps({ gaps: open }: Quarantine, options: TerminalOptions): readonly string[] {
  if (open.length === 0) return [];
  const listed = open.flatMap(({ says }) =>
    wrap(`! ${show(says, options)}`, options.width).map((part, i) => (i === 0 ? part : `  ${part}`)),
  );
  return ['What this list may lack:', ...listed];
}

function show(text: string, { clean }: TerminalOptions): string {
  return escapeTerminal(clean(text));
}
