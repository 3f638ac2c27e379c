import { acceptedText, casesOf, causeOf, endsOf, endText } from '../../core/findings/findings.ts';
import { recordsOf } from '../../core/findings/records-of.ts';
import { parentTechnique } from '../../core/findings/technique.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution, EpisodeRef, Evidence, ProcessRef } from '../../model/attribution.ts';
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

const CLASS = {
  activity_id: 1,
  activity_name: 'Create',
  category_uid: 2,
  category_name: 'Findings',
  class_uid: 2004,
  class_name: 'Detection Finding',
  type_uid: 200401,
  type_name: 'Detection Finding: Create',
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

type Text = <T extends string | undefined>(value: T) => T;

/** A member without a value is left out: JSON knows no `undefined`. */
function finding(attribution: Attribution, report: Report, { clean }: ReporterOptions): Json {
  const { violation } = attribution;
  const { event, finding: found } = violation;
  const text = ((value) => (value === undefined ? undefined : escapeTerminal(clean(value)))) as Text;
  const [severityId, severity] = SEVERITY[found.severity];
  const [confidenceId, confidence] = CONFIDENCE[attribution.verdict];
  return {
    ...CLASS,
    time: ms(violation.first),
    start_time: ms(violation.first),
    end_time: ms(violation.last),
    count: violation.count,
    severity_id: severityId,
    severity,
    ...status(attribution, text),
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
    finding_info: findingInfo(attribution, text),
    evidences: [network(attribution, text), ...attribution.evidence.map((fact) => factObject(fact, text))],
    unmapped: unmapped(attribution, text),
  };
}

function status({ accepted }: Attribution, text: Text): Json {
  if (accepted === undefined) return { status_id: 1, status: 'New' };
  return { status_id: 3, status: 'Suppressed', status_detail: text(acceptedText(accepted)) };
}

function findingInfo({ violation, reason }: Attribution, text: Text): Json {
  const { id, finding: found, first, last, event } = violation;
  const attacks = [
    ...found.attack.map((uid) => attackObject(uid, VOCABULARY.attack)),
    ...found.atlas.map((uid) => attackObject(uid, VOCABULARY.atlas)),
  ];
  return {
    uid: id,
    title: text(`${found.rule.name} to ${endText(endsOf(event).dst)}`),
    desc: text(reason),
    types: [found.category],
    first_seen_time: ms(first),
    last_seen_time: ms(last),
    analytic: { uid: text(found.rule.id), name: text(found.rule.name), type_id: 1, type: 'Rule' },
    related_events_count: recordsOf(violation) - 1,
    attacks: attacks.length === 0 ? undefined : attacks,
  };
}

function attackObject(uid: string, version: string): Json {
  const parent = parentTechnique(uid);
  return { version, technique: { uid: parent ?? uid }, sub_technique: parent === undefined ? undefined : { uid } };
}

function unmapped(
  { verdict, incident, nullProbability, missing, violation: { event, first } }: Attribution,
  text: Text,
): Json {
  return {
    verdict,
    incident,
    null_probability: Math.round(nullProbability * 1e6) / 1e6,
    missing: missing.map(text),
    record: { path: text(event.ref.source), line: event.ref.line, offset: event.ref.offset },
    corrected_time: formatIso(first),
  };
}

/** OCSF knows no endpoint by its port alone. */
function endpoint({ ip, port, domain }: Endpoint, text: Text): Json | undefined {
  return ip === undefined && domain === undefined ? undefined : { ip, port, hostname: text(domain) };
}

/** OCSF wants an id, a command line or a name of a process; its file counts for none of them. */
function processObject({ pid, entityId, executable, commandLine }: ProcessRef, text: Text): Json | undefined {
  if ((pid ?? entityId ?? executable ?? commandLine) === undefined) return undefined;
  const of = executable === undefined ? undefined : file(text(executable));
  return { name: of?.name, pid, uid: text(entityId), cmd_line: text(commandLine), file: of };
}

/** OCSF wants the bare name, and the path beside it; a sensor may know the name alone. */
function file(executable: string): { readonly name: string } & Json {
  const name = executable.split(/[\\/]/).at(-1) ?? '';
  return name === '' || name === executable ? { name: executable, type_id: 1 } : { name, path: executable, type_id: 1 };
}

/** The network side, the process and the agent of one case are one evidence object; each fact follows as another. */
function network(attribution: Attribution, text: Text): Json {
  const { src, dst, transport } = endsOf(attribution.violation.event);
  const { episode, toolCall, process } = causeOf(attribution);
  return {
    src_endpoint: endpoint(src, text),
    dst_endpoint: endpoint(dst, text),
    connection_info: transport === undefined ? undefined : { protocol_name: text(transport), direction_id: 0 },
    process: process === undefined ? undefined : processObject(process, text),
    data: {
      ai_agent: episode === undefined ? undefined : agentObject(episode, text),
      ai_operation:
        toolCall === undefined
          ? undefined
          : { uid: text(toolCall.id), name: text(toolCall.name), command: text(toolCall.command) },
    },
  };
}

function agentObject({ id, run, group, step, sandboxId }: EpisodeRef, text: Text): Json {
  return { instance_uid: text(id), run: text(run), group: text(group), step, sandbox: text(sandboxId) };
}

function factObject({ code, says, trust, weight, refs }: Evidence, text: Text): Json {
  const records = refs.map((ref) => ({ path: text(ref.source), line: ref.line }));
  return { data: { code, says: text(says), trust, weight, records } };
}
