import { type Case, commandFor, percent, plural, thousands } from '../../core/findings/findings.ts';
import { descentSentence, quarantineSentence, rewardText, trainingText } from '../../core/findings/quarantine-words.ts';
import { clip } from '../../core/text/text.ts';
import type { Advice } from '../../model/advice.ts';
import type { AffectedEpisode, FlaggedEpisode, Quarantine } from '../../model/quarantine.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import { html, token } from './escape.ts';
import { commands, piece, table, tableRow, verdictMark } from './words.ts';

const MAX_EPISODES = 500;
const MAX_LINKS = 6;
const MAX_PLACES = 3;
const MAX_MEMBERS = 4;
const MAX_STEPS = 50;
/** Rows that stand in the page from the start, and of each piece of the rest; how high a row is. */
const AT_ONCE = 20;
const ROW_REM = 6;
/** Those of the first two tables, as the style sheet has it. */
const TOLD_ON_PAPER = 2 * AT_ONCE;
const HEADS = ['Episode', 'How sure', 'Reward', 'Why', 'Training', 'Prompt group'];

type Text = (value: string) => string;

/** The episodes to keep out of training, unsafe and rewarded first: what a training team looks for. */
export function* quarantineSection(
  advice: Advice | undefined,
  cases: readonly Case[],
  options: ReporterOptions,
): Generator<string> {
  if (advice === undefined || advice.quarantine.flagged.length === 0) return;
  const { quarantine } = advice;
  const { flagged, affected, runs } = quarantine;
  const text: Text = (value) => html(options.clean(value));
  yield `<section aria-labelledby="quarantine"><h2 id="quarantine">Quarantine: episodes to keep out of training</h2><p>${text(quarantineSentence(quarantine))}</p>`;
  for (const run of runs) yield `<p>${text(descentSentence(run))}</p>`;
  const kinds = new Map(cases.map(({ incident }) => [incident.id, incident.category]));
  const rows = flagged.slice(0, MAX_EPISODES).map((entry) => episodeRow(entry, kinds, text));
  if (rows.length > TOLD_ON_PAPER)
    yield `<p class="paper dim">On paper the first ${TOLD_ON_PAPER} are told in full, the others in a line each; the manifest has all of it.</p>`;
  yield* table(HEADS, rows.slice(0, AT_ONCE), 'episodes');
  for (let at = AT_ONCE; at < rows.length; at += AT_ONCE) {
    const rest = rows.slice(at, at + AT_ONCE);
    yield piece([...table(HEADS, rest, 'episodes')].join(''), rest.length * ROW_REM);
  }
  if (flagged.length > MAX_EPISODES)
    yield `<p>Showing ${MAX_EPISODES} of ${thousands(flagged.length)}; the manifest lists all.</p>`;
  yield* members(affected, text);
  yield* batches(advice, text);
  yield* lacking(quarantine, text);
  yield* next(advice, options);
  yield '</section>\n';
}

function episodeRow(entry: FlaggedEpisode, kinds: ReadonlyMap<string, string>, text: Text): string {
  const { reward } = entry.rollout;
  const rewarded = entry.rewarded === 'yes' ? `<b>${html(rewardText(entry))}</b>` : String(reward ?? 'unknown');
  return tableRow([
    ['Episode', `<code>${text(entry.rollout.episode)}</code>`],
    ['How sure', `${verdictMark(entry.grade)} ${html(percent(entry.probability).replace(' ', '\u00a0'))}`],
    ['Reward', rewarded],
    ['Why', why(entry, kinds, text)],
    ['Training', text(trainingText(entry))],
    ['Prompt group', group(entry, text)],
  ]);
}

/** The incidents, where they went, and the first call behind them. */
function why({ incidents, destinations, toolCalls }: FlaggedEpisode, kinds: ReadonlyMap<string, string>, text: Text) {
  const links = incidents
    .slice(0, MAX_LINKS)
    .map((id) => `<a href="#${token(id)}">${html(kinds.get(id) ?? id)}</a>`)
    .join(', ');
  const places = destinations.slice(0, MAX_PLACES).map((place) => text(clip(place, 60)));
  const to = `${places.join(', ')}${more(destinations, MAX_PLACES)}`;
  const command = toolCalls[0]?.call.command;
  const calls = toolCalls.length > 1 ? ` and ${plural(toolCalls.length - 1, 'more call')}` : '';
  const ran = command === undefined ? '' : `<br><code class="dim">${text(clip(command, 110))}</code>${calls}`;
  return `${links}${more(incidents, MAX_LINKS)} to ${to}${ran}`;
}

function group({ rollout, members: ids }: FlaggedEpisode, text: Text): string {
  if (rollout.group === undefined) return 'not recorded';
  const others =
    ids === undefined || ids.length === 0
      ? ', no other member'
      : `: ${plural(ids.length, 'other member')} ${ids
          .slice(0, MAX_MEMBERS)
          .map((id) => `<code>${text(id)}</code>`)
          .join(', ')}${more(ids, MAX_MEMBERS)}`;
  return `<code>${text(rollout.group)}</code>${others}`;
}

function more(list: readonly unknown[], shown: number): string {
  return list.length > shown ? ` and ${thousands(list.length - shown)} more` : '';
}

/** Did nothing themselves: folded, because they stay unless the whole group goes. */
function* members(affected: readonly AffectedEpisode[], text: Text): Generator<string> {
  if (affected.length === 0) return;
  yield `<details><summary>${plural(affected.length, 'other member')} of their prompt groups: not blamed, but their advantage used a poisoned reward</summary>`;
  const rows = affected.slice(0, MAX_EPISODES).map(({ rollout, through, by }) =>
    tableRow([
      ['Episode', `<code>${text(rollout.episode)}</code>`],
      ['Prompt group', `<code>${text(rollout.group ?? '')}</code>`],
      ['Because of', `${through.slice(0, MAX_MEMBERS).map(text).join(', ')}${more(through, MAX_MEMBERS)}`],
      ['Certain', by === 'same-step' ? 'the same step' : 'perhaps: no step is recorded'],
    ]),
  );
  yield piece([...table(['Episode', 'Prompt group', 'Because of', 'Certain'], rows)].join(''), rows.length * 2);
  if (affected.length > MAX_EPISODES)
    yield `<p>Showing ${MAX_EPISODES} of ${thousands(affected.length)}; the manifest lists all.</p>`;
  yield '</details>';
}

/** What dropping them would leave of each batch, as far as the records hold it. */
function* batches({ batches: sizes }: Advice, text: Text): Generator<string> {
  if (sizes.length === 0) return;
  yield '<h3>Batches without them (nothing is changed)</h3><p class="dim">Episodes in these records that a step used, before and after.</p>';
  const rows = sizes.slice(0, MAX_STEPS).map(({ run, step, before, after }) =>
    tableRow([
      ['Run', text(run ?? 'not recorded')],
      ['Step', String(step ?? 'unknown'), 'n'],
      ['Episodes', thousands(before), 'n'],
      ['Without them', thousands(after), 'n'],
    ]),
  );
  yield* table(['Run', 'Step', 'Episodes', 'Without them'], rows, 'brief');
  if (sizes.length > MAX_STEPS) yield `<p>and ${plural(sizes.length - MAX_STEPS, 'more step')}</p>`;
}

function* lacking({ gaps }: Quarantine, text: Text): Generator<string> {
  if (gaps.length === 0) return;
  yield `<h3>What this list may lack</h3><ul>${gaps.map(({ says }) => `<li>${text(says)}</li>`).join('')}</ul>`;
}

function* next({ rollouts }: Advice, { command, clean }: ReporterOptions): Generator<string> {
  const again = commandFor(command, 'quarantine');
  yield commands('Next: write the manifest', [`${again} -o quarantine.jsonl`], clean);
  if (rollouts !== undefined)
    yield commands('Try it on the rollouts, as a dry run', [`${again} --apply ${rollouts}`], clean);
}
