import { decoded, skipped } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { printedEndpoint } from '../../core/network/sockaddr.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { Line } from './line.ts';
import type { Threads } from './threads.ts';

type Base = Omit<ProcessEvent, 'op'>;
export type Near = Pick<Line, 'tid' | 'isExit' | 'info'> & { readonly pid: number };

/** `fd=3(<4t>a:1->b:2)`: the number, 4 or 6, `t` for TCP or `u` for UDP once it is known. */
const DESCRIPTOR = /(?:^| )fd=(\d+)(?:\(<[46]([tu])?>)?/;
/** Client first. */
const TUPLE = /(?:^| )tuple=([^\s>]+)->(\S+)/;
const IN_PROGRESS = -115;
const STREAM = 1;
const DATAGRAM = 2;

interface Tuple {
  readonly client: Endpoint;
  readonly server: Endpoint;
}

function tupleOf(info: string): Tuple | undefined {
  const m = TUPLE.exec(info);
  const [client, server] = [endOf(m?.[1]), endOf(m?.[2])];
  return client === undefined || server === undefined ? undefined : { client, server };
}

/** Ports may be names of services. An end that is not bound tells nothing. */
function endOf(text: string | undefined): Endpoint | undefined {
  const end = printedEndpoint((text ?? '').replace(/:[a-z][\w-]*$/, ':*'));
  if (end === undefined) return undefined;
  const isNone = end.ip === '0.0.0.0' || end.ip === '::';
  return compact({ ip: isNone ? undefined : end.ip, port: end.port === 0 ? undefined : end.port });
}

const transportOf = (letter: string | undefined): string | undefined =>
  letter === undefined ? undefined : letter === 't' ? 'tcp' : 'udp';

/** A socket that is asked for, and the number it gets; newer releases tell both at once. */
export function socketTypeOf({ tid, pid, isExit, info }: Near, threads: Threads): void {
  const type = /(?:^| )domain=(?:2|10)\(AF_INET6?\) type=(\d+)/.exec(info)?.[1];
  // Flags stand above the kind.
  const kind = type === undefined ? undefined : Number(type) & 15;
  const transport = kind === STREAM ? 'tcp' : kind === DATAGRAM ? 'udp' : undefined;
  const fd = DESCRIPTOR.exec(info)?.[1];
  if (isExit && fd !== undefined) threads.opens(tid, pid, fd, transport);
  else if (!isExit && transport !== undefined) threads.asks(tid, transport);
}

export function connectOf(base: Base, near: Near, threads: Threads): Decoded {
  const { tid, pid, info } = near;
  const [, fd, letter] = DESCRIPTOR.exec(info) ?? [];
  if (!near.isExit) {
    threads.connects(tid, { fd, addr: /(?:^| )addr=(\S+)/.exec(info)?.[1] });
    return skipped('call that begins');
  }
  const begun = threads.connected(tid);
  const tuple = tupleOf(info);
  const remote = tuple?.server ?? endOf(begun?.addr);
  if (remote?.ip === undefined) return skipped('socket that is none of the network');
  // How a resolver asks the kernel which of its addresses it would use.
  if (remote.port === undefined && /:0(?:\s|$)/.test(`${TUPLE.exec(info)?.[2] ?? begun?.addr}`))
    return skipped('connect without a port');
  const res = Number(/(?:^| )res=(-?\d+)/.exec(info)?.[1] ?? Number.NaN);
  const transport = transportOf(letter) ?? threads.transport(pid, fd ?? begun?.fd) ?? 'ip';
  return decoded({
    ...base,
    op: 'connect',
    socket: { transport, local: tuple?.client ?? {}, remote },
    result: res === 0 ? 'ok' : res === IN_PROGRESS ? 'in-progress' : 'fail',
  });
}

/** Who connected stands first. */
export function acceptOf(base: Base, info: string): Decoded {
  const tuple = tupleOf(info);
  if (tuple?.client.ip === undefined) return skipped('socket that is none of the network');
  const transport = transportOf(DESCRIPTOR.exec(info)?.[2]) ?? 'tcp';
  return decoded({ ...base, op: 'accept', socket: { transport, local: tuple.server, remote: tuple.client } });
}

/** A datagram that names where it goes. */
export function farOf(base: Base, info: string): Decoded {
  const tuple = tupleOf(info);
  if (tuple?.server.ip === undefined) return skipped('far end not named');
  const transport = transportOf(DESCRIPTOR.exec(info)?.[2]) ?? 'ip';
  return decoded({ ...base, op: 'socket', socket: { transport, local: tuple.client, remote: tuple.server } });
}
