import { push } from '../../core/push.ts';
import type { Micros } from '../../model/time.ts';
import { type Lease, OPEN_END, OPEN_START } from './lease.ts';

/** Ids are cut to twelve digits by some tools. */
export const containerKey = (containerId: string): string => containerId.slice(0, 12);

/**
 * A container holds its addresses, its uid and its root process as long as it lives. What names them (an inspection, a list of a network)
 * often does not tell since when or until when; another log that saw the container start or end does.
 */
export function withinLives(leases: readonly Lease[]): readonly Lease[] {
  const lives = new Map<string, Lease[]>();
  for (const lease of leases)
    if (lease.containerId !== undefined && !isOpen(lease)) push(lives, containerKey(lease.containerId), lease);
  return leases.map((lease) => {
    if (lease.containerId === undefined || (lease.start !== OPEN_START && lease.end !== OPEN_END)) return lease;
    return within(lease, lives.get(containerKey(lease.containerId)) ?? []);
  });
}

const isOpen = ({ start, end }: Lease): boolean => start === OPEN_START && end === OPEN_END;

/** A container that is started again has several lives: one that was seen running is in the first that ends after it started. */
function within(lease: Lease, all: readonly Lease[]): Lease {
  let [first, next, last, errorUs] = [OPEN_END, OPEN_END, OPEN_START, lease.errorUs];
  for (const life of all) {
    if (life.log === lease.log) continue;
    if (life.start < first) first = life.start;
    if (life.end > last) last = life.end;
    if (life.end > lease.start && life.end < next) next = life.end;
    errorUs = Math.max(errorUs, life.errorUs);
  }
  const start: Micros = lease.start === OPEN_START && first !== OPEN_END ? first : lease.start;
  const known = lease.start === OPEN_START ? last : next;
  const end: Micros = lease.end === OPEN_END && known > start ? known : lease.end;
  return start === lease.start && end === lease.end ? lease : { ...lease, start, end, errorUs };
}
