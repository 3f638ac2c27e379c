import type { ProcessTable } from '../processes/processes.ts';
import type { Trail } from '../trail/walk.ts';

/** Records that would name the process of a flow which none names, in plain words: the same list for all flows of a host. */
export type ProcessMissing = (trail: Pick<Trail, 'host'>) => readonly string[];

/** `narrowedUs`: process records of long logs go back only so far before a violation, where they were too many. */
export function openProcessMissing(processes: ProcessTable, narrowedUs: number | undefined): ProcessMissing {
  const known = new Map<string | undefined, readonly string[]>();
  return ({ host }) => {
    const before = known.get(host);
    if (before !== undefined) return before;
    const missing = [missingOn(host, processes)];
    if (narrowedUs !== undefined) missing.push(narrowedOn(host, narrowedUs));
    known.set(host, missing);
    return missing;
  };
}

function missingOn(host: string | undefined, processes: ProcessTable): string {
  const where = host ?? 'the host';
  return processes.hasHost(host)
    ? `a connect record on ${where} for this flow (its process telemetry has none at that moment)`
    : `process telemetry of ${where} with connect records (auditd connect, Tetragon, ss) at that moment`;
}

function narrowedOn(host: string | undefined, narrowedUs: number): string {
  return `process records of ${host ?? 'the hosts'} from more than ${narrowedUs / 1e6} s before: they are there, but too many for the memory allowed (--memory)`;
}
