import type { ProcessEvent } from '../model/event.ts';
import type { Timed } from '../model/timed.ts';

/** A process began to run a program, or ended. `at`: corrected, microseconds UTC. */
export interface LifeMoment {
  readonly host: string | undefined;
  readonly pid: number;
  readonly op: 'exec' | 'exit';
  readonly at: number;
}

/**
 * When processes ran, in a few bytes each: it is asked for when all violations are judged, and by then the records that tell it
 * are gone.
 */
export function lifeMoments(processes: readonly Timed<ProcessEvent>[]): Iterable<LifeMoment> {
  const told = processes.filter(({ event: { pid, op } }) => pid !== undefined && (op === 'exec' || op === 'exit'));
  const pids = Float64Array.from(told, ({ event }) => event.pid ?? 0);
  const times = Float64Array.from(told, ({ at }) => at);
  const execs = Uint8Array.from(told, ({ event }) => Number(event.op === 'exec'));
  const hosts = told.map(({ host }) => host);
  return momentsOf(pids, times, execs, hosts);
}

/** Made outside, where no record is in sight that it would hold. */
function momentsOf(
  pids: Float64Array,
  times: Float64Array,
  execs: Uint8Array,
  hosts: readonly (string | undefined)[],
): Iterable<LifeMoment> {
  return {
    *[Symbol.iterator]() {
      for (const [i, pid] of pids.entries())
        yield { host: hosts[i], pid, op: execs[i] === 1 ? 'exec' : 'exit', at: times[i] ?? 0 };
    },
  };
}
