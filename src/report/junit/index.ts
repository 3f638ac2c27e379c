import { certaintyOf } from '../../core/findings/case-says.ts';
import { acceptedText, casesOf, causeOf, destinationsOf, plural } from '../../core/findings/findings.ts';
import { push } from '../../core/push.ts';
import { escapeTerminal } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { BaselineEntry } from '../../model/baseline.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';

const ENTITY = wordTable<string>({
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
});

/** JUnit XML: one suite an incident category, one case a violation; what no agent did is a skipped case. Viewers show NaN where `time` is missing. */
export const junit: Reporter = {
  id: 'junit',
  render: function* (report, options) {
    const suites = new Map<string, Attribution[]>();
    for (const { members } of casesOf(report))
      for (const member of members) push(suites, member.violation.finding.category, member);
    const all = report.attributions;
    const expired = report.baseline?.expired ?? [];
    yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="egressblame" tests="${Math.max(1, all.length) + expired.length}" failures="${all.filter(isFailure).length + expired.length}" errors="${all.length === 0 && report.coverage === 0 ? 1 : 0}" skipped="${all.filter(isSkipped).length}" time="0">\n`;
    // A suite without cases reads as "nothing ran" in most viewers: say in one case that the check was made.
    if (all.length === 0) yield emptySuite(report.coverage > 0);
    if (expired.length > 0) yield* expiredSuite(expired, options);
    for (const [category, members] of suites) yield* suite(category, members, options);
    yield '</testsuites>\n';
  },
};

/** XML 1.0 text: markup escaped, characters that XML forbids made visible. */
function xml(text: string): string {
  return escapeTerminal(text)
    .replace(/[\ud800-\udfff\ufffe\uffff]/gu, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"']/g, (character) => ENTITY[character] ?? '');
}

function isSkipped({ verdict, accepted }: Attribution): boolean {
  return verdict === 'not-agent' || accepted !== undefined;
}

function isFailure(attribution: Attribution): boolean {
  return !isSkipped(attribution);
}

function emptySuite(covered: boolean): string {
  const body = covered ? '/>' : '><error message="nothing readable was found" type="coverage"/></testcase>';
  return `  <testsuite name="egress" tests="1" failures="0" errors="${covered ? 0 : 1}" skipped="0" time="0">\n    <testcase classname="egress" name="no violation" time="0"${body}\n  </testsuite>\n`;
}

function* expiredSuite(expired: readonly BaselineEntry[], { clean }: ReporterOptions): Generator<string> {
  yield `  <testsuite name="baseline" tests="${expired.length}" failures="${expired.length}" errors="0" skipped="0" time="0">\n`;
  for (const entry of expired)
    yield `    <testcase classname="baseline.expired" name="${xml(clean(`${entry.category} to ${entry.destination} (${entry.fingerprint})`))}" time="0"><failure type="expired" message="${xml(clean(`no longer ${acceptedText(entry)}`))}"/></testcase>\n`;
  yield '  </testsuite>\n';
}

function* suite(category: string, members: readonly Attribution[], options: ReporterOptions): Generator<string> {
  yield `  <testsuite name="${xml(category)}" tests="${members.length}" failures="${members.filter(isFailure).length}" errors="0" skipped="${members.filter(isSkipped).length}" time="0" timestamp="${formatIso(members[0]?.violation.first ?? (0 as never)).slice(0, 19)}">\n`;
  for (const member of members) yield testcase(member, options);
  yield '  </testsuite>\n';
}

function testcase(attribution: Attribution, { clean }: ReporterOptions): string {
  const { violation, verdict } = attribution;
  const { ref } = violation.event;
  const name = `${violation.finding.rule.name} to ${destinationsOf([attribution])[0] ?? '?'} (${violation.id})`;
  const open = `    <testcase classname="${xml(clean(`${violation.finding.category}.${attribution.incident}`))}" name="${xml(clean(name))}" time="0" file="${xml(clean(ref.source))}" line="${ref.line}">`;
  const { episode, toolCall, process } = causeOf(attribution);
  const says = [
    certaintyOf(attribution),
    episode === undefined ? '' : `episode ${episode.id}`,
    toolCall === undefined ? '' : `tool call ${toolCall.id}`,
  ].filter((part) => part !== '');
  if (isSkipped(attribution))
    return `${open}<skipped message="${xml(clean(attribution.accepted === undefined ? `not an agent: ${attribution.reason}` : acceptedText(attribution.accepted)))}"/></testcase>\n`;
  const lines = [
    `time: ${formatIso(violation.first)}, ${plural(violation.count, 'time')}`,
    `record: ${ref.source}:${ref.line}`,
    ...(toolCall?.command === undefined ? [] : [`command: ${toolCall.command}`]),
    ...(process === undefined
      ? []
      : [`process: ${process.pid ?? process.entityId ?? '?'} ${process.commandLine ?? process.executable ?? ''}`]),
    `because: ${attribution.reason}`,
    ...attribution.missing.map((missing) => `would settle it: ${missing}`),
  ];
  return `${open}<failure type="${verdict}" message="${xml(clean(says.join(', ')))}">${lines.map((line) => xml(clean(line))).join('\n')}</failure></testcase>\n`;
}
