import type { Origin } from './lineage.ts';
import type { Process } from './process.ts';
import type { Socket } from './sockets.ts';

/** A process that can own the violation's socket, and why. */
export interface Owner {
  readonly process: Process;
  readonly origin: Origin;
  readonly how: 'tuple' | 'record' | 'shared-tuple' | 'destination' | 'resolver' | 'exec-arguments' | 'snapshot';
  /** Distance between the host's record and the flow's beginning, microseconds. */
  readonly distanceUs: number;
  /** The record is one of this flow. Else the process may have opened it, as others may of which a record is missing. */
  readonly isFirm: boolean;
  readonly ref: Socket['ref'];
}

/** A host's connect record and the first packet differ by scheduling and coarse clocks, some milliseconds; 300 ms holds all measured. */
export const CONNECT_WINDOW_US = 300_000;

/** What a clock without pairs is taken to be off by, or more. */
export const UNKNOWN_CLOCK_US = 1_000_000;

/** A process is out when its sandbox is known and is none of those that can have sent the packet. */
export function compatible(origin: Origin, sandboxes: ReadonlySet<string> | undefined): boolean {
  if (sandboxes === undefined || origin.sandboxId === undefined) return true;
  return sandboxes.has(origin.sandboxId);
}
