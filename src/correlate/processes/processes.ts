import { compareInLogs } from '../../core/lines/rotated.ts';
import { push } from '../../core/push.ts';
import type { ProcessEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import { NO_PID, type Process, type Program } from './process.ts';
import { type IsHandedOut, openRounds } from './rounds.ts';
import { sameLife } from './same-life.ts';
import { firstFrom, SocketTable } from './sockets.ts';

/** Processes and sockets of every host, answered by pid and time, tuple, or destination. */
export class ProcessTable {
  readonly all: Process[] = [];
  readonly sockets = new SocketTable();
  /** By host and pid, or the entity id where there is none. */
  readonly #lives = new Map<string, Map<number | string, Process[]>>();
  readonly #byEntity = new Map<string, Process>();
  /** Some feeds drop the pid of some records and keep the entity id. */
  readonly #pidOfEntity = new Map<string, number>();
  readonly #byHost = new Map<string, Process[]>();
  readonly #execOrder = new Map<string, readonly { at: Micros; process: Process }[]>();
  /** By host and pid of the parent. */
  readonly #children = new Map<string, Map<number, Process[]>>();
  readonly #hosts = new Set<string>();
  readonly #rounds = new Map<string, IsHandedOut>();
  /** From when on the pid of a parent may be another's, by its id. */
  readonly #lost = new Map<number, number>();

  /** `events` are taken out, each when it is in here: what is made of them is nearly as much. */
  constructor(events: Timed<ProcessEvent>[]) {
    events.sort((a, b) => a.at - b.at || compareInLogs(a, b));
    for (const { event } of events)
      if (event.entityId !== undefined && event.pid !== undefined) this.#pidOfEntity.set(event.entityId, event.pid);
    events.reverse();
    for (let timed = events.pop(); timed !== undefined; timed = events.pop()) this.#add(timed);
    for (const process of this.all) {
      push(this.#byHost, process.host ?? '', process);
      if (process.ppid !== undefined) push(mapOf(this.#children, process.host), process.ppid, process);
    }
    for (const list of this.#byHost.values()) list.sort((a, b) => a.pid - b.pid || a.first - b.first);
  }

  hasHost(host: string | undefined): boolean {
    return this.#hosts.has(host ?? '');
  }

  /** The life of a pid that covers an instant (or the latest begun before it). */
  at(host: string | undefined, pid: number, at: Micros, slackUs: number): Process | undefined {
    let best: Process | undefined;
    for (const process of this.#lives.get(host ?? '')?.get(pid) ?? []) {
      if (process.first - slackUs > at) break;
      best = process;
    }
    return best;
  }

  parentOf(process: Process): Process | undefined {
    if (process.parentEntityId !== undefined) {
      const parent = this.#byEntity.get(process.parentEntityId);
      if (parent !== undefined && parent !== process) return parent;
    }
    if (process.ppid === undefined || process.ppid <= 1) return undefined;
    const parent = this.at(process.host, process.ppid, process.first, 0);
    if (parent === undefined || parent === process) return undefined;
    const { exited = Infinity } = parent;
    return exited < process.first - 1_000_000 || process.first >= this.#lostAt(parent) ? undefined : parent;
  }

  /** From when on its pid may be another's: it was handed out again since the last sign of the process, which are its children as well. */
  #lostAt(parent: Process): number {
    const known = this.#lost.get(parent.id);
    if (known !== undefined) return known;
    const { host, pid, first, last } = parent;
    const isHandedOut = this.#roundsOf(host);
    let lost = Infinity;
    let sign = { at: first, pid };
    for (const child of this.childrenOf(host, pid)) {
      if (child.first <= first) continue;
      if (child.first > last && isHandedOut(pid, sign, { at: child.first, pid: child.pid })) {
        lost = child.first;
        break;
      }
      sign = { at: child.first, pid: child.pid };
    }
    this.#lost.set(parent.id, lost);
    return lost;
  }

  #roundsOf(host: string | undefined): IsHandedOut {
    const key = host ?? '';
    const known = this.#rounds.get(key);
    if (known !== undefined) return known;
    const rounds = openRounds([...this.byPidOrder(host)].sort((a, b) => a.first - b.first || a.id - b.id));
    this.#rounds.set(key, rounds);
    return rounds;
  }

  /** Every process whose first record names this parent pid, in time order. */
  childrenOf(host: string | undefined, ppid: number): readonly Process[] {
    return this.#children.get(host ?? '')?.get(ppid) ?? [];
  }

  byPidOrder(host: string | undefined): readonly Process[] {
    return this.#byHost.get(host ?? '') ?? [];
  }

  /** Processes first seen in a window, in time order, and those with a later exec inside it. */
  *aliveAround(host: string | undefined, lo: Micros, hi: Micros): Generator<Process> {
    const list = this.#timeOrder(host);
    const seen = new Set<number>();
    for (let i = firstFrom(list, lo); i < list.length; i++) {
      const entry = list[i];
      if (entry === undefined || entry.at > hi) return;
      if (seen.has(entry.process.id)) continue;
      seen.add(entry.process.id);
      yield entry.process;
    }
  }

  #timeOrder(host: string | undefined): readonly { at: Micros; process: Process }[] {
    const key = host ?? '';
    const known = this.#execOrder.get(key);
    if (known !== undefined) return known;
    const list = (this.#byHost.get(key) ?? []).flatMap((process) =>
      process.execs.map((exec) => ({ at: exec.at, process })),
    );
    list.sort((a, b) => a.at - b.at || a.process.id - b.process.id);
    this.#execOrder.set(key, list);
    return list;
  }

  hostNames(): readonly string[] {
    return [...this.#hosts];
  }

  #add(timed: Timed<ProcessEvent>): void {
    const { event } = timed;
    this.#hosts.add(timed.host ?? '');
    if (event.op === 'socket' && event.sharers !== undefined && event.sharers.length > 0) {
      for (const sharer of event.sharers) this.sockets.add(timed, this.#life(timed, sharer.pid, sharer.comm));
      return;
    }
    const pid = event.op === 'fork' ? event.childPid : this.#pidOf(event);
    if (pid === undefined) return;
    if (event.op === 'exit') {
      const process = pid === NO_PID ? this.#ofEntity(event) : this.at(timed.host, pid, timed.at, 0);
      if (process !== undefined) process.exited = timed.at;
      return;
    }
    const process = this.#life(timed, pid, event.comm);
    if (event.op === 'exec') this.#exec(timed, process);
    else if (event.op !== 'fork') process.said ??= programOf(event);
    if (event.socket !== undefined && event.op !== 'bind' && event.op !== 'close') this.sockets.add(timed, process);
  }

  #pidOf(event: ProcessEvent): number | undefined {
    if (event.pid !== undefined || event.entityId === undefined) return event.pid;
    return this.#pidOfEntity.get(event.entityId) ?? NO_PID;
  }

  #ofEntity({ entityId }: ProcessEvent): Process | undefined {
    return entityId === undefined ? undefined : this.#byEntity.get(entityId);
  }

  #life(timed: Timed<ProcessEvent>, pid: number, comm: string | undefined): Process {
    const { event } = timed;
    const lives = mapOf(this.#lives, timed.host);
    const key = pid === NO_PID ? (event.entityId ?? '') : pid;
    const current = lives.get(key)?.at(-1);
    const ppid = event.op === 'fork' ? event.pid : event.ppid;
    if (current !== undefined && sameLife(current, timed, ppid) && !hasNewParent(current, timed, ppid, lives)) {
      seenAgain(current, timed, { ppid, comm });
      return current;
    }
    const process = begun(this.all.length, timed, { pid, ppid, comm });
    this.all.push(process);
    push(lives, key, process);
    if (event.entityId !== undefined) this.#byEntity.set(event.entityId, process);
    return process;
  }

  #exec(timed: Timed<ProcessEvent>, process: Process): void {
    const { event } = timed;
    const text = event.args?.join(' ') ?? event.commandLine ?? event.exe ?? event.comm ?? '';
    const { execs } = process;
    const previous = execs[execs.length - 1];
    const shorter = event.args === undefined && event.commandLine === undefined;
    // Two sensors report one exec: keep the one that tells the arguments.
    if (previous !== undefined && timed.at - previous.at < 50_000 + timed.errorUs) {
      if (shorter) return;
      if (previous.args === undefined && previous.text.length <= text.length) execs.pop();
    }
    const exec = { at: timed.at, text, args: event.args, exe: event.exe, ref: event.ref };
    // Most have one, and a list that is added to has room for many.
    if (execs.length === 0) process.execs = [exec];
    else execs.push(exec);
  }
}

function programOf({ args, commandLine }: ProcessEvent): Program | undefined {
  const text = args?.join(' ') ?? commandLine;
  return text === undefined ? undefined : { args, text };
}

/** Whether the pid of its parent began another life since it began: who has that parent is another, for a child without parent gets a new one. */
function hasNewParent(
  { ppid, first, entityId }: Process,
  { event }: Timed<ProcessEvent>,
  parentPid: number | undefined,
  lives: ReadonlyMap<number | string, readonly Process[]>,
): boolean {
  if (parentPid === undefined || parentPid <= 1 || ppid !== parentPid) return false;
  if (entityId !== undefined && entityId === event.entityId) return false;
  const parents = lives.get(parentPid) ?? [];
  const [eldest, latest] = [parents[0], parents[parents.length - 1]];
  if (eldest === undefined || latest === undefined) return false;
  return eldest.first <= first && latest.first > first && latest.seenTo === 'begin';
}

/** What a record says of a life beside the host and the moment. */
interface Said {
  readonly pid: number;
  readonly ppid: number | undefined;
  readonly comm: string | undefined;
}

/** A life that a record is the first of. */
function begun(id: number, { event, at, host }: Timed<ProcessEvent>, { pid, ppid, comm }: Said): Process {
  return {
    id,
    host,
    pid,
    ppid,
    entityId: event.entityId,
    parentEntityId: event.parentEntityId,
    first: event.start !== undefined && event.start < at ? ((at - (event.time.at - event.start)) as Micros) : at,
    seenTo: firstSeenTo(event),
    last: at,
    exited: undefined,
    uid: event.uid,
    comm,
    exe: event.exe,
    containerId: event.containerId,
    sandboxId: event.sandboxId,
    said: undefined,
    execs: [],
    ref: event.ref,
  };
}

/** Adds what one more record says of it. */
function seenAgain(life: Process, { event, at }: Timed<ProcessEvent>, { ppid, comm }: Omit<Said, 'pid'>): void {
  life.last = at;
  if (life.exited !== undefined && life.exited < at) life.exited = undefined;
  life.ppid ??= ppid;
  life.uid ??= event.uid;
  life.comm = comm ?? life.comm;
  life.exe = event.exe ?? life.exe;
  life.containerId ??= event.containerId;
  life.sandboxId ??= event.sandboxId;
}

function firstSeenTo({ op, start }: ProcessEvent): Process['seenTo'] {
  if (op === 'exec' || op === 'fork' || start !== undefined) return 'begin';
  return op === 'socket' ? 'hold' : 'connect';
}

function mapOf<K, V>(byHost: Map<string, Map<K, V>>, host: string | undefined): Map<K, V> {
  const known = byHost.get(host ?? '');
  if (known !== undefined) return known;
  const fresh = new Map<K, V>();
  byHost.set(host ?? '', fresh);
  return fresh;
}
