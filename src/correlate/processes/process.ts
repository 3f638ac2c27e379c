import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

/** One exec seen in the life of a process. */
export interface Exec {
  readonly at: Micros;
  readonly text: string;
  readonly args: readonly string[] | undefined;
  readonly exe: string | undefined;
  readonly ref: SourceRef;
}

/** What was run, as far as it is told. */
export type Program = Pick<Exec, 'args' | 'text'>;

/** Pid 0 is the kernel's own idle task and never opens a socket. */
export const NO_PID = 0;

/** `pid 4312`; the sensor's own id where its records leave the pid out. */
export function pidName({ pid, entityId }: Pick<Process, 'pid' | 'entityId'>): string {
  return pid === NO_PID ? (entityId ?? 'no pid') : `pid ${pid}`;
}

/** One life of one pid on one host: pids are reused, lives are not. */
export interface Process {
  readonly id: number;
  readonly host: string | undefined;
  /** `NO_PID` where the records name the process by its entity id alone. */
  readonly pid: number;
  /** Parent at the first record that states one; 1 means that the parent was gone by then. */
  ppid: number | undefined;
  readonly entityId: string | undefined;
  readonly parentEntityId: string | undefined;
  readonly first: Micros;
  /** What it did when it was first seen: it began, or it connected and may have begun long before, or it held an open socket. */
  readonly seenTo: 'begin' | 'connect' | 'hold';
  last: Micros;
  exited: Micros | undefined;
  uid: number | undefined;
  comm: string | undefined;
  /** What it runs, and with which arguments, by records that are no exec. */
  exe: string | undefined;
  said: Program | undefined;
  containerId: string | undefined;
  sandboxId: string | undefined;
  /** In the order of time. */
  execs: Exec[];
  readonly ref: SourceRef;
}
