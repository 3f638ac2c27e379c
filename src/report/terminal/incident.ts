import { surenessOf } from '../../core/findings/case-says.ts';
import { type Case, causeOf, destinationsOf, plural, processName, VERDICT_MARK } from '../../core/findings/findings.ts';
import { clipColumns } from '../../core/text/display-width.ts';
import { escapeTerminal } from '../../core/text/text.ts';
import type { Attribution, Verdict } from '../../model/attribution.ts';
import type { TerminalOptions } from './options.ts';
import type { Style } from './style.ts';

/** An incident, and those of which nothing else is known than where they went and when. */
export interface Told {
  readonly one: Case;
  readonly alike: readonly Case[];
}

export function paint(verdict: Verdict, style: Style): (text: string) => string {
  if (verdict === 'proven') return style.red;
  if (verdict === 'likely') return style.yellow;
  return verdict === 'not-agent' ? style.green : style.cyan;
}

/** The verdict with its sign, and the least probability of its members where one is decided. */
export function certainty({ incident, members }: Case): string {
  const sure = surenessOf({ incident, members });
  return `${VERDICT_MARK[incident.verdict]} ${incident.verdict}${sure === undefined ? '' : ` ${sure}`}`;
}

export function destinations(members: readonly Attribution[]): string {
  const names = destinationsOf(members);
  return `to ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

/** An incident in two lines: how sure, what and where to; then the id to ask for and who. */
export function incidentLines({ one, alike }: Told, { style, width, clean }: TerminalOptions): readonly string[] {
  const { incident, members, lead } = one;
  const show = (text: string): string => clipColumns(escapeTerminal(clean(text)), width);
  const head = `${certainty(one)}  ${incident.category}  ${alike.length === 0 ? '' : `and ${plural(alike.length, 'incident')} alike, `}${destinations(members)}`;
  return [
    paint(incident.verdict, style)(show(head)),
    show(`  ${lead.violation.id}  ${culprit(lead).replace(/\s*\n\s*/g, ' ; ')}`),
  ];
}

function culprit(lead: Attribution): string {
  const { episode, toolCall, process } = causeOf(lead);
  const own = process?.commandLine ?? process?.executable;
  if (toolCall !== undefined)
    return `${episode?.id ?? '?'} ${toolCall.id} (${toolCall.name})  ${toolCall.command ?? own ?? ''}`;
  if (process !== undefined)
    return `${episode === undefined ? '' : `${episode.id} `}${processName(process)}  ${own ?? ''}`;
  return episode?.id ?? lead.reason;
}
