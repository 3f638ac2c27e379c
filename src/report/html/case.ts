import { othersOf, surenessOf } from '../../core/findings/case-says.ts';
import { chainOf } from '../../core/findings/chain.ts';
import { circumstancesOf, titleOf } from '../../core/findings/circumstances.ts';
import {
  type Case,
  causeOf,
  commandFor,
  destinationsOf,
  episodeParts,
  percent,
  plural,
  processName,
} from '../../core/findings/findings.ts';
import { clip } from '../../core/text/text.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import type { SourceRef } from '../../model/source.ts';
import { html, token } from './escape.ts';
import { evidence, rivals } from './reasons.ts';
import { violationList } from './violations.ts';
import { pre, verdictMark, when } from './words.ts';

const MAX_RAW = 2000;
const MARGIN_US = 2_000_000;

/** How much of an incident is told: all of it, unfolded or not, or only what, who, how sure and why. */
export type Form = 'open' | 'full' | 'short';

/** One incident: what happened, who, the chain with the raw lines, rivals, what would settle it, all its violations. */
export function* caseSection(entry: Case, form: Form, options: ReporterOptions): Generator<string> {
  const { incident, members, lead } = entry;
  const { clean } = options;
  yield `<details class="case" id="${token(incident.id)}" data-verdict="${incident.verdict}"${form === 'open' ? ' open' : ''}>`;
  yield* header(entry, options);
  yield '<div>';
  yield* whatHappened(entry, options);
  yield* whoCaused(entry, options);
  if (lead.missing.length > 0)
    yield `<h3>What would settle it</h3><ul>${lead.missing.map((missing) => `<li>${html(clean(missing))}</li>`).join('')}</ul>`;
  yield '<div class="records">';
  if (form !== 'short') {
    yield chain(lead, options);
    yield* rivals(lead, options);
    yield* evidence(lead, options);
  }
  if (form !== 'short' || members.length > 1) yield* violationList(members, options);
  yield '</div>';
  yield `<p class="dim">All evidence: <code>${html(clean(commandFor(options.command, 'explain', lead.violation.id)))}</code></p></div></details>\n`;
}

/** What a reader sees of a folded incident: verdict, what, where to, when, who and the command. */
function* header({ incident, members, lead }: Case, { clean }: ReporterOptions): Generator<string> {
  const { episode, toolCall, process } = causeOf(lead);
  const ends = destinationsOf(members).map((end) => clip(clean(end), 60));
  const where = `${ends.slice(0, 2).join(', ')}${ends.length > 2 ? ` and ${ends.length - 2} more` : ''}`;
  const who = episode === undefined ? '' : ` &middot; episode ${html(clip(clean(episode.id), 60))}`;
  const command = toolCall?.command ?? process?.commandLine;
  yield `<summary><span class="head">${verdictMark(incident.verdict)}${sureness({ incident, members })} &middot; ${html(incident.category)} to ${html(where)}</span>`;
  yield `<span class="sub"> ${plural(incident.violations, 'violation')} &middot; ${when(incident.first)} UTC${who}<span class="paper"> &middot; ${token(incident.id)}</span></span>`;
  yield `${command === undefined ? '' : ` <code class="sub">${html(clip(clean(command), 140))}</code>`}</summary>`;
}

function sureness(entry: Pick<Case, 'incident' | 'members'>): string {
  const sure = surenessOf(entry);
  return sure === undefined ? '' : ` ${html(sure)}`;
}

function* whatHappened({ incident, members, lead }: Case, { clean }: ReporterOptions): Generator<string> {
  const { rule, severity, attack } = lead.violation.finding;
  const ends = destinationsOf(members);
  const where = `${ends
    .slice(0, 5)
    .map((end) => html(clip(clean(end), 90)))
    .join(', ')}${ends.length > 5 ? ` and ${ends.length - 5} more` : ''}`;
  const until = incident.last - incident.first < 1000 ? '' : ` to ${when(incident.last)}`;
  const techniques = attack.length === 0 ? '' : `, ATT&amp;CK ${html(clean(attack.join(', ')))}`;
  yield `<h3>What happened</h3><p>${html(clean(rule.name))} (severity ${severity}${techniques}): ${plural(incident.violations, 'violation')} in ${plural(incident.records, 'record')} to ${where}, ${when(incident.first)}${until} UTC. <a class="js" href="#timeline" data-from="${incident.first - MARGIN_US}" data-to="${incident.last + MARGIN_US}">On the timeline</a></p>`;
}

function* whoCaused({ incident, members, lead }: Case, { clean }: ReporterOptions): Generator<string> {
  const text = (value: string): string => html(clean(value));
  const { episode, toolCall, process } = causeOf(lead);
  yield '<h3>Who caused it</h3><dl>';
  if (episode !== undefined)
    yield term('Episode', `<code>${text(episode.id)}</code> <span class="dim">${text(episodeParts(episode))}</span>`);
  if (toolCall !== undefined) {
    const start = toolCall.start === undefined ? '' : ` at ${when(toolCall.start)} UTC`;
    yield term('Tool call', `<code>${text(toolCall.id)}</code> ${text(toolCall.name)}${start}`);
    if (toolCall.command !== undefined) yield term('Command', pre(clip(clean(toolCall.command), MAX_RAW)));
  }
  if (process !== undefined) {
    const host = process.host === undefined ? '' : ` on ${text(process.host)}`;
    const line = html(clip(clean(process.commandLine ?? process.executable ?? ''), 600));
    yield term('Process', `${text(processName(process))}${host} <code>${line}</code>`);
  }
  if (episode === undefined && process === undefined) yield term('Cause', 'The records do not name one.');
  yield term(
    'How sure',
    `${verdictMark(incident.verdict)}${sureness({ incident, members })}; by nobody known to us ${html(percent(lead.nullProbability))}`,
  );
  yield term('Because', text(lead.reason));
  const others = othersOf({ incident, members, lead });
  if (others !== undefined) yield term('Others', text(others));
  for (const [label, says] of circumstancesOf(incident)) yield term(titleOf(label), text(says));
  yield '</dl>';
}

function term(label: string, markup: string): string {
  return `<dt>${label}</dt><dd>${markup}</dd>`;
}

function place(ref: SourceRef, { clean, raw }: ReporterOptions): string {
  const line = raw?.(ref);
  return `<span class="dim">${html(clean(ref.source))}:${ref.line}</span>${line === undefined ? '' : pre(clip(clean(line), MAX_RAW))}`;
}

/** The way from the alert to the episode, each step with the raw line it rests on. */
function chain(lead: Attribution, options: ReporterOptions): string {
  const items = chainOf(lead).map(
    ({ name, says, ref }) =>
      `<li><b>${name}</b> ${html(clip(options.clean(says), 400))}${ref === undefined ? '' : ` ${place(ref, options)}`}</li>`,
  );
  return `<h3>From the alert to the cause</h3><ol class="chain">${items.join('')}</ol>`;
}
