import type { Fact, Suspect } from '../../model/case.ts';
import type { Call } from '../episodes/call.ts';
import { suspectOf } from './call-suspect.ts';
import type { Grounds, Met } from './recent-calls.ts';
import type { Scene } from './scene.ts';
import { behaviourFact, latestEnd, looksLike, type SuspectContext } from './suspect-facts.ts';
import { timeFact, timingOf } from './time-facts.ts';

/** Of one call so many are kept. */
const MOST = 4;

/** For a call that neither a process record nor its own text ties to the flow: of a burst, all violations share the suspect. */
export function plainSuspect({ call, suspects }: Met, scene: Scene, context: SuspectContext): Suspect {
  const grounds = groundsOf(call, scene, context);
  const before = suspects.find((one) => areSame(one, grounds));
  if (before !== undefined) return before.suspect;
  const suspect = suspectOf(call, factsOf(call, grounds), context, undefined);
  if (suspects.length >= MOST) suspects.shift();
  suspects.push({ ...grounds, suspect });
  return suspect;
}

function groundsOf(call: Call, scene: Scene, context: SuspectContext): Grounds {
  const { trail, category, leaseFacts } = scene;
  const { sandboxId } = call;
  return {
    behaves: looksLike(call, scene, context) ? category : undefined,
    leases: sandboxId === undefined ? NONE : leaseFacts(sandboxId, false),
    timing: timingOf(call, trail, false, latestEnd(call, context)),
  };
}

const NONE: readonly Fact[] = [];

function areSame(a: Grounds, b: Grounds): boolean {
  return (
    a.timing === b.timing &&
    a.behaves === b.behaves &&
    a.leases.length === b.leases.length &&
    a.leases.every((fact, i) => fact === b.leases[i])
  );
}

function factsOf(call: Call, { behaves, leases, timing }: Grounds): readonly Fact[] {
  const facts = behaves === undefined ? [...leases] : [behaviourFact(behaves, call), ...leases];
  if (timing !== undefined) facts.push(timeFact(timing, call));
  return facts;
}
