import { causeOf, destinationsOf, endsOf, endText } from '../../core/findings/findings.ts';
import { csvLine } from '../../core/tables/csv.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { Report } from '../../model/report.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';
import type { Micros } from '../../model/time.ts';

/** Timesketch demands the first three; `timestamp` is microseconds. Every row has every column. */
const COLUMNS = [
  'message',
  'datetime',
  'timestamp_desc',
  'timestamp',
  'violation',
  'incident',
  'verdict',
  'probability',
  'category',
  'severity',
  'source_ip',
  'source_port',
  'destination',
  'episode',
  'tool_call',
  'file',
  'line',
  'accepted_until',
] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], string | number>>;

export const timesketch: Reporter = {
  id: 'timesketch',
  render: function* (report, options) {
    for (const row of rowsOf(report, options)) yield `${jsonText(row)}\n`;
  },
};

export const timesketchCsv: Reporter = {
  id: 'timesketch-csv',
  render: function* (report, options) {
    yield csvLine(COLUMNS);
    for (const row of rowsOf(report, options)) yield csvLine(COLUMNS.map((column) => row[column]));
  },
};

/** Violations by time, each blamed tool call once at its start. */
function rowsOf(report: Report, options: ReporterOptions): readonly Row[] {
  const rows: Row[] = [];
  const called = new Set<string>();
  for (const attribution of report.attributions) {
    rows.push(violationRow(attribution, options));
    const { toolCall, episode } = causeOf(attribution);
    const key = `${episode?.id ?? ''}|${toolCall?.id ?? ''}`;
    if (toolCall?.start === undefined || called.has(key)) continue;
    called.add(key);
    rows.push(callRow(attribution, toolCall.start, options));
  }
  return rows.sort(
    (a, b) =>
      Number(a.timestamp) - Number(b.timestamp) ||
      (a.timestamp_desc < b.timestamp_desc ? -1 : a.timestamp_desc > b.timestamp_desc ? 1 : 0) ||
      (a.violation < b.violation ? -1 : 1),
  );
}

function violationRow(attribution: Attribution, { clean }: ReporterOptions): Row {
  const { violation } = attribution;
  const text = (value: string): string => escapeTerminal(clean(value));
  const ends = endsOf(violation.event);
  return {
    ...common(attribution, violation.first, text),
    message: text(
      `${violation.finding.rule.name}: ${endText(ends.src)} to ${endText(ends.dst)}; ${attribution.verdict}, ${attribution.reason}`,
    ),
    timestamp_desc: 'Network violation',
    file: text(violation.event.ref.source),
    line: violation.event.ref.line,
  };
}

function callRow(attribution: Attribution, start: Micros, { clean }: ReporterOptions): Row {
  const { toolCall } = attribution;
  const text = (value: string): string => escapeTerminal(clean(value));
  return {
    ...common(attribution, start, text),
    message: text(`${toolCall?.name ?? ''}: ${toolCall?.command ?? toolCall?.id ?? ''}`),
    timestamp_desc: 'Tool call start',
    file: text(toolCall?.ref.source ?? ''),
    line: toolCall?.ref.line ?? '',
  };
}

function common(
  attribution: Attribution,
  at: Micros,
  text: (value: string) => string,
): Omit<Row, 'message' | 'timestamp_desc' | 'file' | 'line'> & Partial<Row> {
  const { violation, verdict, probability, incident } = attribution;
  const { episode, toolCall } = causeOf(attribution);
  const { src } = endsOf(violation.event);
  return {
    message: '',
    datetime: formatIso(at).replace('Z', '+00:00'),
    timestamp_desc: '',
    timestamp: at,
    violation: violation.id,
    incident,
    verdict,
    probability: Math.round(probability * 1e6) / 1e6,
    category: violation.finding.category,
    severity: violation.finding.severity,
    source_ip: src.ip ?? '',
    source_port: src.port ?? '',
    destination: text(destinationsOf([attribution])[0] ?? ''),
    episode: text(episode?.id ?? ''),
    tool_call: text(toolCall?.id ?? ''),
    accepted_until: attribution.accepted?.expires ?? '',
  };
}
