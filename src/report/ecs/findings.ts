import { causeOf, endsOf } from '../../core/findings/findings.ts';
import { parentTechnique } from '../../core/findings/technique.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution, ProcessRef } from '../../model/attribution.ts';
import type { Endpoint } from '../../model/event.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';
import type { Severity } from '../../model/violation.ts';
import { VOCABULARY } from '../../model/vocabulary.ts';

type Json = Record<string, unknown>;
type Text = <T extends string | undefined>(value: T) => T;

/** Elastic's risk steps, which its rules use for `event.severity`. */
const RISK: Record<Severity, number> = { informational: 0, low: 21, medium: 47, high: 73, critical: 99 };

/** One ECS alert a violation, for a bulk upload to Elastic. */
export const ecsFindings: Reporter = {
  id: 'ecs',
  render: function* (report, options) {
    for (const attribution of report.attributions) yield `${jsonText(alert(attribution, report.version, options))}\n`;
  },
};

/** A member without a value is left out: JSON knows no `undefined`. */
function alert(attribution: Attribution, version: string, { clean }: ReporterOptions): Json {
  const { violation } = attribution;
  const { finding, event } = violation;
  const text = ((value) => (value === undefined ? undefined : escapeTerminal(clean(value)))) as Text;
  const ends = endsOf(event);
  return {
    '@timestamp': formatIso(violation.first),
    ecs: { version: VOCABULARY.ecs },
    message: text(attribution.reason),
    event: {
      kind: 'alert',
      id: violation.id,
      category: ['network', 'intrusion_detection'],
      type: [ends.action === 'deny' ? 'denied' : ends.action === 'allow' ? 'allowed' : 'info'],
      action: ends.action === 'unknown' ? undefined : ends.action,
      severity: RISK[finding.severity],
      start: formatIso(violation.first),
      end: formatIso(violation.last),
      module: 'egressblame',
      dataset: 'egressblame.findings',
      reason: text(attribution.reason),
      provider: event.format,
    },
    observer: { product: 'egressblame', type: 'attribution', version },
    rule: { id: text(finding.rule.id), name: text(finding.rule.name), category: finding.category },
    threat: finding.attack.length === 0 ? undefined : threat(finding.attack.map(text)),
    source: endpoint(ends.src, text),
    destination: endpoint(ends.dst, text),
    network: ends.transport === undefined ? undefined : { transport: text(ends.transport) },
    url: ends.url === undefined ? undefined : { full: text(ends.url) },
    log: { file: { path: text(event.ref.source) }, offset: event.ref.offset },
    ...cause(attribution, text),
    egressblame: {
      verdict: attribution.verdict,
      probability: Math.round(attribution.probability * 1e6) / 1e6,
      incident: attribution.incident,
      line: event.ref.line,
      count: violation.count,
      raw_time: text(event.time.raw),
      evidence: attribution.evidence.map(({ code }) => code),
      missing: attribution.missing.map(text),
      ...episode(attribution, text),
    },
  };
}

/** ECS keeps techniques and sub-techniques apart. */
function threat(attack: readonly string[]): Json {
  const subtechniques = attack.filter((id) => parentTechnique(id) !== undefined);
  return {
    framework: 'MITRE ATT&CK',
    technique: {
      id: [...new Set(attack.map((id) => parentTechnique(id) ?? id))],
      subtechnique: subtechniques.length === 0 ? undefined : { id: subtechniques },
    },
  };
}

function endpoint({ ip, port, domain }: Endpoint, text: Text): Json | undefined {
  return ip === undefined && port === undefined && domain === undefined
    ? undefined
    : { ip, port, domain: text(domain) };
}

function cause(attribution: Attribution, text: Text): Json {
  const { episode: run, toolCall, process } = causeOf(attribution);
  const tool = toolCall === undefined ? undefined : { name: text(toolCall.name), call: { id: text(toolCall.id) } };
  return {
    process: process === undefined ? undefined : processObject(process, text),
    host: process?.host === undefined ? undefined : { name: text(process.host) },
    gen_ai: run === undefined ? undefined : { conversation: { id: text(run.id) }, tool },
  };
}

function processObject({ pid, entityId, executable, commandLine }: ProcessRef, text: Text): Json {
  return { pid, entity_id: text(entityId), executable: text(executable), command_line: text(commandLine) };
}

function episode(attribution: Attribution, text: Text): Json {
  const { episode: run, toolCall } = causeOf(attribution);
  if (run === undefined) return {};
  return {
    episode: text(run.id),
    run: text(run.run),
    group: text(run.group),
    step: run.step,
    sandbox: text(run.sandboxId),
    command: text(toolCall?.command),
  };
}
