import { certaintyOf } from '../../core/findings/case-says.ts';
import { acceptedText, causeOf, destinationsOf, worstFirst } from '../../core/findings/findings.ts';
import { clip, escapeTerminal, jsonText } from '../../core/text/text.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { BaselineEntry } from '../../model/baseline.ts';
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
    const issues = [
      ...(report.baseline?.expired ?? []).map((entry) => expiredIssue(entry, report.baseline?.path ?? '', options)),
      ...worstFirst(report.attributions).map((attribution) => issue(attribution, options)),
    ];
    for (const one of issues) {
      yield `${first ? '\n' : ',\n'}${jsonText(one)}`;
      first = false;
    }
    yield '\n]\n';
  },
};

function expiredIssue(entry: BaselineEntry, path: string, { clean }: ReporterOptions): Record<string, unknown> {
  return {
    description: escapeTerminal(
      clip(clean(`${entry.category} to ${entry.destination}: no longer ${acceptedText(entry)}`), 600),
    ),
    check_name: 'baseline/expired',
    fingerprint: entry.fingerprint,
    severity: 'major',
    location: { path: escapeTerminal(clean(path)), lines: { begin: 1 } },
  };
}

function issue(attribution: Attribution, { clean }: ReporterOptions): Record<string, unknown> {
  const { violation, verdict } = attribution;
  const { finding, event } = violation;
  const { episode, toolCall } = causeOf(attribution);
  const cause =
    episode === undefined ? '' : `, episode ${episode.id}${toolCall === undefined ? '' : `, tool call ${toolCall.id}`}`;
  const text = `${finding.rule.name} to ${destinationsOf([attribution])[0] ?? '?'} (${violation.id}): ${certaintyOf(attribution)}${cause}`;
  return {
    description: escapeTerminal(clip(clean(text), 600)),
    check_name: escapeTerminal(clean(`${finding.category}/${finding.rule.id}`)),
    fingerprint: violation.id,
    // What no agent did is worth knowing, not worth stopping for.
    severity: verdict === 'not-agent' ? 'info' : SEVERITY[finding.severity],
    location: { path: escapeTerminal(clean(event.ref.source)), lines: { begin: Math.max(1, event.ref.line) } },
  };
}
