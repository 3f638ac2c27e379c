import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import type { Call } from '../episodes/call.ts';
import type { EpisodeTable } from '../episodes/episodes.ts';
import type { HostTable } from '../hosts.ts';
import type { LeaseTable } from '../leases/leases.ts';
import { bornOf } from './born.ts';
import { EXEC_SLACK_US, type ExecCall, type ExecCalls, openExecCalls } from './exec-calls.ts';
import { containsCommand, distinctive, isCommon } from './exec-text.ts';
import type { Process } from './process.ts';
import type { ProcessTable } from './processes.ts';
import { FORK_GAP } from './rounds.ts';
import { execBefore, hadEnded, nearestBefore } from './shells.ts';

/** Where a process comes from, as far as the records tell. */
export interface Origin {
  /** The process, then its parents, up to the one that a sandbox's exec daemon started. */
  readonly chain: readonly Process[];
  readonly sandboxId: string | undefined;
  /** How the chain was closed: an exec daemon of a lease, a parent guessed from command text and pid order, a container, or not at all. */
  readonly closedBy: 'root-pid' | 'adopted' | 'container' | 'uid' | 'none';
  readonly call: Call | undefined;
  /** How the topmost process was tied to the call. */
  readonly callBy: ExecCall['by'] | undefined;
  /** Other calls that fit the topmost process as well. */
  readonly rivals: readonly Call[];
  /** Set when the process belongs to the platform and to no sandbox. */
  readonly platform: 'uid' | 'parent' | 'host' | undefined;
  /** The process started inside a sandbox, under an episode that has no trace of any call then. */
  readonly untraced: boolean;
  readonly refs: readonly SourceRef[];
}

/** Many shells have run `python3 -`: only one that began just before can be meant. */
const COMMON_LIFE_US = 5_000_000;

export interface LineageContext {
  readonly processes: ProcessTable;
  readonly leases: LeaseTable;
  readonly episodes: EpisodeTable;
  readonly hosts: HostTable;
}

/** Traces processes back to tool calls. Answers are remembered per process. */
export class Lineage {
  readonly #context: LineageContext;
  readonly #origins = new Map<number, Origin>();
  readonly #execCalls: ExecCalls;
  readonly #fits = new Map<string, boolean>();
  #allLeased: boolean | undefined;

  constructor(context: LineageContext) {
    this.#context = context;
    this.#execCalls = openExecCalls(context.episodes, (process) => bornOf(process, context.processes));
  }

  origin(process: Process): Origin {
    const known = this.#origins.get(process.id);
    if (known !== undefined) return known;
    // Who asks for it meanwhile, along a circle of guessed parents, learns nothing.
    this.#origins.set(process.id, base([process]));
    const origin = this.#trace(process);
    this.#origins.set(process.id, origin);
    return origin;
  }

  #trace(process: Process): Origin {
    const chain = this.#chainOf(process);
    const top = chain[chain.length - 1] ?? process;
    const { leases } = this.#context;
    const byRoot = top.ppid === undefined ? undefined : leases.sandboxOfRootPid(top.host, top.ppid, top.first);
    const stated = chain
      .map((p) => p.sandboxId ?? (p.containerId === undefined ? undefined : leases.sandboxOfContainer(p.containerId)))
      .find((id) => id !== undefined);
    if (byRoot !== undefined) return this.#withCall(chain, top, byRoot, 'root-pid');
    if (this.#isPlatformUid(process, top)) return { ...base(chain), platform: 'uid' };
    const shell = this.#adopt(top);
    if (shell !== undefined) {
      const parent = this.origin(shell);
      return {
        ...parent,
        chain: [...chain, ...parent.chain],
        closedBy: parent.closedBy === 'none' ? 'none' : 'adopted',
        refs: [...refsOf(chain), ...parent.refs],
      };
    }
    const sandbox = stated ?? this.#sandboxOfUid(process);
    const closed = this.#withCall(
      chain,
      top,
      sandbox,
      stated !== undefined ? 'container' : sandbox === undefined ? 'none' : 'uid',
    );
    if (closed.call !== undefined || stated !== undefined) return closed;
    return { ...closed, platform: this.#platformByParent(top) };
  }

  #chainOf(process: Process): readonly Process[] {
    const chain: Process[] = [process];
    const seen = new Set([process.id]);
    let current = process;
    for (let depth = 0; depth < 64; depth++) {
      const { host, ppid, first } = current;
      if (ppid !== undefined && this.#context.leases.sandboxOfRootPid(host, ppid, first) !== undefined) break;
      const parent = this.#context.processes.parentOf(current);
      if (parent === undefined || seen.has(parent.id)) break;
      seen.add(parent.id);
      chain.push(parent);
      current = parent;
    }
    return chain;
  }

  #isPlatformUid(process: Process, top: Process): boolean {
    const { hosts, leases } = this.#context;
    if (process.uid === undefined) return false;
    if (hosts.isInfraUid(process.host, process.uid)) return true;
    if (process.uid === 0 || this.#isForeignUid(process)) return false;
    if (!leases.statesUids(process.host) || !this.#areAllLeased()) return false;
    if (leases.sandboxesOfUid(process.host, process.uid).size > 0) return false;
    // A lease may be missing all the same: what runs a call's very command is no platform.
    return this.#execCalls.callOf(top, undefined)?.by !== 'argv';
  }

  /** The inventory names the platform's uids on the host, and this is none of them. */
  #isForeignUid({ host, uid }: Process): boolean {
    const { hosts } = this.#context;
    return uid !== undefined && uid !== 0 && hosts.statesInfraUids(host) && !hosts.isInfraUid(host, uid);
  }

  /** Of every sandbox that an episode used there is a lease: else the absence of one says nothing. */
  #areAllLeased(): boolean {
    if (this.#allLeased === undefined) {
      const leased = this.#context.leases.sandboxesOnHost(undefined);
      const episodes = [...this.#context.episodes.episodes.values()];
      this.#allLeased = episodes.every(({ sandboxIds }) => sandboxIds.every((id) => leased.has(id)));
    }
    return this.#allLeased;
  }

  #sandboxOfUid(process: Process): string | undefined {
    if (process.uid === undefined) return undefined;
    const sandboxes = this.#context.leases.sandboxesOfUid(process.host, process.uid);
    return sandboxes.size === 1 ? [...sandboxes][0] : undefined;
  }

  /**
   * A topmost process whose parent left no record: a subshell that forked without exec, or a child whose shell was gone
   * (ppid 1). Its shell is the nearest earlier pid whose command text contains what the first of the family executed.
   */
  #adopt(top: Process): Process | undefined {
    const family = this.#family(top);
    const first = family.find((member) => member.execs.length > 0);
    const born = first?.execs[0]?.at ?? top.first;
    const anchor = top.ppid === undefined || top.ppid <= 1 ? top.pid : top.ppid;
    const wanted = distinctive(first?.execs[0]);
    if (wanted === undefined) return undefined;
    const longAgo = isCommon(wanted) ? born - COMMON_LIFE_US : -Infinity;
    for (const shell of nearestBefore(this.#context.processes.byPidOrder(top.host), anchor)) {
      if (anchor - shell.pid > FORK_GAP) break;
      if (
        shell === top ||
        shell.first > born + 20_000 ||
        (top.uid !== undefined && shell.uid !== undefined && shell.uid !== top.uid)
      )
        continue;
      const exec = execBefore(shell, born);
      if (exec === undefined || exec.at < longAgo || !containsCommand(exec.text, wanted)) continue;
      if (!hadEnded(this.origin(shell).call, born)) return shell;
    }
    return undefined;
  }

  #family(top: Process): readonly Process[] {
    if (top.ppid === undefined || top.ppid <= 1) return [top];
    const family = this.#context.processes
      .childrenOf(top.host, top.ppid)
      .filter((p) => Math.abs(p.first - top.first) < 3_600_000_000 * 24);
    return family.length === 0 ? [top] : family;
  }

  #withCall(
    chain: readonly Process[],
    top: Process,
    sandboxId: string | undefined,
    closedBy: Origin['closedBy'],
  ): Origin {
    const isStarter = closedBy === 'root-pid' && top.seenTo === 'begin';
    const match = this.#execCalls.callOf(top, sandboxId, isStarter);
    const sandbox = sandboxId ?? match?.call.sandboxId;
    const untraced = match === undefined && sandboxId !== undefined && this.#hasNoTrace(sandboxId, top.first);
    return {
      ...base(chain),
      sandboxId: sandbox,
      closedBy,
      call: match?.call,
      callBy: match?.by,
      rivals: match?.rivals ?? [],
      untraced,
    };
  }

  /** The episode that held the sandbox then recorded no call at all. */
  #hasNoTrace(sandboxId: string, at: Micros): boolean {
    const { leases, episodes } = this.#context;
    const holders = leases.at(sandboxId, at, EXEC_SLACK_US).map((lease) => lease.episodeId);
    return holders.some((id) => id !== undefined && (episodes.episodes.get(id)?.calls.count ?? 0) === 0);
  }

  /** A parent without record whose children fit no call at all: the platform's own supervisor. */
  #platformByParent(top: Process): 'parent' | undefined {
    if (top.ppid === undefined || top.ppid <= 1) return undefined;
    const { leases, processes } = this.#context;
    if (!leases.statesRootPids(top.host) || !this.#areAllLeased()) return undefined;
    // No platform runs as a sandbox's user: there, a shell left no record.
    if (top.uid !== undefined && leases.sandboxesOfUid(top.host, top.uid).size > 0) return undefined;
    if (this.#isForeignUid(top)) return undefined;
    const key = `${top.host ?? ''}|${top.ppid}`;
    const fits =
      this.#fits.get(key) ?? processes.childrenOf(top.host, top.ppid).some((member) => this.#execCalls.mayFit(member));
    this.#fits.set(key, fits);
    return fits ? undefined : 'parent';
  }
}

function base(chain: readonly Process[]): Origin {
  return {
    chain,
    sandboxId: undefined,
    closedBy: 'none',
    call: undefined,
    callBy: undefined,
    rivals: [],
    platform: undefined,
    untraced: false,
    refs: refsOf(chain),
  };
}

function refsOf(chain: readonly Process[]): readonly SourceRef[] {
  return chain.map((process) => process.execs[0]?.ref ?? process.ref);
}
