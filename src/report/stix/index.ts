import { leastProbability } from '../../core/findings/case-says.ts';
import { type Case, casesOf, causeOf, destinationsOf, endsOf, isBlamed } from '../../core/findings/findings.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { Endpoint } from '../../model/event.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';
import type { Micros } from '../../model/time.ts';
import { OBSERVABLES, uuid5 } from './uuid.ts';

type Json = Record<string, unknown>;
/** A member without a value is left out: JSON knows no `undefined`. */
interface StixObject extends Json {
  readonly id: string;
}

/** STIX 2.1 bundle: a sighting's observables, one grouping an incident, ATT&CK techniques as attack patterns. */
export const stix: Reporter = {
  id: 'stix',
  render: function* (report, options) {
    const objects = new Map<string, StixObject>();
    const put = (object: StixObject): string => {
      if (!objects.has(object.id)) objects.set(object.id, object);
      return object.id;
    };
    const cases = casesOf(report);
    // No clock is read: objects are as old as the last violation, so the same night gives the same bytes.
    const now = cases.reduce((latest, { incident }) => Math.max(latest, incident.last), 0) as Micros;
    const base = baseOf(now, put);
    for (const entry of cases) addCase(entry, { options, base, put });
    const ids = [...objects.keys()].sort();
    const id = `bundle--${uuid5(
      `bundle|${report.inputs
        .map(({ sha256 }) => sha256)
        .sort()
        .join('|')}|${ids.join('|')}`,
    )}`;
    yield `{"type":"bundle","id":"${id}","objects":[`;
    for (const [i, key] of ids.entries()) yield `${i === 0 ? '\n' : ',\n'}${jsonText(objects.get(key))}`;
    yield '\n]}\n';
  },
};

type Put = (object: StixObject) => string;

interface Base {
  readonly common: () => Json;
  readonly identity: string;
}

interface Making {
  readonly options: ReporterOptions;
  readonly base: Base;
  readonly put: Put;
}

/** STIX times have milliseconds. */
const stamp = (at: Micros): string => formatIso(at).replace(/\d{3}Z$/, 'Z');

function baseOf(now: Micros, put: Put): Base {
  const identity = `identity--${uuid5('identity|egressblame')}`;
  put({
    type: 'identity',
    spec_version: '2.1',
    id: identity,
    created: stamp(now),
    modified: stamp(now),
    name: 'egressblame',
    identity_class: 'system',
  });
  return {
    identity,
    common: () => ({ spec_version: '2.1', created_by_ref: identity, created: stamp(now), modified: stamp(now) }),
  };
}

/** Ids of observables follow section 2.9: UUIDv5 of the canonical JSON of the properties that make the thing. */
function observable(type: string, contributing: Json, rest: Json = {}): StixObject {
  return {
    type,
    spec_version: '2.1',
    id: `${type}--${uuid5(canonical(contributing), OBSERVABLES)}`,
    ...contributing,
    ...rest,
  };
}

function canonical(value: Json): string {
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function addCase({ incident, members, lead }: Case, making: Making): void {
  const { base, put, options } = making;
  const text = (value: string): string => escapeTerminal(options.clean(value));
  const refs: string[] = [];
  for (const member of members) refs.push(addObserved(member, making));
  for (const technique of lead.violation.finding.attack) {
    refs.push(
      put({
        type: 'attack-pattern',
        ...base.common(),
        id: `attack-pattern--${uuid5(`attack-pattern|${technique}`)}`,
        name: technique,
        external_references: [{ source_name: 'mitre-attack', external_id: technique }],
      }),
    );
  }
  const { episode, toolCall } = causeOf(lead);
  put({
    type: 'grouping',
    ...base.common(),
    id: `grouping--${uuid5(`grouping|${incident.id}|${incident.attributions.join('|')}`)}`,
    name: text(`${incident.category} to ${destinationsOf(members)[0] ?? '?'}: ${incident.verdict}`),
    description: text(
      [
        lead.reason,
        episode === undefined ? '' : `episode ${episode.id}`,
        toolCall === undefined ? '' : `tool call ${toolCall.id}: ${toolCall.command ?? toolCall.name}`,
      ]
        .filter((part) => part !== '')
        .join('; '),
    ),
    context: 'suspicious-activity',
    labels: [incident.category, incident.verdict],
    ...(isBlamed(lead) ? { confidence: Math.round(leastProbability(members) * 100) } : {}),
    object_refs: [...new Set(refs)].sort(),
  });
}

function addObserved(attribution: Attribution, making: Making): string {
  const { base, put } = making;
  const { violation } = attribution;
  const refs = [...addTraffic(attribution, making), ...addProcess(attribution, making)];
  // `observed-data` must hold an object: without addresses and process, the file of the record is what was observed.
  if (refs.length === 0)
    refs.push(put(observable('file', { name: escapeTerminal(making.options.clean(violation.event.ref.source)) })));
  return put({
    type: 'observed-data',
    ...base.common(),
    id: `observed-data--${uuid5(`observed-data|${violation.id}`)}`,
    first_observed: stamp(violation.first),
    last_observed: stamp(violation.last),
    number_observed: Math.max(1, Math.min(999_999_999, violation.count)),
    labels: [violation.finding.category, attribution.verdict],
    object_refs: refs,
  });
}

function addTraffic(attribution: Attribution, making: Making): readonly string[] {
  const ends = endsOf(attribution.violation.event);
  const src = addEnd(ends.src, making);
  const dst = addEnd(ends.dst, making);
  if (src === undefined && dst === undefined) return [];
  const protocol = escapeTerminal(ends.transport ?? '');
  const contributing = {
    src_ref: src,
    dst_ref: dst,
    src_port: ends.src.port,
    dst_port: ends.dst.port,
    protocols: protocol === '' ? ['ip'] : [protocol],
    start: stamp(attribution.violation.first),
  };
  const traffic = making.put(observable('network-traffic', contributing));
  return [traffic, ...(src === undefined ? [] : [src]), ...(dst === undefined ? [] : [dst])];
}

function addEnd(end: Endpoint, { options, put }: Making): string | undefined {
  if (end.ip !== undefined) return put(observable(end.ip.includes(':') ? 'ipv6-addr' : 'ipv4-addr', { value: end.ip }));
  if (end.domain !== undefined)
    return put(observable('domain-name', { value: escapeTerminal(options.clean(end.domain)) }));
  return undefined;
}

function addProcess(attribution: Attribution, { options, put }: Making): readonly string[] {
  const { process } = causeOf(attribution);
  if (process === undefined) return [];
  const line = process.commandLine ?? process.executable;
  // STIX knows no process by the id of its sensor: the object would say nothing.
  if (process.pid === undefined && line === undefined) return [];
  // Pids repeat on every host: the id of a process, which STIX makes of no property, is made of all we know of it.
  return [
    put({
      type: 'process',
      spec_version: '2.1',
      id: `process--${uuid5(`process|${process.host ?? ''}|${process.pid ?? process.entityId ?? ''}|${line ?? ''}`)}`,
      pid: process.pid,
      command_line: line === undefined ? undefined : escapeTerminal(options.clean(line)),
    }),
  ];
}
