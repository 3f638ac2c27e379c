import { causeOf, endsOf } from '../../core/findings/findings.ts';
import { recordsOf } from '../../core/findings/records-of.ts';
import { csvLine } from '../../core/tables/csv.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';

type Value = string | number | undefined;

/** The table's columns; new ones are added at the end. */
const COLUMNS: readonly (readonly [string, (attribution: Attribution) => Value])[] = [
  ['violation', ({ violation }) => violation.id],
  ['incident', ({ incident }) => incident],
  ['verdict', ({ verdict }) => verdict],
  ['probability', ({ probability }) => Math.round(probability * 1e6) / 1e6],
  ['time', ({ violation }) => formatIso(violation.first)],
  ['raw_time', ({ violation }) => violation.event.time.raw],
  ['category', ({ violation }) => violation.finding.category],
  ['severity', ({ violation }) => violation.finding.severity],
  ['rule', ({ violation }) => violation.finding.rule.name],
  ['action', ({ violation }) => endsOf(violation.event).action],
  ['src_ip', ({ violation }) => endsOf(violation.event).src.ip],
  ['src_port', ({ violation }) => endsOf(violation.event).src.port],
  ['dst_ip', ({ violation }) => endsOf(violation.event).dst.ip],
  ['dst_port', ({ violation }) => endsOf(violation.event).dst.port],
  ['dst_domain', ({ violation }) => endsOf(violation.event).dst.domain],
  ['transport', ({ violation }) => endsOf(violation.event).transport],
  ['count', ({ violation }) => violation.count],
  ['records', ({ violation }) => recordsOf(violation)],
  ['episode', (attribution) => causeOf(attribution).episode?.id],
  ['run', (attribution) => causeOf(attribution).episode?.run],
  ['group', (attribution) => causeOf(attribution).episode?.group],
  ['step', (attribution) => causeOf(attribution).episode?.step],
  ['sandbox', (attribution) => causeOf(attribution).episode?.sandboxId],
  ['tool_call', (attribution) => causeOf(attribution).toolCall?.id],
  ['tool', (attribution) => causeOf(attribution).toolCall?.name],
  ['command', (attribution) => causeOf(attribution).toolCall?.command],
  ['pid', (attribution) => causeOf(attribution).process?.pid],
  ['process', (attribution) => causeOf(attribution).process?.commandLine ?? causeOf(attribution).process?.executable],
  ['reason', ({ reason }) => reason],
  ['missing', ({ missing }) => missing.join('; ')],
  ['file', ({ violation }) => violation.event.ref.source],
  ['line', ({ violation }) => violation.event.ref.line],
  ['accepted_until', ({ accepted }) => accepted?.expires],
];

/** One row a violation, for a spreadsheet. */
export const csv: Reporter = {
  id: 'csv',
  render: function* (report, options) {
    yield csvLine(COLUMNS.map(([name]) => name));
    for (const attribution of report.attributions) yield row(attribution, options);
  },
};

function row(attribution: Attribution, { clean }: ReporterOptions): string {
  return csvLine(
    COLUMNS.map(([, read]) => {
      const value = read(attribution);
      return typeof value === 'string' ? clean(value) : value;
    }),
  );
}
