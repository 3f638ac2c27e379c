import type { Attribution, Candidate, EpisodeRef, Incident, ProcessRef, Verdict } from '../../model/attribution.ts';
import type { BaselineEntry } from '../../model/baseline.ts';
import type { Action, Endpoint } from '../../model/event.ts';
import type { Chance, Report } from '../../model/report.ts';
import type { SourceRef } from '../../model/source.ts';
import { SEVERITIES, type Severity, type ViolatingEvent } from '../../model/violation.ts';
import { least } from '../extremes.ts';
import { nameFamilies } from '../network/name-families.ts';

/** The order in which verdicts are shown: what must be acted on first. */
export const VERDICT_ORDER: readonly Verdict[] = ['proven', 'likely', 'ambiguous', 'unattributed', 'not-agent'];

/** One sign for each verdict, so that colour never carries the meaning alone. */
export const VERDICT_MARK: Readonly<Record<Verdict, string>> = {
  proven: '■',
  likely: '▣',
  ambiguous: '?',
  unattributed: '○',
  'not-agent': '·',
};

/** The two ends of what a violating record describes, whatever kind of record it is. */
export interface Ends {
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly transport?: string;
  readonly action: Action;
  readonly url?: string;
}

export function endsOf(event: ViolatingEvent): Ends {
  if (event.kind === 'network') {
    const domain = event.dst.domain ?? event.dns?.name;
    return {
      src: event.src,
      dst: { ...event.dst, ...(domain === undefined ? {} : { domain }) },
      action: event.action,
      ...(event.transport === undefined ? {} : { transport: event.transport }),
      ...(event.http?.url === undefined ? {} : { url: event.http.url }),
    };
  }
  if (event.kind === 'dns')
    return {
      src: event.client ?? {},
      dst: { domain: event.name, port: 53, ...(event.upstream === undefined ? {} : { ip: event.upstream }) },
      action: event.action ?? 'alert',
      transport: event.transport ?? 'udp',
    };
  return {
    src: event.socket?.local ?? {},
    dst: event.socket?.remote ?? {},
    action: 'alert',
    ...(event.socket === undefined ? {} : { transport: event.socket.transport }),
  };
}

/** Sandbox, group and step of an episode, as far as the records state them. */
export function episodeParts(episode: EpisodeRef): string {
  const parts = [
    episode.sandboxId === undefined ? '' : `sandbox ${episode.sandboxId}`,
    episode.group === undefined ? '' : `group ${episode.group}`,
    episode.step === undefined ? '' : `step ${episode.step}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** `name:port` or `address:port`; `?` when the record states neither. */
export function endText(end: Endpoint): string {
  const host = end.domain ?? end.ip ?? '?';
  if (end.port === undefined) return host;
  return host.includes(':') ? `[${host}]:${end.port}` : `${host}:${end.port}`;
}

/** An agent is named only when the verdict carries it. */
export function isBlamed(attribution: Attribution): boolean {
  return attribution.verdict === 'proven' || attribution.verdict === 'likely';
}

/** What may be named as the cause: episode and call for a blamed agent, a process also for `not-agent`. */
export function causeOf(attribution: Attribution): Pick<Attribution, 'episode' | 'toolCall' | 'process'> {
  const { episode, toolCall, process } = attribution;
  const own = process === undefined ? {} : { process };
  if (attribution.verdict === 'not-agent') return own;
  if (!isBlamed(attribution)) return {};
  return {
    ...(episode === undefined ? {} : { episode }),
    ...(toolCall === undefined ? {} : { toolCall }),
    ...own,
  };
}

export function candidateName(candidate: Candidate): string {
  if (candidate.toolCall !== undefined) return `${candidate.toolCall.id} of ${candidate.episode?.id ?? '?'}`;
  return candidate.episode?.id ?? processName(candidate.process);
}

/** `pid 4312`; the sensor's own id where its records leave the pid out. */
export function processName(process: ProcessRef | undefined): string {
  return process?.pid === undefined && process?.entityId !== undefined
    ? process.entityId
    : `pid ${process?.pid ?? '?'}`;
}

/** The same inputs given to another subcommand. `command` is how the program was called: `egressblame PATH...`. */
export function commandFor(command: string, ...subcommand: readonly string[]): string {
  return command.replace(/^egressblame/, `egressblame ${subcommand.join(' ')}`);
}

export function countVerdicts(report: Report): Readonly<Record<Verdict, number>> {
  const out = { proven: 0, likely: 0, ambiguous: 0, unattributed: 0, 'not-agent': 0 };
  for (const { verdict } of report.attributions) out[verdict] += 1;
  return out;
}

const severityRank = (severity: Severity): number => SEVERITIES.length - SEVERITIES.indexOf(severity);

/** Worst first: verdict, severity, time, id. */
export function worstFirst(attributions: readonly Attribution[]): readonly Attribution[] {
  return [...attributions].sort(
    (a, b) =>
      VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict) ||
      severityRank(a.violation.finding.severity) - severityRank(b.violation.finding.severity) ||
      a.violation.first - b.violation.first ||
      (a.violation.id < b.violation.id ? -1 : 1),
  );
}

/** One incident with its attributions; `lead` is the one shown. */
export interface Case {
  readonly incident: Incident;
  readonly members: readonly Attribution[];
  readonly lead: Attribution;
}

/** Incidents with their members, worst first: verdict, severity, time, id. */
export function casesOf(report: Report): readonly Case[] {
  const byId = new Map(report.attributions.map((attribution) => [attribution.violation.id, attribution]));
  const cases = report.incidents.flatMap((incident) => {
    const members = incident.attributions.flatMap((id) => byId.get(id) ?? []);
    const lead = members.find((member) => member.verdict === incident.verdict) ?? members[0];
    return lead === undefined ? [] : [{ incident, members, lead }];
  });
  return cases.sort(
    ({ incident: a, members: of }, { incident: b, members: other }) =>
      VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict) ||
      severityRank(worstSeverity(of)) - severityRank(worstSeverity(other)) ||
      a.first - b.first ||
      (a.id < b.id ? -1 : 1),
  );
}

export function worstSeverity(members: readonly Attribution[]): Severity {
  const rank = least(members, ({ violation }) => severityRank(violation.finding.severity));
  return SEVERITIES[SEVERITIES.length - rank] ?? 'informational';
}

/** Of a violation that stands for many, where these did not go to one place. */
const SEVERAL = 'several places';

/** Where the members of an incident went, most frequent first; many names below one parent are one pattern. */
export function destinationsOf(members: readonly Attribution[]): readonly string[] {
  const counts = new Map<string, number>();
  const ends = members.map(({ violation }) => endsOf(violation.event).dst);
  const family = nameFamilies(ends);
  for (const [i, dst] of ends.entries()) {
    const isSeveral = members[i]?.violation.repeats !== undefined && dst.ip === undefined && dst.domain === undefined;
    const end = family(dst) ?? (isSeveral ? SEVERAL : endText(dst));
    counts.set(end, (counts.get(end) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([end]) => end);
}

/** Every record an attribution cites, each once, the violation's own first. */
export function citedRefs(attribution: Attribution): readonly SourceRef[] {
  const { violation, toolCall, process } = attribution;
  const refs = [
    violation.event.ref,
    ...violation.alsoSeen,
    ...(toolCall === undefined ? [] : [toolCall.ref]),
    ...(process?.ref === undefined ? [] : [process.ref]),
    ...attribution.evidence.flatMap((evidence) => evidence.refs),
  ];
  return [...new Map(refs.map((ref) => [`${ref.source}:${ref.line}:${ref.offset}`, ref])).values()];
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${thousands(n)} ${n === 1 ? one : many}`;
}

/** Digits in groups, the same in every locale. */
export function thousands(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

export function percent(probability: number): string {
  if (probability > 0.9995) return '>99.9 %';
  return `${(probability * 100).toFixed(probability < 0.1 || probability >= 0.995 ? 1 : 0)} %`;
}

/** How much of the result luck would explain, in words that need no statistics. */
export function chanceSentence({ expected, observed, p }: Chance): string {
  return `Chance: ${plural(observed, 'incident begins', 'incidents begin')} inside a tool call of the sandbox blamed; sandboxes drawn by lot would give ${expected.toFixed(1)} (p = ${p.toPrecision(2)}).`;
}

/** The whole result in one sentence. */
export function verdictSentence(report: Report): string {
  const total = report.attributions.length;
  if (total === 0) return nothingSentence(report);
  const count = countVerdicts(report);
  const blamed = report.attributions.filter(isBlamed);
  const causes = { episodes: new Set<string>(), calls: new Set<string>() };
  addCauses(causes, report.attributions);
  const agent =
    blamed.length === 0
      ? 'none can be laid on an agent'
      : `${plural(blamed.length, 'was', 'were')} caused by ${causesText(causes)}`;
  const open = count.ambiguous + count.unattributed;
  const accepted = report.baseline?.accepted ?? 0;
  const rest = [
    count['not-agent'] > 0 ? `, ${thousands(count['not-agent'])} by no agent` : '',
    open > 0 ? `, ${thousands(open)} cannot be decided` : '',
  ].join('');
  return `${plural(total, 'violation')}: ${agent}${rest}.${accepted > 0 ? ` The baseline accepts ${thousands(accepted)} more.` : ''}`;
}

/** Episodes and tool calls, each once. */
export interface Causes {
  readonly episodes: Set<string>;
  readonly calls: Set<string>;
}

/** Adds who is blamed. The id of a call may stand in other episodes as well: without one of its own it is the call's place in its episode. */
export function addCauses({ episodes, calls }: Causes, attributions: readonly Attribution[]): void {
  for (const { episode, toolCall } of attributions.filter(isBlamed)) {
    if (episode !== undefined) episodes.add(episode.id);
    if (toolCall !== undefined) calls.add(JSON.stringify([episode?.id, toolCall.id]));
  }
}

/** A verdict may name an episode and leave open which of its calls it was. */
export function causesText({ episodes, calls }: Causes): string {
  const text = plural(episodes.size, 'episode');
  return calls.size === 0 ? text : `${plural(calls.size, 'tool call')} in ${text}`;
}

function nothingSentence({ coverage, baseline }: Report): string {
  if (coverage === 0) return 'Cannot say: nothing readable was found.';
  const accepted = baseline?.accepted ?? 0;
  return accepted === 0
    ? 'No violation in what was read.'
    : `No new violation in what was read; the baseline accepts ${thousands(accepted)}.`;
}

export function acceptedText({ owner, reason, expires }: BaselineEntry): string {
  return `accepted by ${owner} until ${expires}: ${reason}`;
}
