import type { Micros } from '../../model/time.ts';
import type { Call } from '../episodes/call.ts';
import type { Exec, Process } from './process.ts';

/** A call that left nothing running had no shell any more. */
export function hadEnded(call: Call | undefined, at: Micros): boolean {
  return call?.end !== undefined && !call.background && call.timing === 'recorded' && call.end + call.lateUs < at;
}

/** From the greatest pid down. `sorted`: by pid. */
export function* nearestBefore(sorted: readonly Process[], pid: number): Generator<Process> {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.pid ?? 0) < pid) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1; i >= 0; i--) {
    const process = sorted[i];
    if (process !== undefined) yield process;
  }
}

/** What the process ran then, a tick of the clocks aside. */
export function execBefore(process: Process, at: Micros): Exec | undefined {
  let best: Exec | undefined;
  for (const exec of process.execs) if (exec.at <= at + 20_000) best = exec;
  return best;
}
