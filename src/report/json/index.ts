import { countVerdicts } from '../../core/findings/findings.ts';
import { fingerprintOf } from '../../core/findings/fingerprint.ts';
import { jsonText, quoted } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution, Incident } from '../../model/attribution.ts';
import type { BaselineEntry, BaselineUse } from '../../model/baseline.ts';
import type { GpuTime } from '../../model/circumstance.ts';
import type { ClockReport, InputReport, Report } from '../../model/report.ts';
import { VOCABULARY } from '../../model/vocabulary.ts';
import { AttributionLines } from './ahead.ts';
import { decidedPart } from './decided.ts';
import { decidedTexts } from './decided-text.ts';
import { refRecord, round, seenPart } from './seen.ts';
import { seenTexts } from './seen-text.ts';
import { writtenOnce } from './shared.ts';

type Clean = (text: string) => string;
type Json = Record<string, unknown>;

/**
 * Members that are `undefined` are written by nobody: unlike members that are spread in when they are there, they cost nothing,
 * and there are tens of thousands of records.
 */

/** Newline-delimited records: run, input, clock, attribution, incident, summary. The contract of the program; see docs/json.md. */
export function* jsonRecords(report: Report, clean: Clean): Generator<Json> {
  yield* headRecords(report, clean);
  for (const attribution of report.attributions) yield attributionRecord(attribution, clean);
  yield* tailRecords(report, clean);
}

/** The same records as lines of text. `lines`: where some of its attributions were written ahead. */
export function* jsonLines(report: Report, clean: Clean, lines = attributionLines(clean)): Generator<string> {
  for (const record of headRecords(report, clean)) yield `${jsonText(record)}\n`;
  yield* lines.lines(report.attributions);
  for (const record of tailRecords(report, clean)) yield `${jsonText(record)}\n`;
}

/** What alike violations share is written once. */
export function attributionLines(clean: Clean): AttributionLines {
  const decidedText = writtenOnce(decidedTexts(clean));
  const seenText = seenTexts(clean);
  return new AttributionLines(
    (attribution) => `${seenText(attribution)},${decidedText(attribution)},${filedText(attribution)}}`,
  );
}

function* headRecords(report: Report, clean: Clean): Generator<Json> {
  yield {
    record: 'run',
    schema: 1,
    tool: 'egressblame',
    version: report.version,
    vocabulary: VOCABULARY,
    arguments: report.arguments.map(clean),
    problems: report.problems.map((problem) => ({ ...problem, message: clean(problem.message) })),
  };
  for (const input of report.inputs) yield inputRecord(input, clean);
  for (const clock of report.clocks) yield clockRecord(clock);
}

function* tailRecords(report: Report, clean: Clean): Generator<Json> {
  for (const incident of report.incidents) yield incidentRecord(incident, clean);
  yield summaryRecord(report);
}

function inputRecord(input: InputReport, clean: Clean): Json {
  return {
    record: 'input',
    path: input.path,
    format: input.format ?? null,
    roles: input.roles,
    sha256: input.sha256,
    bytes: input.bytes,
    records: input.records,
    skipped: input.skipped,
    first: input.first === undefined ? null : formatIso(input.first),
    last: input.last === undefined ? null : formatIso(input.last),
    host: input.host ?? null,
    ...(Object.keys(input.mixed).length === 0 ? {} : { mixed: input.mixed }),
    duplicateOf: input.duplicateOf,
    note: input.note,
    ...(input.format === undefined && input.candidates.length > 0 ? { tried: input.candidates } : {}),
    ...(input.bad.length === 0 ? {} : { bad: input.bad.map((bad) => ({ ...bad, text: clean(bad.text) })) }),
  };
}

function clockRecord(clock: ClockReport): Json {
  return {
    record: 'clock',
    domain: clock.domain,
    offsetUs: clock.offsetUs,
    intervalUs: clock.intervalUs,
    driftPpm: clock.driftPpm,
    steps: clock.steps.map((step) => ({ at: formatIso(step.at), byUs: step.byUs })),
    zone: clock.zone,
    pairs: clock.pairs,
    method: clock.method,
    note: clock.note,
  };
}

export function attributionRecord(attribution: Attribution, clean: Clean): Json {
  return { ...seenPart(attribution, clean), ...decidedPart(attribution, clean), ...filedPart(attribution) };
}

function filedPart(attribution: Attribution): Json {
  return {
    incident: attribution.incident,
    fingerprint: fingerprintOf(attribution),
    accepted: attribution.accepted === undefined ? undefined : acceptedRecord(attribution.accepted),
  };
}

function filedText(attribution: Attribution): string {
  const { incident, accepted } = attribution;
  const own = `"incident":${quoted(incident)},"fingerprint":${quoted(fingerprintOf(attribution))}`;
  return accepted === undefined ? own : `${own},"accepted":${jsonText(acceptedRecord(accepted))}`;
}

function acceptedRecord({ owner, reason, expires }: BaselineEntry): Json {
  return { owner, reason, expires };
}

function incidentRecord(incident: Incident, clean: Clean): Json {
  const { requested, recurrence, gpu } = incident;
  return {
    record: 'incident',
    id: incident.id,
    verdict: incident.verdict,
    category: incident.category,
    violations: incident.violations,
    records: incident.records,
    first: formatIso(incident.first),
    last: formatIso(incident.last),
    episode: incident.episode ?? null,
    toolCall: incident.toolCall ?? null,
    attributions: incident.attributions,
    requested:
      requested === undefined
        ? null
        : { answer: requested.answer, says: clean(requested.says), refs: requested.refs.map(refRecord) },
    recurrence: recurrence ?? null,
    gpu: gpu === undefined ? null : gpuRecord(gpu),
  };
}

function gpuRecord(gpu: GpuTime): Json {
  if (gpu.answer === 'unknown') return { answer: gpu.answer, says: gpu.says };
  return {
    answer: gpu.answer,
    gpuHours: gpu.gpuHours,
    uses: gpu.uses.map(({ host, from, to, refs, ...use }) => ({
      host: host ?? null,
      ...use,
      from: formatIso(from),
      to: formatIso(to),
      refs: refs.map(refRecord),
    })),
  };
}

function summaryRecord(report: Report): Json {
  const count = countVerdicts(report);
  return {
    record: 'summary',
    violations: report.attributions.length,
    proven: count.proven,
    likely: count.likely,
    ambiguous: count.ambiguous,
    unattributed: count.unattributed,
    notAgent: count['not-agent'],
    episodes: report.episodes,
    toolCalls: report.calls,
    coverage: round(report.coverage),
    chance: report.chance ?? null,
    ...(report.baseline === undefined ? {} : { baseline: baselineRecord(report.baseline) }),
  };
}

function baselineRecord({ path, entries, accepted, expired, unused }: BaselineUse): Json {
  return { path, entries, accepted, expired: expired.map(({ fingerprint }) => fingerprint), unused };
}
