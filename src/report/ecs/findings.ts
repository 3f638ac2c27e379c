import { causeOf, endsOf } from '../../core/findings/findings.ts';
import { parentTechnique } from '../../core/findings/technique.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { Endpoint } from '../../model/event.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';
import type { Severity } from '../../model/violation.ts';
import { VOCABULARY } from '../../model/vocabulary.ts';

type Json = Record<string, unknown>;
type Text = (value: string) => string;

/** Elastic's risk steps, which its rules use for `event.severity`. */
const RISK: Record<Severity, number> = { informational: 0, low: 21, medium: 47, high: 73, critical: 99 };

/** One ECS alert a violation, for a bulk upload to Elastic. */
export const ecsFindings: Reporter = {
  id: 'ecs',
  render: function* (report, options) {
    for (const attribution of report.attributions) yield `${jsonText(alert(attribution, report.version, options))}\n`;
  },
};

function alert(attribution: Attribution, version: string, { clean }: ReporterOptions): Json {
  const { violation } = attribution;
  const { finding, event } = violation;
  const text: Text = (value) => escapeTerminal(clean(value));
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
      ...(ends.action === 'unknown' ? {} : { action: ends.action }),
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
    ...(finding.attack.length === 0 ? {} : { threat: threat(finding.attack.map(text)) }),
    ...endpoint('source', ends.src, text),
    ...endpoint('destination', ends.dst, text),
    ...(ends.transport === undefined ? {} : { network: { transport: text(ends.transport) } }),
    ...(ends.url === undefined ? {} : { url: { full: text(ends.url) } }),
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
      ...(subtechniques.length === 0 ? {} : { subtechnique: { id: subtechniques } }),
    },
  };
}

function endpoint(side: 'source' | 'destination', end: Endpoint, text: Text): Json {
  const out = {
    ...(end.ip === undefined ? {} : { ip: end.ip }),
    ...(end.port === undefined ? {} : { port: end.port }),
    ...(end.domain === undefined ? {} : { domain: text(end.domain) }),
  };
  return Object.keys(out).length === 0 ? {} : { [side]: out };
}

function cause(attribution: Attribution, text: Text): Json {
  const { episode: run, toolCall, process } = causeOf(attribution);
  return {
    ...(process === undefined
      ? {}
      : {
          process: {
            ...(process.pid === undefined ? {} : { pid: process.pid }),
            ...(process.entityId === undefined ? {} : { entity_id: text(process.entityId) }),
            ...(process.executable === undefined ? {} : { executable: text(process.executable) }),
            ...(process.commandLine === undefined ? {} : { command_line: text(process.commandLine) }),
          },
        }),
    ...(process?.host === undefined ? {} : { host: { name: text(process.host) } }),
    ...(run === undefined
      ? {}
      : {
          gen_ai: {
            conversation: { id: text(run.id) },
            ...(toolCall === undefined ? {} : { tool: { name: text(toolCall.name), call: { id: text(toolCall.id) } } }),
          },
        }),
  };
}

function episode(attribution: Attribution, text: Text): Json {
  const { episode: run, toolCall } = causeOf(attribution);
  if (run === undefined) return {};
  return {
    episode: text(run.id),
    ...(run.run === undefined ? {} : { run: text(run.run) }),
    ...(run.group === undefined ? {} : { group: text(run.group) }),
    ...(run.step === undefined ? {} : { step: run.step }),
    ...(run.sandboxId === undefined ? {} : { sandbox: text(run.sandboxId) }),
    ...(toolCall?.command === undefined ? {} : { command: text(toolCall.command) }),
  };
}
