import { push } from '../../core/push.ts';
import type { Micros } from '../../model/time.ts';
import { anchorOf, type Group } from '../groups/group.ts';
import { primaryOf, startTuple, type TrailContext, undoTranslations, type Walk } from './walk.ts';

/** A flow as the log tells of it that saw it first, and when. */
export interface Flow {
  readonly at: Micros;
  readonly srcIp: string;
  readonly srcPort: number;
}

/** Flows by where they went, by the log that tells of them first; in the order of time. */
export interface FlowsByPlace {
  around(group: Group): readonly Flow[];
}

const NONE: readonly Flow[] = [];

/** Made at once: groups are let go of one by one as they are investigated. */
export function flowsByPlace(groups: readonly Group[]): FlowsByPlace {
  const byPlace = new Map<string, Flow[]>();
  for (const group of groups) {
    const [flow, place] = [flowOf(group), placeOf(group)];
    if (flow !== undefined && place !== undefined) push(byPlace, place, flow);
  }
  for (const list of byPlace.values()) list.sort((a, b) => a.at - b.at);
  return { around: (group) => byPlace.get(placeOf(group) ?? '') ?? NONE };
}

/** Undefined of what has no port of its own, and of what stands for many. */
export function flowOf(group: Group): Flow | undefined {
  const tuple = startTuple(primaryOf(group).event);
  if (tuple === undefined || tuple.srcPort === 0 || group.members.some(({ repeats }) => repeats !== undefined))
    return undefined;
  return { at: anchorOf(group).at, srcIp: tuple.srcIp, srcPort: tuple.srcPort };
}

function placeOf(group: Group): string | undefined {
  const { event } = primaryOf(group);
  const tuple = startTuple(event);
  return tuple && `${event.ref.source}|${tuple.transport}|${tuple.dstIp}|${tuple.dstPort}`;
}

/** The address that sent a flow of the group's place first, as far as translations tell. */
export function sourceOf(group: Group, { at, srcIp, srcPort }: Flow, context: TrailContext): string {
  const tuple = startTuple(primaryOf(group).event);
  if (tuple === undefined) return srcIp;
  const { errorUs } = anchorOf(group);
  const walk: Walk = { tuple: { ...tuple, srcIp, srcPort }, at, anchored: false, errorUs, host: undefined, facts: [] };
  undoTranslations(walk, context);
  return `${walk.host ?? ''}|${walk.tuple.srcIp}`;
}
