import { causeOf, destinationsOf, percent, worstFirst } from '../../core/findings.ts';
import { clip, escapeTerminal, jsonText } from '../../core/text.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';
import type { Severity } from '../../model/violation.ts';

const SEVERITY: Record<Severity, string> = {
  informational: 'info',
  low: 'minor',
  medium: 'major',
  high: 'critical',
  critical: 'blocker',
};

/** GitLab code quality: a JSON array in the Code Climate shape. */
export const gitlab: Reporter = {
  id: 'gitlab',
  render: function* (report, options) {
    yield '[';
    let first = true;
    for (const attribution of worstFirst(report.attributions)) {
      yield `${first ? '\n' : ',\n'}${jsonText(issue(attribution, options))}`;
      first = false;
    }
    yield '\n]\n';
  },
};

function issue(attribution: Attribution, { clean }: ReporterOptions): Record<string, unknown> {
  const { violation, verdict } = attribution;
  const { finding, event } = violation;
  const { episode, toolCall } = causeOf(attribution);
  const cause =
    episode === undefined ? '' : `, episode ${episode.id}${toolCall === undefined ? '' : `, tool call ${toolCall.id}`}`;
  const text = `${finding.rule.name} to ${destinationsOf([attribution])[0] ?? '?'}: ${verdict} ${percent(attribution.probability)}${cause}`;
  return {
    description: escapeTerminal(clip(clean(text), 600)),
    check_name: escapeTerminal(clean(`${finding.category}/${finding.rule.id}`)),
    fingerprint: violation.id,
    // What no agent did is worth knowing, not worth stopping for.
    severity: verdict === 'not-agent' ? 'info' : SEVERITY[finding.severity],
    location: { path: escapeTerminal(clean(event.ref.source)), lines: { begin: Math.max(1, event.ref.line) } },
  };
}
