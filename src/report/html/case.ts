import {
  type Case,
  candidateName,
  causeOf,
  commandFor,
  destinationsOf,
  endsOf,
  endText,
  episodeParts,
  percent,
  plural,
  VERDICT_MARK,
} from '../../core/findings.ts';
import { clip } from '../../core/text.ts';
import { formatIso } from '../../core/time.ts';
import type { Attribution, Verdict } from '../../model/attribution.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import type { SourceRef } from '../../model/source.ts';
import { html, token } from './escape.ts';

const MAX_RAW = 2000;
const MAX_RIVALS = 8;

/** How much of an incident is told: all of it, unfolded or not, or only what, who, how sure and why. */
export type Form = 'open' | 'full' | 'short';

export function verdictMark(verdict: Verdict, text: string = verdict): string {
  return `<span class="v ${verdict}" data-mark="${VERDICT_MARK[verdict]}">${text}</span>`;
}

/** `2026-11-23 17:19:11.123`: a time as people read it, the machine's form in the attribute. */
export function when(at: Parameters<typeof formatIso>[0]): string {
  const iso = formatIso(at);
  return `<time datetime="${iso}" class="nowrap">${iso.replace('T', ' ').slice(0, 23)}</time>`;
}

/** One incident: what happened, who, the chain with the raw lines, rivals, what would settle it, all its violations. */
export function* caseSection(
  { incident, members, lead }: Case,
  form: Form,
  options: ReporterOptions,
): Generator<string> {
  const { clean } = options;
  const text = (value: string): string => html(clean(value));
  const { episode, toolCall, process } = causeOf(lead);
  const ends = destinationsOf(members).map((end) => clip(clean(end), 60));
  const where = `${ends.slice(0, 3).join(', ')}${ends.length > 3 ? ` and ${ends.length - 3} more` : ''}`;
  const sure =
    incident.verdict === 'ambiguous' || incident.verdict === 'unattributed' ? '' : ` ${percent(lead.probability)}`;
  yield `<details class="case" id="${token(incident.id)}" data-verdict="${incident.verdict}"${form === 'open' ? ' open' : ''}>`;
  yield `<summary><span class="head">${verdictMark(incident.verdict)}${sure} · ${text(incident.category)} to ${html(where)}</span>`;
  yield `<span class="sub"> ${plural(incident.violations, 'violation')} · ${when(incident.first)}${episode === undefined ? '' : ` · episode ${html(clip(clean(episode.id), 60))}`}</span></summary><div>`;
  yield `<h3>What happened</h3><p>${text(lead.violation.finding.rule.name)} (severity ${lead.violation.finding.severity}${lead.violation.finding.attack.length === 0 ? '' : `, ATT&amp;CK ${text(lead.violation.finding.attack.join(', '))}`}): ${plural(incident.violations, 'violation')} in ${plural(incident.records, 'record')} to ${html(where)}, ${when(incident.first)} to ${when(incident.last)}.</p>`;
  yield '<h3>Who caused it</h3><dl>';
  if (episode !== undefined)
    yield row('Episode', `<code>${text(episode.id)}</code> <span class="dim">${text(episodeParts(episode))}</span>`);
  if (toolCall !== undefined) {
    yield row(
      'Tool call',
      `<code>${text(toolCall.id)}</code> ${text(toolCall.name)}${toolCall.start === undefined ? '' : ` at ${when(toolCall.start)}`}`,
    );
    if (toolCall.command !== undefined) yield row('Command', pre(clean(toolCall.command)));
  }
  if (process !== undefined)
    yield row(
      'Process',
      `pid ${process.pid}${process.host === undefined ? '' : ` on ${text(process.host)}`} <code>${html(clip(clean(process.commandLine ?? process.executable ?? ''), 600))}</code>`,
    );
  if (episode === undefined && process === undefined) yield row('Cause', 'The records do not name one.');
  yield row(
    'How sure',
    `${verdictMark(incident.verdict)}${sure}; by nobody known to us ${percent(lead.nullProbability)}`,
  );
  yield row('Because', text(lead.reason));
  yield '</dl>';
  if (form !== 'short') {
    yield* chain(lead, options);
    yield* evidence(lead, options);
    yield* rivals(lead, options);
  }
  if (lead.missing.length > 0)
    yield `<h3>What would settle it</h3><ul>${lead.missing.map((missing) => `<li>${text(missing)}</li>`).join('')}</ul>`;
  if (form !== 'short' || members.length > 1) yield* violations(members, options);
  yield `<p class="dim">All evidence: <code>${text(commandFor(options.command, 'explain', lead.violation.id))}</code></p></div></details>\n`;
}

function row(label: string, markup: string): string {
  return `<dt>${label}</dt><dd>${markup}</dd>`;
}

function pre(text: string): string {
  // Lines of a command stay lines; everything else that acts is made visible.
  return `<pre tabindex="0">${clip(text, MAX_RAW).split('\n').map(html).join('\n')}</pre>`;
}

function place(ref: SourceRef, { clean, raw }: ReporterOptions): string {
  const line = raw?.(ref);
  return `<span class="dim">${html(clean(ref.source))}:${ref.line}</span>${line === undefined ? '' : pre(clean(line))}`;
}

function* chain(lead: Attribution, options: ReporterOptions): Generator<string> {
  const { episode, toolCall, process } = causeOf(lead);
  const { clean } = options;
  const ends = endsOf(lead.violation.event);
  const socket = lead.evidence.find(
    ({ code, refs }) => ['socket-owner', 'nat-join', 'proxy-join'].includes(code) && refs.length > 0,
  );
  const lease = lead.evidence.find(({ code, refs }) => code === 'lease' && refs.length > 0);
  const step = (name: string, says: string, ref: SourceRef | undefined): string =>
    `<li><b>${name}</b> ${html(clip(clean(says), 400))}${ref === undefined ? '' : ` ${place(ref, options)}`}</li>`;
  yield '<h3>From the alert to the cause</h3><ol class="chain">';
  yield step(
    'Alert',
    `${ends.action === 'unknown' ? '' : `${ends.action} `}${endText(ends.src)} to ${endText(ends.dst)}`,
    lead.violation.event.ref,
  );
  if (socket !== undefined) yield step('Socket', socket.says, socket.refs[0]);
  if (process !== undefined) yield step('Process', `pid ${process.pid}`, process.ref);
  if (toolCall !== undefined) yield step('Tool call', toolCall.id, toolCall.ref);
  if (episode !== undefined) yield step('Episode', lease?.says ?? episode.id, lease?.refs[0]);
  yield '</ol>';
}

function* evidence(lead: Attribution, { clean }: ReporterOptions): Generator<string> {
  if (lead.evidence.length === 0) return;
  yield '<h3>Evidence</h3><table class="fold"><thead><tr><th scope="col">Fact</th><th scope="col">Says</th><th scope="col" class="n">Weight</th><th scope="col">Written</th><th scope="col">Record</th></tr></thead><tbody>';
  for (const fact of lead.evidence) {
    const ref = fact.refs[0];
    const from =
      ref === undefined
        ? ''
        : html(clean(`${ref.source}:${ref.line}`)) + (fact.refs.length > 1 ? ` and ${fact.refs.length - 1} more` : '');
    yield `<tr><td data-h="Fact" class="nowrap">${fact.code}</td><td data-h="Says">${html(clean(fact.says))}</td><td data-h="Weight" class="n">${fact.weight > 0 ? '+' : ''}${fact.weight}</td><td data-h="Written">${fact.trust === 'outside' ? 'outside the sandbox' : 'where the agent can write'}</td><td data-h="Record">${from}</td></tr>`;
  }
  yield '</tbody></table>';
}

function* rivals(lead: Attribution, { clean }: ReporterOptions): Generator<string> {
  const settled = lead.verdict === 'proven' || lead.verdict === 'likely' || lead.verdict === 'not-agent';
  const others = lead.candidates.slice(settled ? 1 : 0);
  yield `<h3>${settled ? 'Rivals and why each lost' : 'Suspects'}</h3>`;
  if (others.length === 0) {
    yield `<p>${settled ? 'None remained.' : 'None: no known episode or process fits.'}</p>`;
    return;
  }
  yield '<ul>';
  for (const candidate of others.slice(0, MAX_RIVALS))
    yield `<li>${percent(candidate.probability)} <code>${html(clean(candidateName(candidate)))}</code>${candidate.lostBecause === undefined ? '' : `: ${html(clean(candidate.lostBecause))}`}</li>`;
  if (others.length > MAX_RIVALS) yield `<li>and ${others.length - MAX_RIVALS} more</li>`;
  yield '</ul>';
}

function* violations(members: readonly Attribution[], { clean }: ReporterOptions): Generator<string> {
  yield `<details><summary>All ${plural(members.length, 'violation')}</summary><table class="fold rows"><thead><tr><th scope="col">Time (UTC)</th><th scope="col">Raw time</th><th scope="col">From</th><th scope="col">To</th><th scope="col">Verdict</th><th scope="col">Record</th></tr></thead><tbody>`;
  for (const { violation, verdict } of members) {
    const ends = endsOf(violation.event);
    yield `<tr id="${token(violation.id)}"><td data-h="Time">${formatIso(violation.first).replace('T', ' ').slice(0, 23)}</td><td data-h="Raw">${html(clip(clean(violation.event.time.raw), 60))}</td><td data-h="From">${html(clean(endText(ends.src)))}</td><td data-h="To">${html(clean(endText(ends.dst)))}${violation.count > 1 ? ` ×${violation.count}` : ''}</td><td data-h="Verdict">${verdict}</td><td data-h="Record">${html(clean(`${violation.event.ref.source}:${violation.event.ref.line}`))} ${html(violation.id)}</td></tr>`;
  }
  yield '</tbody></table></details>';
}
