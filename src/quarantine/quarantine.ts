import { least } from '../core/extremes.ts';
import { destinationsOf } from '../core/findings/findings.ts';
import { push } from '../core/push.ts';
import { micros } from '../core/time/time.ts';
import type { Attribution } from '../model/attribution.ts';
import {
  type BlamedCall,
  type Consumed,
  type FlaggedEpisode,
  GRADES,
  type Grade,
  type PoisonedRun,
  type Quarantine,
} from '../model/quarantine.ts';
import type { Report, Rollout } from '../model/report.ts';
import { gapsOf } from './gaps.ts';
import { affectedBy, isSuspectMember } from './groups.ts';

/** One attribution that points at an episode. */
interface Charge {
  readonly attribution: Attribution;
  readonly grade: Grade;
  readonly probability: number;
  readonly toolCall: Attribution['toolCall'];
}

/**
 * The episodes to keep out of training, with the members of their prompt groups and what cannot be said. Pure: the same
 * report gives the same list.
 */
export function quarantineOf(report: Report, minVerdict: Grade): Quarantine {
  const rollouts = new Map(report.rollouts.map((rollout) => [rollout.episode, rollout]));
  const charges = chargesOf(report.attributions, minVerdict);
  const accused = [...charges].map(([episode, list]) => ({ rollout: rollouts.get(episode) ?? unseen(episode), list }));
  const flaggedIds = new Set(charges.keys());
  const affected = affectedBy(
    accused.map(({ rollout }) => rollout),
    report.rollouts,
  );
  const flagged = accused
    .map(({ rollout, list }) => flaggedEpisode(rollout, list, { rollouts: report.rollouts, flaggedIds }))
    .sort(unsafeAndRewardedFirst);
  return {
    minVerdict,
    flagged,
    affected,
    runs: poisonedRuns(flagged, report.rollouts),
    gaps: gapsOf(report, flagged),
    episodes: report.rollouts.length,
  };
}

/** An episode that an attribution names and no trace describes. */
function unseen(episode: string): Rollout {
  return { episode, aliases: [], formats: [], sandboxIds: [], toolCalls: 0, dropped: false };
}

function chargesOf(attributions: readonly Attribution[], minVerdict: Grade): ReadonlyMap<string, readonly Charge[]> {
  const wanted = new Set<string>(GRADES.slice(0, GRADES.indexOf(minVerdict) + 1));
  const out = new Map<string, Charge[]>();
  for (const attribution of attributions) {
    const { verdict, episode, probability, toolCall } = attribution;
    if (!wanted.has(verdict)) continue;
    if (verdict === 'proven' || verdict === 'likely') {
      if (episode !== undefined) push(out, episode.id, { attribution, grade: verdict, probability, toolCall });
    } else if (verdict === 'ambiguous') for (const [id, charge] of suspectsOf(attribution)) push(out, id, charge);
  }
  return out;
}

/** Each suspected episode once, with its likeliest call: candidates are sorted by probability. */
function suspectsOf(attribution: Attribution): ReadonlyMap<string, Charge> {
  const out = new Map<string, Charge>();
  for (const { episode, probability, toolCall } of [
    ...attribution.candidates,
    ...(attribution.unlisted?.suspects ?? []),
  ])
    if (episode !== undefined && !out.has(episode.id))
      out.set(episode.id, { attribution, grade: 'ambiguous', probability, toolCall });
  return out;
}

interface Seen {
  readonly rollouts: readonly Rollout[];
  readonly flaggedIds: ReadonlySet<string>;
}

function flaggedEpisode(rollout: Rollout, charges: readonly Charge[], seen: Seen): FlaggedEpisode {
  const attributions = charges.map(({ attribution }) => attribution);
  const best = [...charges].sort(
    (a, b) => GRADES.indexOf(a.grade) - GRADES.indexOf(b.grade) || b.probability - a.probability,
  )[0];
  const consumed = consumedOf(rollout);
  return {
    rollout,
    grade: best?.grade ?? 'ambiguous',
    probability: best?.probability ?? 0,
    categories: unique(attributions.map(({ violation }) => violation.finding.category)),
    incidents: unique(attributions.map(({ incident }) => incident)),
    violations: attributions.map(({ violation }) => violation.id),
    toolCalls: callsOf(charges),
    destinations: destinationsOf(attributions),
    first: micros(least(attributions, ({ violation }) => violation.first)),
    consumed,
    rewarded: rollout.reward === undefined ? 'unknown' : rollout.reward > 0 ? 'yes' : 'no',
    members: consumed.is === 'no' ? [] : membersOf(rollout, seen),
  };
}

function membersOf(rollout: Rollout, { rollouts, flaggedIds }: Seen): readonly string[] | undefined {
  if (rollout.group === undefined) return undefined;
  return rollouts
    .filter((other) => !flaggedIds.has(other.episode) && isSuspectMember(rollout, other))
    .map(({ episode }) => episode);
}

/** A blamed call once for each incident, in the order of the charges. */
function callsOf(charges: readonly Charge[]): readonly BlamedCall[] {
  const groups = new Map<string, Charge[]>();
  for (const charge of charges) {
    if (charge.toolCall === undefined) continue;
    push(groups, `${charge.toolCall.id}|${charge.attribution.incident}`, charge);
  }
  return [...groups.values()].flatMap((list) => {
    const [first] = list;
    if (first?.toolCall === undefined) return [];
    const attributions = list.map(({ attribution }) => attribution);
    return [
      {
        call: first.toolCall,
        categories: unique(attributions.map(({ violation }) => violation.finding.category)),
        destinations: destinationsOf(attributions),
        incident: first.attribution.incident,
      },
    ];
  });
}

/** What the records say about the step that used an episode. */
function consumedOf(rollout: Rollout): Consumed {
  if (rollout.dropped) return { is: 'no', because: 'the trainer filtered it out' };
  if (rollout.use === 'eval') return { is: 'no', because: 'it belongs to an evaluation' };
  return rollout.step === undefined ? { is: 'unknown' } : { is: 'yes', step: rollout.step };
}

const REWARDED = ['yes', 'unknown', 'no'] as const;

function unsafeAndRewardedFirst(a: FlaggedEpisode, b: FlaggedEpisode): number {
  return (
    REWARDED.indexOf(a.rewarded) - REWARDED.indexOf(b.rewarded) ||
    (b.rollout.reward ?? 0) - (a.rollout.reward ?? 0) ||
    GRADES.indexOf(a.grade) - GRADES.indexOf(b.grade) ||
    a.first - b.first ||
    (a.rollout.episode < b.rollout.episode ? -1 : 1)
  );
}

function poisonedRuns(flagged: readonly FlaggedEpisode[], rollouts: readonly Rollout[]): readonly PoisonedRun[] {
  const first = new Map<string | undefined, number>();
  for (const { rollout, consumed } of flagged)
    if (consumed.is === 'yes') first.set(rollout.run, Math.min(first.get(rollout.run) ?? Infinity, consumed.step));
  return [...first]
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
    .map(([run, firstStep]) => ({
      ...(run === undefined ? {} : { run }),
      firstStep,
      stepsSeen: stepsFrom(firstStep, run, rollouts),
      episodes: flagged
        .filter(({ rollout, consumed }) => rollout.run === run && consumed.is === 'yes' && consumed.step === firstStep)
        .map(({ rollout }) => rollout.episode),
    }));
}

function stepsFrom(first: number, run: string | undefined, rollouts: readonly Rollout[]): readonly number[] {
  const steps = rollouts.flatMap((rollout) => {
    const consumed = consumedOf(rollout);
    return rollout.run === run && consumed.is === 'yes' && consumed.step >= first ? [consumed.step] : [];
  });
  return [...new Set(steps)].sort((a, b) => a - b);
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
