import type { Micros } from '../../model/time.ts';
import type { Process } from './process.ts';
import type { ProcessTable } from './processes.ts';
import { FORK_GAP } from './rounds.ts';

/** A process takes so long from its fork to its exec, which is the first that records tell of it. */
const EXEC_US = 1_500_000;

/** Between these a process began; both are the moment when it was first seen, unless that was long after. */
export interface Born {
  readonly from: Micros;
  readonly to: Micros;
}

/**
 * When a process began. One that was first seen when it connected had begun by then: before the first process that began with a
 * greater pid, and after those with smaller pids. Pids start anew at their end: neighbours of two rounds tell nothing.
 */
export function bornOf(process: Process, table: Pick<ProcessTable, 'byPidOrder'>): Born {
  const { first, host, pid, seenTo } = process;
  if (seenTo !== 'connect') return { from: first, to: first };
  let [from, to] = [-Infinity, Infinity];
  for (const other of neighboursOf(pid, table.byPidOrder(host))) {
    if (other.seenTo !== 'begin' || other.first > first) continue;
    if (other.pid < pid) from = Math.max(from, other.first);
    else if (other.pid > pid) to = Math.min(to, other.first);
  }
  const isOneRound = from <= to + EXEC_US && from > -Infinity;
  return isOneRound && to < first
    ? { from: Math.min(from, to) as Micros, to: to as Micros }
    : { from: first, to: first };
}

function* neighboursOf(pid: number, sorted: readonly Process[]): Generator<Process> {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.pid ?? 0) < pid - FORK_GAP) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < sorted.length; i++) {
    const other = sorted[i];
    if (other === undefined || other.pid > pid + FORK_GAP) return;
    yield other;
  }
}
