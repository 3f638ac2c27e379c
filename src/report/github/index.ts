import { certaintyOf } from '../../core/findings/case-says.ts';
import { acceptedText, causeOf, destinationsOf, isBlamed, plural, worstFirst } from '../../core/findings/findings.ts';
import { clip, escapeTerminal } from '../../core/text/text.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { BaselineEntry } from '../../model/baseline.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';

/** GitHub keeps ten annotations of a kind and step; the rest would vanish without a word. */
const MAX = 10;
/** Expired entries never take the place of more than three violations. */
const MAX_EXPIRED = 3;
const WIDTH = 600;

/** Workflow commands: the worst of each incident, ten annotations in all, then how many of each kind are hidden. */
export const github: Reporter = {
  id: 'github',
  render: function* (report, options) {
    const expired = report.baseline?.expired ?? [];
    const all = eachIncidentFirst(worstFirst(report.attributions).filter(({ verdict }) => verdict !== 'not-agent'));
    const shown = all.slice(0, MAX - Math.min(MAX_EXPIRED, expired.length));
    const named = expired.slice(0, MAX - shown.length);
    for (const entry of named) yield expiredAnnotation(entry, report.baseline?.path ?? '', options);
    for (const attribution of shown) yield annotation(attribution, options);
    const hidden = [
      hiddenText(all.length, shown.length, ['more violation']),
      hiddenText(expired.length, named.length, ['more expired baseline entry', 'more expired baseline entries']),
    ].filter((text) => text !== undefined);
    if (hidden.length > 0)
      yield `::notice title=egressblame::${hidden.join('; ')}. Write -o night.html to see all violations${named.length < expired.length ? ', and run egressblame baseline show to see all entries' : ''}\n`;
  },
};

/** The worst of each incident, then the rest: one scan of many ports must not hide the tunnel beside it. */
function eachIncidentFirst(worst: readonly Attribution[]): readonly Attribution[] {
  const seen = new Set<string>();
  const [first, rest]: [Attribution[], Attribution[]] = [[], []];
  for (const attribution of worst) {
    (seen.has(attribution.incident) ? rest : first).push(attribution);
    seen.add(attribution.incident);
  }
  return [...first, ...rest];
}

function hiddenText(all: number, shown: number, noun: readonly [string, string?]): string | undefined {
  return all > shown ? `${plural(all - shown, ...noun)} not shown here (${shown} of ${all} are)` : undefined;
}

function expiredAnnotation(entry: BaselineEntry, path: string, { clean }: ReporterOptions): string {
  const text = `${entry.fingerprint}, ${entry.category} to ${entry.destination}: no longer ${acceptedText(entry)}`;
  return `::error file=${property(clean(path))},title=expired in the baseline::${message(clean(text))}\n`;
}

function annotation(attribution: Attribution, { clean }: ReporterOptions): string {
  const { violation } = attribution;
  const { ref } = violation.event;
  const { episode, toolCall } = causeOf(attribution);
  const cause =
    episode === undefined
      ? ''
      : ` by episode ${episode.id}${toolCall === undefined ? '' : `, tool call ${toolCall.id}`}`;
  const text = `${certaintyOf(attribution)}: ${violation.finding.rule.name} to ${destinationsOf([attribution])[0] ?? '?'}${cause}. ${attribution.reason}`;
  const title = `${violation.finding.category} (${violation.id})`;
  return `::${isBlamed(attribution) ? 'error' : 'warning'} file=${property(clean(ref.source))},line=${ref.line},title=${property(clean(title))}::${message(clean(text))}\n`;
}

/** Percent and line ends are what a workflow command reads; no line end is left after escapeTerminal. */
function message(text: string): string {
  return escapeTerminal(clip(text, WIDTH)).replaceAll('%', '%25');
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
