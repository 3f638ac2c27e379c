import { isPrivateIp } from '../../core/network/ip.ts';
import type { Fact, Suspect } from '../../model/case.ts';
import type { Episode } from '../episodes/episodes.ts';
import { MOMENTS } from '../episodes/timetable.ts';
import type { LeaseTable } from '../leases/leases.ts';
import type { Trail } from '../trail/walk.ts';
import { keyOfCall } from './call-suspect.ts';
import { START_SLACK_US } from './lease-facts.ts';
import { type Nearest, openNearest } from './nearest.ts';
import { plainSuspect } from './plain-suspects.ts';
import type { Mentions, Scene } from './scene.ts';
import type { SuspectContext } from './suspect-facts.ts';

export const MAX_BYSTANDERS = 12;

/** Somebody who was there: a call, by its place in the episode, or the episode itself. */
interface Bystander {
  readonly episode: Episode;
  readonly sandbox: string;
  readonly place: number | undefined;
}

/** Calls that ran, and episodes that lived, at the moment: evidence of last resort. Suspects are made of the nearest alone. */
export function bystanders(scene: Scene, mentions: Mentions, context: SuspectContext): readonly Suspect[] {
  const { begun, windowUs } = scene.trail;
  const endsBy = begun + windowUs;
  if (scene.sandboxes === undefined && isOutsider(scene.trail, context.leases)) return [];
  const nearest = openNearest<Bystander>(MAX_BYSTANDERS, (one) => keyOf(one, context));
  for (const sandbox of scene.sandboxes ?? context.leases.sandboxesOnHost(scene.trail.host)) {
    for (const episode of context.episodes.around(sandbox, begun - START_SLACK_US, endsBy + START_SLACK_US)) {
      if (endsBy < (episode.start ?? -Infinity) - START_SLACK_US || begun >= (episode.end ?? Infinity) + START_SLACK_US)
        continue;
      if (offerRunning(nearest, { episode, sandbox }, { begun, endsBy, isOut: isNamed(episode, mentions, context) }))
        continue;
      const one = { episode, sandbox, place: undefined };
      // An episode has no moment of its own: it stands behind all calls.
      if (nearest.mayHold(begun)) nearest.offer(begun, one);
    }
  }
  return nearest.all().flatMap((one) => suspectOf(one, scene, context) ?? []);
}

interface Stretch {
  readonly begun: number;
  readonly endsBy: number;
  readonly isOut: (place: number) => boolean;
}

/** Whether any of the episode's calls ran then. */
function offerRunning(
  nearest: Nearest<Bystander>,
  { episode, sandbox }: Omit<Bystander, 'place'>,
  { begun, endsBy, isOut }: Stretch,
): boolean {
  const { count, moments } = episode.calls.timetable;
  let isAny = false;
  for (let place = 0; place < count; place++) {
    const from = moments[place * MOMENTS + 1] ?? Number.NaN;
    const to = moments[place * MOMENTS + 2] ?? Number.NaN;
    if (!(endsBy >= from - START_SLACK_US && begun <= to) || isOut(place)) continue;
    isAny = true;
    const distance = Math.abs((moments[place * MOMENTS] ?? 0) - begun);
    if (nearest.mayHold(distance)) nearest.offer(distance, { episode, sandbox, place });
  }
  return isAny;
}

/** Calls that name the destination are suspects already. */
function isNamed({ calls, id }: Episode, mentions: Mentions, context: SuspectContext): Stretch['isOut'] {
  if (!mentions.episodes.has(id)) return () => false;
  return (place) => {
    const met = context.recent(calls, place);
    return met !== undefined && mentions.byCall.has(met.call.key);
  };
}

function keyOf({ episode, place }: Bystander, { recent }: SuspectContext): string {
  const met = place === undefined ? undefined : recent(episode.calls, place);
  return met === undefined ? `episode|${episode.id}` : keyOfCall(met.call);
}

function suspectOf({ episode, sandbox, place }: Bystander, scene: Scene, context: SuspectContext): Suspect | undefined {
  if (place === undefined) return aliveSuspect(episode, sandbox, context);
  const met = context.recent(episode.calls, place);
  return met === undefined ? undefined : plainSuspect(met, scene, context);
}

function aliveSuspect({ id, refs }: Episode, sandbox: string, context: SuspectContext): Suspect {
  const fact: Fact = {
    code: 'time-in-episode',
    strength: 'alive',
    says: 'the episode was live then',
    trust: 'outside',
    refs: refs.slice(0, 2),
  };
  const facts = [fact];
  return context.alive.one(`${sandbox}|${id}`, facts, () => ({
    key: `episode|${id}`,
    kind: 'episode',
    episode: context.named(id, sandbox),
    facts,
  }));
}

/** A private address that no sandbox and no host of sandboxes ever held: who lived then elsewhere says nothing. */
function isOutsider(trail: Trail, leases: LeaseTable): boolean {
  const ip = trail.tuples[0]?.srcIp;
  return (
    ip !== undefined &&
    ip !== '' &&
    isPrivateIp(ip) &&
    trail.host === undefined &&
    leases.statesIps &&
    leases.leasesByIp(ip).length === 0
  );
}
