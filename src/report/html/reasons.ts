import { candidateName, percent } from '../../core/findings/findings.ts';
import { clip } from '../../core/text/text.ts';
import type { Attribution, Candidate, Evidence } from '../../model/attribution.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import { html } from './escape.ts';
import { table } from './words.ts';

const MAX_RIVALS = 8;

/** Every fact of the verdict, how much it counts, who wrote it and where it stands. */
export function* evidence(lead: Attribution, { clean }: ReporterOptions): Generator<string> {
  if (lead.evidence.length === 0) return;
  const text = (value: string): string => html(clean(value));
  const row = ({ code, says, weight, trust, refs }: Evidence): string => {
    const ref = refs[0];
    const more = refs.length > 1 ? ` and ${refs.length - 1} more` : '';
    const by = trust === 'outside' ? 'outside the sandbox' : 'where the agent can write';
    const from = ref === undefined ? '' : `${text(`${ref.source}:${ref.line}`)}${more}`;
    return `<tr><td>${code}</td><td>${text(says)}</td><td>${weight > 0 ? '+' : ''}${weight}</td><td>${by}</td><td>${from}</td></tr>`;
  };
  yield '<h3>Evidence</h3>';
  yield* table(['Fact', 'Says', 'Weight', 'Written', 'Record'], lead.evidence.map(row), 'facts');
}

/** The other candidates and why each lost; for an undecided case all of them, with the facts that keep them in question. */
export function* rivals(lead: Attribution, { clean }: ReporterOptions): Generator<string> {
  const settled = lead.verdict === 'proven' || lead.verdict === 'likely' || lead.verdict === 'not-agent';
  const others = lead.candidates.slice(settled ? 1 : 0);
  yield `<h3>${settled ? 'Rivals and why each lost' : 'Suspects'}</h3>`;
  if (others.length === 0) {
    yield `<p>${settled ? 'None remained.' : 'None: no known episode or process fits.'}</p>`;
    return;
  }
  const item = (candidate: Candidate): string => {
    const why = candidate.lostBecause ?? (settled ? undefined : factsFor(candidate));
    const command = settled ? undefined : candidate.toolCall?.command;
    return `<li>${html(percent(candidate.probability))} <code>${html(clean(candidateName(candidate)))}</code>${why === undefined ? '' : `: ${html(clean(why))}`}${command === undefined ? '' : `<br><code class="dim">${html(clip(clean(command), 200))}</code>`}</li>`;
  };
  yield `<ul>${others.slice(0, MAX_RIVALS).map(item).join('')}`;
  const left = Math.max(0, others.length - MAX_RIVALS) + (lead.unlisted?.count ?? 0);
  if (left > 0) yield `<li>and ${left} more</li>`;
  yield '</ul>';
}

function factsFor(candidate: Candidate): string | undefined {
  const facts = candidate.evidence.filter(({ weight }) => weight > 0).map(({ says }) => says);
  return facts.length === 0 ? undefined : facts.slice(0, 3).join('; ');
}
