import type { ProcessRef } from '../../model/attribution.ts';
import type { Fact, Suspect } from '../../model/case.ts';
import type { Call } from '../episodes/call.ts';
import type { SuspectContext } from './suspect-facts.ts';

/** A suspect without a process of the flow is shared by violations that know the same of it. */
export function callSuspect(
  call: Call,
  facts: readonly Fact[],
  context: SuspectContext,
  process: ProcessRef | undefined,
): Suspect {
  const make = (): Suspect => suspectOf(call, facts, context, process);
  return process === undefined ? context.running.one(call.key, facts, make) : make();
}

export function suspectOf(
  call: Call,
  facts: readonly Fact[],
  context: SuspectContext,
  process: ProcessRef | undefined,
): Suspect {
  return {
    key: keyOfCall(call),
    kind: 'call',
    episode: context.named(call.episodeId, call.sandboxId),
    toolCall: context.called(call),
    ...(process === undefined ? {} : { process }),
    facts,
  };
}

/** Of the suspect that the call is. */
export function keyOfCall({ key }: Call): string {
  return `call|${key}`;
}
