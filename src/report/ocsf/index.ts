import { acceptedText, casesOf, causeOf, endsOf, endText } from '../../core/findings/findings.ts';
import { recordsOf } from '../../core/findings/records-of.ts';
import { parentTechnique } from '../../core/findings/technique.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution, ProcessRef } from '../../model/attribution.ts';
import type { Endpoint } from '../../model/event.ts';
import type { Report } from '../../model/report.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';
import type { Severity } from '../../model/violation.ts';
import { VOCABULARY } from '../../model/vocabulary.ts';

type Json = Record<string, unknown>;

const SEVERITY: Record<Severity, readonly [number, string]> = {
  informational: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
};
/** OCSF's confidence has three levels; ours goes there by verdict, the number stands beside it. */
const CONFIDENCE: Record<Attribution['verdict'], readonly [number, string]> = {
  proven: [3, 'High'],
  likely: [2, 'Medium'],
  ambiguous: [1, 'Low'],
  unattributed: [1, 'Low'],
  'not-agent': [3, 'High'],
};

/** OCSF Detection Finding (class 2004), one JSON object a line, one line a violation. */
export const ocsf: Reporter = {
  id: 'ocsf',
  render: function* (report, options) {
    for (const { members } of casesOf(report))
      for (const member of members) yield `${jsonText(finding(member, report, options))}\n`;
  },
};

const ms = (us: number): number => Math.floor(us / 1000);

function finding(attribution: Attribution, report: Report, { clean }: ReporterOptions): Json {
  const { violation, verdict } = attribution;
  const { finding: found, event } = violation;
  const text = (value: string): string => escapeTerminal(clean(value));
  const [severityId, severity] = SEVERITY[found.severity];
  const [confidenceId, confidence] = CONFIDENCE[verdict];
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2004,
    class_name: 'Detection Finding',
    type_uid: 200401,
    type_name: 'Detection Finding: Create',
    time: ms(violation.first),
    start_time: ms(violation.first),
    end_time: ms(violation.last),
    count: violation.count,
    severity_id: severityId,
    severity,
    ...(attribution.accepted === undefined
      ? { status_id: 1, status: 'New' }
      : { status_id: 3, status: 'Suppressed', status_detail: text(acceptedText(attribution.accepted)) }),
    confidence_id: confidenceId,
    confidence,
    confidence_score: Math.round(attribution.probability * 100),
    message: text(attribution.reason),
    metadata: {
      version: VOCABULARY.ocsf,
      uid: violation.id,
      product: { name: 'egressblame', vendor_name: 'egressblame', version: report.version },
      log_name: text(event.ref.source),
      original_time: text(event.time.raw),
    },
    finding_info: {
      uid: violation.id,
      title: text(`${found.rule.name} to ${endText(endsOf(event).dst)}`),
      desc: text(attribution.reason),
      types: [found.category],
      first_seen_time: ms(violation.first),
      last_seen_time: ms(violation.last),
      analytic: { uid: text(found.rule.id), name: text(found.rule.name), type_id: 1, type: 'Rule' },
      related_events_count: recordsOf(violation) - 1,
      ...(found.attack.length + found.atlas.length === 0 ? {} : { attacks: attacks(attribution) }),
    },
    evidences: evidences(attribution, text),
    unmapped: {
      verdict,
      incident: attribution.incident,
      null_probability: Math.round(attribution.nullProbability * 1e6) / 1e6,
      missing: attribution.missing.map(text),
      record: { path: text(event.ref.source), line: event.ref.line, offset: event.ref.offset },
      corrected_time: formatIso(violation.first),
    },
  };
}

function attacks(attribution: Attribution): readonly Json[] {
  const { attack, atlas } = attribution.violation.finding;
  const technique = (version: string) => (uid: string) => {
    const parent = parentTechnique(uid);
    return { version, technique: { uid: parent ?? uid }, ...(parent === undefined ? {} : { sub_technique: { uid } }) };
  };
  return [...attack.map(technique(VOCABULARY.attack)), ...atlas.map(technique(VOCABULARY.atlas))];
}

type Text = (value: string) => string;

/** OCSF knows no endpoint by its port alone. */
function endpoint(end: Endpoint, text: Text): Json | undefined {
  if (end.ip === undefined && end.domain === undefined) return undefined;
  return {
    ...(end.ip === undefined ? {} : { ip: end.ip }),
    ...(end.port === undefined ? {} : { port: end.port }),
    ...(end.domain === undefined ? {} : { hostname: text(end.domain) }),
  };
}

/** OCSF wants an id, a command line or a name of a process; its file counts for none of them. */
function processObject(process: ProcessRef, text: Text): Json | undefined {
  const of = process.executable === undefined ? undefined : file(text(process.executable));
  const out = {
    ...(of === undefined ? {} : { name: of.name }),
    ...(process.pid === undefined ? {} : { pid: process.pid }),
    ...(process.entityId === undefined ? {} : { uid: text(process.entityId) }),
    ...(process.commandLine === undefined ? {} : { cmd_line: text(process.commandLine) }),
    ...(of === undefined ? {} : { file: of }),
  };
  return Object.keys(out).length === 0 ? undefined : out;
}

/** OCSF wants the bare name, and the path beside it; a sensor may know the name alone. */
function file(executable: string): { readonly name: string } & Json {
  const name = executable.split(/[\\/]/).at(-1) ?? '';
  return name === '' || name === executable ? { name: executable, type_id: 1 } : { name, path: executable, type_id: 1 };
}

/** The network side, the process and the agent of one case are one evidence object; each fact follows as another. */
function evidences(attribution: Attribution, text: Text): readonly Json[] {
  const ends = endsOf(attribution.violation.event);
  const { episode, toolCall, process } = causeOf(attribution);
  const src = endpoint(ends.src, text);
  const dst = endpoint(ends.dst, text);
  const known = process === undefined ? undefined : processObject(process, text);
  const main: Json = {
    ...(src === undefined ? {} : { src_endpoint: src }),
    ...(dst === undefined ? {} : { dst_endpoint: dst }),
    ...(ends.transport === undefined
      ? {}
      : { connection_info: { protocol_name: text(ends.transport), direction_id: 0 } }),
    ...(known === undefined ? {} : { process: known }),
    data: {
      ...(episode === undefined
        ? {}
        : {
            ai_agent: {
              instance_uid: text(episode.id),
              ...(episode.run === undefined ? {} : { run: text(episode.run) }),
              ...(episode.group === undefined ? {} : { group: text(episode.group) }),
              ...(episode.step === undefined ? {} : { step: episode.step }),
              ...(episode.sandboxId === undefined ? {} : { sandbox: text(episode.sandboxId) }),
            },
          }),
      ...(toolCall === undefined
        ? {}
        : {
            ai_operation: {
              uid: text(toolCall.id),
              name: text(toolCall.name),
              ...(toolCall.command === undefined ? {} : { command: text(toolCall.command) }),
            },
          }),
    },
  };
  const facts = attribution.evidence.map((fact) => ({
    data: {
      code: fact.code,
      says: text(fact.says),
      trust: fact.trust,
      weight: fact.weight,
      records: fact.refs.map((ref) => ({ path: text(ref.source), line: ref.line })),
    },
  }));
  return [main, ...facts];
}
