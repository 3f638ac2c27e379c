import { logOf } from '../../core/lines/rotated.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import { firstOf, type Group } from '../groups/group.ts';
import { alignInOrder, type Forwarded, type QueryTable } from './queries.ts';
import { primaryOf, startTuple, type TrailContext, undoTranslations, type Walk } from './walk.ts';

/** Joins DNS violations that come from a forwarder's own address to the forwarder's lines, by name and order. */
export function joinForwarders(
  groups: readonly Group[],
  context: Omit<TrailContext, 'forwarded'>,
): Map<Group, Forwarded> {
  const streams = new Map<
    string,
    { group: Group; at: Micros; widthUs: number; host: string | undefined; name: string; qtype: string | undefined }[]
  >();
  for (const group of groups) {
    // Many queries of several clients: no one line stands for them.
    if (group.members.some(({ repeats }) => repeats !== undefined)) continue;
    const query = firstOf(group, queryIn);
    if (query === undefined) continue;
    const primary = primaryOf(group);
    const start = startTuple(primary.event);
    if (start === undefined) continue;
    const walk: Walk = {
      tuple: start,
      at: primary.at,
      anchored: false,
      errorUs: primary.errorUs,
      host: undefined,
      facts: [],
    };
    undoTranslations(walk, { ...context, forwarded: new Map() });
    const host = context.hosts.hostOfIp(walk.tuple.srcIp) ?? walk.host;
    const key = `${host ?? ''}|${query.name}|${query.qtype ?? ''}`;
    const list = streams.get(key) ?? [];
    const precise = precisest(group);
    list.push({
      group,
      at: precise.at,
      widthUs: Math.max(precise.event.time.stepUs, 1),
      host,
      ...query,
    });
    streams.set(key, list);
  }
  const joined = new Map<Group, Forwarded>();
  for (const stream of streams.values()) alignStream(stream, context.queries, joined);
  return joined;
}

function alignStream(
  stream: {
    group: Group;
    at: Micros;
    widthUs: number;
    host: string | undefined;
    name: string;
    qtype: string | undefined;
  }[],
  queries: QueryTable,
  joined: Map<Group, Forwarded>,
): void {
  const first = stream[0];
  if (first === undefined) return;
  stream.sort((a, b) => a.at - b.at);
  const own = new Set(stream.flatMap(({ group }) => group.members.map(({ timed }) => logOf(timed))));
  const forwards = queries
    .forwards(first.name, first.host)
    .filter(
      (forward) =>
        (forward.qtype === undefined || first.qtype === undefined || forward.qtype === first.qtype) &&
        !own.has(forward.log),
    );
  const pairs = alignInOrder(
    stream,
    forwards.map((forward) => ({ at: forward.at, widthUs: forward.stepUs })),
    600_000,
  );
  for (const [i, j] of pairs) {
    const group = stream[i]?.group;
    const forward = forwards[j];
    if (group !== undefined && forward !== undefined) joined.set(group, forward);
  }
}

function precisest(group: Group): Timed<ViolatingEvent> {
  return [...group.members].sort(
    (a, b) => a.timed.event.time.stepUs - b.timed.event.time.stepUs || a.timed.at - b.timed.at,
  )[0]?.timed as Timed<ViolatingEvent>;
}

function queryIn({ event }: Timed<ViolatingEvent>): { name: string; qtype: string | undefined } | undefined {
  if (event.kind === 'dns') return { name: event.name, qtype: event.qtype };
  if (event.kind === 'network' && event.dns !== undefined && event.dst.port === 53)
    return { name: event.dns.name, qtype: event.dns.type };
  return undefined;
}
