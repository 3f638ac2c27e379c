import {
  acceptedText,
  candidateName,
  causeOf,
  commandFor,
  destinationsOf,
  endsOf,
  endText,
  percent,
  processName,
  worstFirst,
} from '../../core/findings/findings.ts';
import { fingerprintOf } from '../../core/findings/fingerprint.ts';
import { clip, escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { Report } from '../../model/report.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Severity } from '../../model/violation.ts';
import { VOCABULARY } from '../../model/vocabulary.ts';

type Json = Record<string, unknown>;

/** GitHub shows 5,000 results of a run and refuses more than 25,000, 1,000 locations a result and 20 tags a rule. */
const MAX_RESULTS = 5000;
const MAX_LOCATIONS = 20;
const MESSAGE_WIDTH = 1000;
/** `security-severity` of a rule: GitHub reads 9.0 and more as critical, 7.0 high, 4.0 medium. */
const SCORE: Record<Severity, string> = {
  informational: '0.0',
  low: '3.0',
  medium: '5.5',
  high: '8.0',
  critical: '9.5',
};
const RANK: Record<Attribution['verdict'], number> = {
  proven: 100,
  likely: 80,
  ambiguous: 40,
  unattributed: 20,
  'not-agent': 5,
};

/** What GitHub shows below each alert of a rule; it demands `fullDescription` and `help` of every rule. */
const HELP =
  'Proven and likely name the episode, tool call and process that caused the connection; ambiguous and unattributed say which record would settle it; not-agent is a process of the platform. The evidence down to the raw line, for the id in the message:';

/** SARIF 2.1.0: one result a violation, its code flow leading from the alert to the episode. */
export const sarif: Reporter = {
  id: 'sarif',
  render: function* (report, options) {
    const all = worstFirst(report.attributions);
    const shown = all.slice(0, MAX_RESULTS);
    const rules = rulesOf(shown, options);
    const place = {
      rules: new Map(rules.map((rule, i) => [rule.id, i])),
      occurrences: occurrencesOf(report.attributions),
    };
    const open = jsonText({
      $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      version: '2.1.0',
      runs: [runOf(report, rules, all.length - shown.length, options)],
    });
    // The results are written one by one in front of the run's end, so that no large text is held.
    const end = open.lastIndexOf('}]}');
    yield `${open.slice(0, end)},"results":[`;
    let first = true;
    for (const attribution of shown) {
      yield `${first ? '\n' : ',\n'}${jsonText(resultOf(attribution, place, options))}`;
      first = false;
    }
    yield `\n]${open.slice(end)}\n`;
  },
};

interface Rule extends Json {
  readonly id: string;
}

/** What a result needs to know of the others. */
interface Place {
  /** Index of each rule by its id. */
  readonly rules: ReadonlyMap<string, number>;
  readonly occurrences: ReadonlyMap<string, string>;
}

/**
 * By violation, its finding and the how manieth of that finding it is, in time: what GitHub tells alerts apart by and knows them
 * again by in the next run. It reads `primaryLocationLineHash` only, and takes two results with the same one for one alert.
 */
function occurrencesOf(attributions: readonly Attribution[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  const inTime = [...attributions].sort(
    (a, b) => a.violation.first - b.violation.first || (a.violation.id < b.violation.id ? -1 : 1),
  );
  return new Map(
    inTime.map((attribution) => {
      const finding = fingerprintOf(attribution);
      const count = (counts.get(finding) ?? 0) + 1;
      counts.set(finding, count);
      return [attribution.violation.id, `${finding.slice(2)}:${count}`];
    }),
  );
}

const shown = (text: string, { clean }: ReporterOptions): string => clip(escapeTerminal(clean(text)), MESSAGE_WIDTH);

/** A rule of ours is a category and the sensor's rule: names of sensors repeat across categories. */
function ruleId(attribution: Attribution, options: ReporterOptions): string {
  const { category, rule } = attribution.violation.finding;
  return shown(`${category}/${rule.id}`, options);
}

function rulesOf(attributions: readonly Attribution[], options: ReporterOptions): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const attribution of attributions) {
    const id = ruleId(attribution, options);
    if (rules.has(id)) continue;
    const { finding } = attribution.violation;
    rules.set(id, {
      id,
      name: finding.category,
      shortDescription: { text: shown(finding.rule.name, options) || id },
      fullDescription: {
        text: shown(`${finding.category}: ${finding.rule.name}, rule ${finding.rule.id} of the sensor`, options),
      },
      help: { text: shown(`${HELP} ${commandFor(options.command, 'explain', 'ID')}`, options) },
      defaultConfiguration: { level: levelOf(finding.severity) },
      properties: {
        tags: ['security', finding.category, ...finding.attack, ...finding.atlas].slice(0, 20),
        'security-severity': SCORE[finding.severity],
      },
    });
  }
  return [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function levelOf(severity: Severity): string {
  if (severity === 'critical' || severity === 'high') return 'error';
  return severity === 'medium' ? 'warning' : 'note';
}

function runOf(report: Report, rules: readonly Rule[], hidden: number, options: ReporterOptions): Json {
  const notes = report.problems.map((problem) => ({
    level: problem.severity === 'info' ? 'note' : problem.severity,
    message: { text: shown(problem.message, options) },
    descriptor: { id: problem.code },
  }));
  if (hidden > 0)
    notes.push({
      level: 'warning',
      message: { text: `${hidden} more results are not shown: the worst ${MAX_RESULTS} are listed.` },
      descriptor: { id: 'results-hidden' },
    });
  return {
    tool: {
      driver: {
        name: 'egressblame',
        version: report.version,
        semanticVersion: report.version,
        rules,
        supportedTaxonomies: [{ name: 'ATT&CK', index: 0 }],
      },
    },
    taxonomies: [{ name: 'ATT&CK', version: VOCABULARY.attack, organization: 'MITRE' }],
    columnKind: 'utf16CodeUnits',
    artifacts: report.inputs.map((input) => ({
      location: { uri: uriOf(input.path, options) },
      length: input.bytes,
      ...(input.sha256 === '' ? {} : { hashes: { 'sha-256': input.sha256 } }),
    })),
    invocations: [
      {
        executionSuccessful: report.problems.every((problem) => problem.severity !== 'error'),
        arguments: report.arguments.map((argument) => shown(argument, options)),
        toolExecutionNotifications: notes,
      },
    ],
    properties: { coverage: report.coverage, violations: report.attributions.length },
  };
}

function uriOf(path: string, { clean }: ReporterOptions): string {
  return clean(path)
    .split('/')
    .map((part) => encodeURIComponent(Buffer.from(part).toString()))
    .join('/');
}

function locationOf(ref: SourceRef, text: string, options: ReporterOptions): Json {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(ref.source, options) },
      region: { startLine: Math.max(1, ref.line), byteOffset: ref.offset, byteLength: ref.bytes },
    },
    message: { text: shown(text, options) },
  };
}

function resultOf(attribution: Attribution, { rules, occurrences }: Place, options: ReporterOptions): Json {
  const { violation } = attribution;
  const id = ruleId(attribution, options);
  return {
    ruleId: id,
    ruleIndex: rules.get(id),
    kind: attribution.verdict === 'not-agent' ? 'informational' : 'fail',
    level: attribution.verdict === 'not-agent' ? 'none' : levelOf(violation.finding.severity),
    rank: RANK[attribution.verdict],
    message: { text: shown(sentence(attribution), options) },
    locations: [locationOf(violation.event.ref, violation.finding.rule.name, options)],
    relatedLocations: violation.alsoSeen
      .slice(0, MAX_LOCATIONS)
      .map((ref, i) => ({ id: i + 1, ...locationOf(ref, 'another record of the same attempt', options) })),
    codeFlows: [{ threadFlows: [{ locations: flowOf(attribution, options) }] }],
    // The id is made of the records themselves, not of where they stand: it survives re-runs and rotation.
    // `finding/v1` is the same in every run: what a baseline goes by.
    partialFingerprints: {
      'violation/v1': violation.id,
      'incident/v1': attribution.incident,
      'finding/v1': fingerprintOf(attribution),
      primaryLocationLineHash: occurrences.get(violation.id),
    },
    ...(attribution.accepted === undefined
      ? {}
      : {
          suppressions: [
            { kind: 'external', status: 'accepted', justification: shown(acceptedText(attribution.accepted), options) },
          ],
        }),
    properties: {
      verdict: attribution.verdict,
      probability: Math.round(attribution.probability * 1e6) / 1e6,
      incident: attribution.incident,
      time: formatIso(violation.first),
      rivals: attribution.candidates
        .slice(0, 5)
        .map((candidate) => shown(`${percent(candidate.probability)} ${candidateName(candidate)}`, options)),
      missing: attribution.missing.map((text) => shown(text, options)),
    },
  };
}

function sentence(attribution: Attribution): string {
  const { episode, toolCall } = causeOf(attribution);
  const where = destinationsOf([attribution])[0] ?? '?';
  const { id, finding } = attribution.violation;
  const head = `${finding.rule.name} to ${where} (${id}): ${attribution.verdict}`;
  if (episode === undefined) return `${head}. ${attribution.reason}`;
  const call = toolCall === undefined ? '' : `, tool call ${toolCall.id} (${toolCall.name})`;
  return `${head} (${percent(attribution.probability)}), episode ${episode.id}${call}. ${attribution.reason}`;
}

/** Alert -> socket -> process -> tool call -> episode, as far as the records name them. */
function flowOf(attribution: Attribution, options: ReporterOptions): readonly Json[] {
  const { violation, evidence } = attribution;
  const { episode, toolCall, process } = causeOf(attribution);
  const ends = endsOf(violation.event);
  const steps: Json[] = [];
  const add = (ref: SourceRef | undefined, text: string): void => {
    if (ref !== undefined)
      steps.push({
        location: locationOf(ref, text, options),
        executionOrder: steps.length + 1,
        importance: 'essential',
      });
  };
  const refOf = (...codes: readonly string[]): SourceRef | undefined =>
    evidence.find((fact) => codes.includes(fact.code) && fact.refs.length > 0)?.refs[0];
  add(violation.event.ref, `alert: ${violation.finding.rule.name}, ${endText(ends.src)} to ${endText(ends.dst)}`);
  add(refOf('socket-owner', 'nat-join', 'proxy-join'), 'socket: who held the connection');
  if (process !== undefined)
    add(process.ref, `process: ${processName(process)} ${process.commandLine ?? process.executable ?? ''}`);
  if (toolCall !== undefined) add(toolCall.ref, `tool call: ${toolCall.id} ${toolCall.command ?? toolCall.name}`);
  if (episode !== undefined)
    add(refOf('lease') ?? toolCall?.ref, `episode: ${episode.id}, sandbox ${episode.sandboxId ?? 'not named'}`);
  return steps;
}
