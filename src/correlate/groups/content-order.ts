import { digestOf } from '../../core/digest.ts';
import { least } from '../../core/extremes.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import type { Flagged } from './group.ts';

/** Twelve digits that hang on what a record says, and on nothing else. */
export function contentDigest(event: ViolatingEvent): string {
  return digestOf(contentOf(event), 12);
}

function contentOf(event: ViolatingEvent): string {
  const parts: unknown[] = [event.format, event.time.raw, event.time.at];
  if (event.kind === 'network')
    parts.push(event.transport, event.src, event.dst, event.rule?.id ?? event.rule?.name, event.seq);
  else if (event.kind === 'dns') parts.push(event.client, event.name, event.qtype, event.serial);
  else parts.push(event.pid, event.rule?.name, event.commandLine);
  return JSON.stringify(parts);
}

/**
 * Records of one group in an order that hangs on no correction of clocks and on no names of files, so that it is the same however
 * they were read: coarse stamps first, which lie before the packet, then the earlier by its own clock.
 */
export function byContent(members: readonly Flagged[]): readonly Flagged[] {
  if (members.length === 1) return members;
  return [...members].sort((a, b) => {
    const [one, other] = [a.timed.event, b.timed.event];
    return (
      other.time.stepUs - one.time.stepUs || one.time.at - other.time.at || byText(contentOf(one), contentOf(other))
    );
  });
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of records in that order the first that may be the first sighting of all, as far as their clocks tell. */
export function firstSeen(members: readonly Flagged[]): Flagged {
  const latest = least(members, ({ timed }) => timed.at + timed.event.time.stepUs + timed.errorUs);
  return members.find(({ timed }) => timed.at - timed.errorUs <= latest) as Flagged;
}
