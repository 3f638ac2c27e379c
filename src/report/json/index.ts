import { countVerdicts } from '../../core/findings.ts';
import { fingerprintOf } from '../../core/fingerprint.ts';
import { jsonText, quoted } from '../../core/text.ts';
import { formatIso } from '../../core/time.ts';
import type { Attribution, Candidate, Evidence, Incident, ProcessRef, ToolCallRef } from '../../model/attribution.ts';
import type { BaselineEntry, BaselineUse } from '../../model/baseline.ts';
import type { GpuTime } from '../../model/circumstance.ts';
import type { ClockReport, InputReport, Report } from '../../model/report.ts';
import { VOCABULARY } from '../../model/vocabulary.ts';
import { AttributionLines } from './ahead.ts';
import { refRecord, round, seenPart } from './seen.ts';
import { seenTexts } from './seen-text.ts';
import { type Decided, writtenOnce } from './shared.ts';

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
  const decidedText = writtenOnce((decided) => jsonText(decidedPart(decided, clean)).slice(1, -1));
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
    ...(input.duplicateOf === undefined ? {} : { duplicateOf: input.duplicateOf }),
    ...(input.note === undefined ? {} : { note: input.note }),
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
    ...(clock.note === undefined ? {} : { note: clock.note }),
  };
}

export function attributionRecord(attribution: Attribution, clean: Clean): Json {
  return { ...seenPart(attribution, clean), ...decidedPart(attribution, clean), ...filedPart(attribution) };
}

function decidedPart(attribution: Decided, clean: Clean): Json {
  const named = attribution.verdict === 'proven' || attribution.verdict === 'likely';
  const { episode, process } = attribution;
  return {
    episode:
      named && episode !== undefined
        ? {
            id: episode.id,
            run: episode.run ?? null,
            group: episode.group ?? null,
            step: episode.step ?? null,
            task: episode.task === undefined ? null : clean(episode.task),
            sandbox: episode.sandboxId ?? null,
          }
        : null,
    toolCall: named && attribution.toolCall !== undefined ? toolCallRecord(attribution.toolCall, clean) : null,
    process:
      (named || attribution.verdict === 'not-agent') && process !== undefined
        ? {
            pid: process.pid ?? null,
            entityId: process.entityId === undefined ? undefined : clean(process.entityId),
            executable: process.executable ?? null,
            commandLine: process.commandLine === undefined ? null : clean(process.commandLine),
            host: process.host ?? null,
          }
        : null,
    candidates: attribution.candidates.map((candidate) => candidateRecord(candidate, clean)),
    nullProbability: round(attribution.nullProbability),
    evidence: attribution.evidence.map((evidence) => evidenceRecord(evidence, clean)),
    missing: attribution.missing.map(clean),
    reason: clean(attribution.reason),
  };
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

function toolCallRecord(call: ToolCallRef, clean: Clean): Json {
  return {
    id: call.id,
    name: call.name,
    command: call.command === undefined ? null : clean(call.command),
    start: call.start === undefined ? null : formatIso(call.start),
    end: call.end === undefined ? null : formatIso(call.end),
    source: refRecord(call.ref),
  };
}

function candidateProcess({ pid, entityId, executable }: ProcessRef, clean: Clean): Json {
  return {
    pid: pid ?? null,
    entityId: entityId === undefined ? undefined : clean(entityId),
    executable: executable ?? null,
  };
}

function candidateRecord(candidate: Candidate, clean: Clean): Json {
  return {
    episode: candidate.episode?.id ?? null,
    toolCall: candidate.toolCall?.id ?? null,
    process:
      candidate.episode === undefined && candidate.process !== undefined
        ? candidateProcess(candidate.process, clean)
        : undefined,
    probability: round(candidate.probability),
    evidence: candidate.evidence.map((evidence) => evidence.code),
    lostBecause: candidate.lostBecause === undefined ? undefined : clean(candidate.lostBecause),
  };
}

function evidenceRecord(evidence: Evidence, clean: Clean): Json {
  return {
    code: evidence.code,
    says: clean(evidence.says),
    trust: evidence.trust,
    weight: evidence.weight,
    refs: evidence.refs.map(refRecord),
  };
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
