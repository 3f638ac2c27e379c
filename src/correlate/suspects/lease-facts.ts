import type { Fact } from '../../model/case.ts';
import type { LeaseTable } from '../leases/leases.ts';
import type { Trail } from '../trail/walk.ts';
import type { SameFact } from './shelf.ts';

/** A started process or connection can look a little earlier than its call. */
export const START_SLACK_US = 1_000_000;

/** What leases say for and against all calls of a sandbox. `hasProcess`: a process record stands for the call. */
export type LeaseFacts = (sandboxId: string, hasProcess: boolean) => readonly Fact[];

interface Holding {
  readonly trail: Trail;
  readonly sandboxes: ReadonlySet<string> | undefined;
}

interface Tables {
  readonly leases: LeaseTable;
  readonly sameFact: SameFact;
}

/** Of one violation: its suspects are calls of a few sandboxes, and come sandbox by sandbox. */
export function openLeaseFacts(holding: Holding, tables: Tables): LeaseFacts {
  let last: { readonly sandboxId: string; readonly hasProcess: boolean; readonly facts: readonly Fact[] } | undefined;
  return (sandboxId, hasProcess) => {
    if (last?.sandboxId === sandboxId && last.hasProcess === hasProcess) return last.facts;
    const facts = leaseFacts(sandboxId, hasProcess, holding, tables);
    last = { sandboxId, hasProcess, facts };
    return facts;
  };
}

function leaseFacts(
  sandboxId: string,
  hasProcess: boolean,
  { trail, sandboxes }: Holding,
  { leases, sameFact }: Tables,
): readonly Fact[] {
  if (sandboxes === undefined) return [];
  if (!sandboxes.has(sandboxId)) return [sameFact(otherSandbox(sandboxId))];
  const facts: Fact[] = [];
  const stated = trail.explicitSandbox;
  if (stated !== undefined) facts.push(statedFact(stated));
  const own = leases.ofSandbox(sandboxId);
  const lease = leases.firstAt(sandboxId, trail.begun, START_SLACK_US) ?? own[0];
  const only = sandboxes.size === 1;
  facts.push(
    sameFact({
      code: 'lease',
      strength: only ? 'only' : 'one-of-many',
      says: only
        ? `only ${sandboxId} held the source address then`
        : `${sandboxId} is one of ${sandboxes.size} sandboxes behind the source address`,
      trust: 'outside',
      refs: lease === undefined ? [] : [lease.ref],
    }),
  );
  // A sandbox that had ended before the flow began cannot have sent it.
  const hadEnded = own.length > 0 && trail.begun >= leases.endOf(sandboxId) + START_SLACK_US;
  if (!hasProcess && hadEnded)
    facts.push({
      code: 'lease-excludes',
      strength: 'ended',
      says: `${sandboxId} had stopped before the flow began`,
      trust: 'outside',
      refs: own.map(({ ref }) => ref).slice(0, 2),
    });
  return facts;
}

function otherSandbox(sandboxId: string): Fact {
  return {
    code: 'lease-excludes',
    strength: 'other-sandbox',
    says: `${sandboxId} did not hold the source address then`,
    trust: 'outside',
    refs: [],
  };
}

function statedFact({ id, ref }: NonNullable<Trail['explicitSandbox']>): Fact {
  const says = `the record itself names ${id} as the sender`;
  return { code: 'explicit-id', strength: 'sandbox', says, trust: 'outside', refs: [ref] };
}
