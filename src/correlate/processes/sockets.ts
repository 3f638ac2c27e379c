import { push } from '../../core/push.ts';
import type { Endpoint, ProcessEvent, SocketTuple } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import { mayBePadded } from '../padded.ts';
import type { Process } from './process.ts';

/** A connection that a process opened, as the host saw it. */
export interface Socket {
  readonly process: Process;
  readonly tuple: SocketTuple;
  readonly at: Micros;
  readonly errorUs: number;
  /** The stamp names a whole second, see `mayBePadded`. */
  readonly isWhole: boolean;
  /** `snapshot`: seen open at that moment, opened before. */
  readonly seen: 'connect' | 'snapshot' | 'alert';
  readonly result: ProcessEvent['result'];
  readonly sharers: number;
  readonly ref: SourceRef;
}

/** From one time to another, both included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const NONE: readonly Socket[] = [];

/** Sockets of every host, answered by tuple or destination. */
export class SocketTable {
  /** By transport, then by the rest of the tuple: few sensors leave the transport out, and it is always asked for as well. */
  readonly #byTuple = new Map<string, Map<string, Socket[]>>();
  readonly #byRemote = new Map<string, Socket[]>();
  readonly #byPort = new Map<string, Socket[]>();
  /** Of a destination: the process that alone connected there, on any host; undefined where several did. */
  readonly #opener = new Map<string, Process | undefined>();
  /** Of all sockets. */
  #mostErrorUs = 0;

  /** Sockets with this very tuple, local side first. */
  owners(
    transport: string,
    local: { ip: string; port: number },
    remote: { ip: string; port: number },
  ): readonly Socket[] {
    const byEnds = this.#byTuple.get(transport);
    return byEnds?.get(endsKey(local, remote)) ?? NONE;
  }

  /** Connections to a destination from a host, whatever the local port: all that can lie in a stretch of time, and others. */
  connectsTo(host: string | undefined, ip: string, port: number, stretch: Stretch): readonly Socket[] {
    return this.#around(this.#byRemote.get(`${host ?? ''}|${ip}|${port}`) ?? [], stretch);
  }

  /** The same to a port, whatever the address. */
  connectsToPort(host: string | undefined, port: number, stretch: Stretch): readonly Socket[] {
    return this.#around(this.#byPort.get(`${host ?? ''}|${port}`) ?? [], stretch);
  }

  /** Whether no other process connected to the destination, on any host and at any time. */
  isOnlyOpener({ tuple: { remote }, process }: Pick<Socket, 'tuple' | 'process'>): boolean {
    return this.#opener.get(remoteKey(remote)) === process;
  }

  /** A service's port has thousands. `sockets`: in the order of time. */
  #around(sockets: readonly Socket[], { from, to }: Stretch): readonly Socket[] {
    const first = firstFrom(sockets, from - this.#mostErrorUs);
    const behind = firstFrom(sockets, to + this.#mostErrorUs + 1);
    return behind - first === sockets.length ? sockets : sockets.slice(first, behind);
  }

  /** To be called in the order of time. */
  add(timed: Timed<ProcessEvent>, process: Process): void {
    const { event } = timed;
    const tuple = event.socket;
    if (tuple?.remote.ip === undefined) return;
    const socket: Socket = {
      process,
      tuple,
      at: timed.at,
      errorUs: timed.errorUs + event.time.stepUs,
      isWhole: mayBePadded(event),
      seen: event.op === 'socket' ? 'snapshot' : event.op === 'alert' ? 'alert' : 'connect',
      result: event.result,
      sharers: event.sharers?.length ?? 1,
      ref: event.ref,
    };
    this.#mostErrorUs = Math.max(this.#mostErrorUs, socket.errorUs);
    const { local, remote } = tuple;
    if (local.ip !== undefined && local.port !== undefined && local.port !== 0 && remote.port !== undefined) {
      const byEnds = this.#byTuple.get(tuple.transport) ?? new Map<string, Socket[]>();
      this.#byTuple.set(tuple.transport, byEnds);
      push(byEnds, endsKey(local, remote), socket);
    }
    if (remote.port !== undefined) push(this.#byPort, `${timed.host ?? ''}|${remote.port}`, socket);
    const far = remoteKey(remote);
    this.#opener.set(far, this.#opener.has(far) && this.#opener.get(far) !== process ? undefined : process);
    push(this.#byRemote, `${timed.host ?? ''}|${remote.ip}|${remote.port ?? 0}`, socket);
  }
}

function remoteKey({ ip, port }: Partial<Endpoint>): string {
  return [ip, port ?? 0].join('|');
}

/** Joined: of a template V8 keeps every part, as long as the key is kept. */
function endsKey(local: Pick<Endpoint, 'ip' | 'port'>, remote: Pick<Endpoint, 'ip' | 'port'>): string {
  return [local.ip, local.port, remote.ip, remote.port].join('|');
}

/** The first that is not before a time. */
export function firstFrom(sorted: readonly { readonly at: Micros }[], at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
