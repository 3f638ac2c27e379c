import { push } from '../../core/push.ts';
import type { Micros } from '../../model/time.ts';
import type { Call } from '../episodes/call.ts';
import type { Episode, EpisodeTable } from '../episodes/episodes.ts';
import type { Born } from './born.ts';
import { containsCommand, distinctive, mayRun, sameCommand, tellsArguments } from './exec-text.ts';
import type { Process, Program } from './process.ts';

/** A process may start so long before and after its call, by what the records say. */
export const EXEC_SLACK_US = 1_500_000;

/** The call that a process was started by. */
export interface ExecCall {
  readonly call: Call;
  /** How the two were tied together. */
  readonly by: 'argv' | 'argv-part' | 'time';
  /** Other calls that fit as well. */
  readonly rivals: readonly Call[];
}

/** Ties processes that no recorded process started to the calls that did, of a sandbox, or else of the host. */
export interface ExecCalls {
  /** `isStarter`: what starts the calls of the sandbox was seen to start it. */
  callOf(top: Process, sandboxId: string | undefined, isStarter?: boolean): ExecCall | undefined;
  /** Whether any call of its host may have started it: a program without its arguments is enough to doubt. */
  mayFit(process: Process): boolean;
}

export function openExecCalls(episodes: EpisodeTable, bornOf: (process: Process) => Born): ExecCalls {
  let ran: Ran | undefined;
  const left = new Map<string, readonly Call[]>();
  /** Another call of the sandbox, of whatever episode, may still have had something running then. */
  const mayBeOfEarlier = (only: Call, sandboxId: string, at: Micros): boolean => {
    const calls = left.get(sandboxId) ?? (ran?.bySandbox.get(sandboxId) ?? []).flatMap(leftBehind);
    left.set(sandboxId, calls);
    return calls.some((call) => call.key !== only.key && call.sandboxId === sandboxId && (call.start ?? 0) <= at);
  };
  const running = (top: Process, sandboxId: string | undefined, born: Born): readonly Call[] => {
    ran ??= whereEpisodesRan(episodes);
    const own = sandboxId === undefined ? ran.byHost.get(top.host ?? '') : ran.bySandbox.get(sandboxId);
    return runningAt(top.host ?? '', born, own ?? [], sandboxId);
  };
  return {
    callOf: (top, sandboxId, isStarter = false) => {
      const born = bornOf(top);
      const calls = running(top, sandboxId, born);
      const said = byText(top, calls);
      if (said !== undefined || sandboxId === undefined) return said;
      const only = byTime(top, calls, born);
      return only === undefined || (!isStarter && mayBeOfEarlier(only.call, sandboxId, born.to)) ? undefined : only;
    },
    mayFit: (process) => {
      const calls = running(process, undefined, bornOf(process));
      const [exec] = process.execs;
      if (byText(process, calls) !== undefined) return true;
      if (exec === undefined || tellsArguments(exec)) return false;
      return calls.some(({ command }) => command !== undefined && mayRun(command, exec));
    },
  };
}

/** Calls of the sandbox, or else of the host, that the process can have started in. Where hosts name sandboxes alike, those of its own. */
function runningAt(
  host: string,
  born: Born,
  episodes: readonly Episode[],
  sandboxId: string | undefined,
): readonly Call[] {
  const running = episodes.flatMap(({ calls }) =>
    born.to < calls.extent.from - EXEC_SLACK_US || born.from > calls.extent.to + EXEC_SLACK_US
      ? []
      : calls.all.filter(
          (call) =>
            (sandboxId === undefined ? (call.host ?? '') === host : call.sandboxId === sandboxId) &&
            call.executed &&
            startsIn(born, call),
        ),
  );
  const here = running.filter((call) => call.host === host);
  return here.length === 0 ? running : here;
}

function byText({ execs, said, first }: Process, running: readonly Call[]): ExecCall | undefined {
  const exec = execs[0] ?? said;
  if (exec === undefined) return undefined;
  const equal = nearest(
    running.filter((call) => sameCommand(exec, call)),
    'argv',
    first,
  );
  const wanted = distinctive(exec);
  if (equal !== undefined || wanted === undefined || !tellsArguments(exec)) return equal;
  const part = running.filter(({ command }) => command !== undefined && containsCommand(command, wanted));
  return nearest(part, 'argv-part', first);
}

function nearest(calls: readonly Call[], by: ExecCall['by'], at: Micros): ExecCall | undefined {
  const call = nearestStart(calls, at);
  return call && { call, by, rivals: rivalsOf(calls, call, at) };
}

/** The one call that ran when the process began, as far as that is known, if it may run such a program. */
function byTime(process: Process, running: readonly Call[], born: Born): ExecCall | undefined {
  if (process.seenTo === 'hold') return undefined;
  const strict = running.filter((call) => within(born, call));
  const [only] = strict;
  return strict.length === 1 &&
    only !== undefined &&
    (only.command === undefined || programsOf(process).some((program) => mayRun(only.command ?? '', program)))
    ? { call: only, by: 'time', rivals: [] }
    : undefined;
}

/** Of a process whose exec left no record its names are known, as long as its program is the one that it began with. */
function programsOf({ execs: [exec], exe, comm }: Process): readonly (Program | undefined)[] {
  if (exec !== undefined) return [exec];
  const names = [exe, comm].flatMap((text) => (text === undefined ? [] : [{ args: undefined, text }]));
  return names.length === 0 ? [undefined] : names;
}

function leftBehind({ calls }: Episode): readonly Call[] {
  const left: Call[] = [];
  for (const call of calls.passing()) if (call.background && call.executed) left.push(call);
  return left;
}

/** Episodes by where any of their calls ran. */
interface Ran {
  readonly byHost: ReadonlyMap<string, readonly Episode[]>;
  readonly bySandbox: ReadonlyMap<string, readonly Episode[]>;
}

function whereEpisodesRan({ episodes }: EpisodeTable): Ran {
  const byHost = new Map<string, Episode[]>();
  const bySandbox = new Map<string, Episode[]>();
  for (const episode of episodes.values()) {
    const { hosts, sandboxes } = episode.calls.extent;
    for (const host of hosts) push(byHost, host, episode);
    for (const sandbox of sandboxes) if (sandbox !== undefined) push(bySandbox, sandbox, episode);
  }
  return { byHost, bySandbox };
}

function startsIn(born: Born, call: Call): boolean {
  if (call.start === undefined && call.end === undefined) return true;
  const from = call.start === undefined ? -Infinity : call.start - call.earlyUs - EXEC_SLACK_US;
  const to = (call.end ?? Infinity) + call.lateUs + EXEC_SLACK_US;
  return born.to >= from && born.from <= to;
}

/** Bounds borrowed from neighbours are no time to convict by. */
function within(born: Born, call: Call): boolean {
  return (
    call.timing === 'recorded' &&
    call.start !== undefined &&
    born.to >= call.start - call.earlyUs &&
    born.from <= (call.end ?? Infinity) + call.lateUs
  );
}

function distance(call: Call, at: Micros): number {
  if (call.timing === 'inferred' && call.start !== undefined && call.end !== undefined)
    return Math.max(0, call.start - at, at - call.end);
  return call.start === undefined ? Infinity : Math.abs(at - call.start);
}

function nearestStart(calls: readonly Call[], at: Micros): Call | undefined {
  let best: Call | undefined;
  for (const call of calls) if (best === undefined || distance(call, at) < distance(best, at)) best = call;
  return best;
}

/** Calls that fit nearly as well: a start as close as the clocks can tell. */
function rivalsOf(calls: readonly Call[], best: Call, at: Micros): readonly Call[] {
  const limit = distance(best, at) + 100_000 + best.earlyUs;
  return calls.filter((call) => call !== best && distance(call, at) <= limit);
}
