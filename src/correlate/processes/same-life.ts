import type { ProcessEvent } from '../../model/event.ts';
import type { Timed } from '../../model/timed.ts';
import { containsCommand, distinctive } from './exec-text.ts';
import type { Exec, Process, Program } from './process.ts';
import { REUSE_US } from './rounds.ts';

/**
 * A pid starts a new life when its parent changes to another living one, after its exit, or when it runs what the command it ran
 * long before does not name. Reparenting to 1 is not a new life.
 */
export function sameLife(current: Process, timed: Timed<ProcessEvent>, ppid: number | undefined): boolean {
  const { event } = timed;
  if (event.entityId !== undefined && current.entityId !== undefined && event.op === 'exec')
    return event.entityId === current.entityId;
  if (event.op === 'fork') return timed.at - current.first < 1000;
  const parentChanged = ppid !== undefined && current.ppid !== undefined && ppid !== current.ppid && ppid > 1;
  if (parentChanged) return false;
  if (event.op !== 'exec') return true;
  if (current.exited !== undefined) return timed.at - current.exited < 2_000;
  const last = current.execs[current.execs.length - 1];
  return last === undefined || timed.at - last.at < REUSE_US + timed.errorUs || mayHaveRun(last, event);
}

/** Whether a process that ran one command may have run the other in its place: a shell runs the last of its commands so. */
function mayHaveRun({ text }: Exec, { args, commandLine, exe, comm }: ProcessEvent): boolean {
  const program: Program = { args, text: args?.join(' ') ?? commandLine ?? exe ?? comm ?? '' };
  const words = distinctive(program);
  if (words === undefined || program.text === text) return true;
  // A program that is started again with other arguments is another: only a shell puts those together itself.
  const [before] = distinctive({ args: undefined, text }) ?? [];
  return words[0] === before ? text.includes(words.slice(1).join(' ')) : containsCommand(text, words);
}
