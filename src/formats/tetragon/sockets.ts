import { arrayOf, at, compact, isObject, textOf } from '../../core/json/json.ts';
import { parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Endpoint, ProcessEvent, SocketTuple } from '../../model/event.ts';

type Op = ProcessEvent['op'];

/** Kernel functions and system calls by what they mean for a socket. */
const OPS = wordTable<Op>({
  tcp_connect: 'connect',
  tcp_v4_connect: 'connect',
  tcp_v6_connect: 'connect',
  ip4_datagram_connect: 'connect',
  ip6_datagram_connect: 'connect',
  security_socket_connect: 'connect',
  socket_connect: 'connect',
  connect: 'connect',
  inet_csk_accept: 'accept',
  tcp_close: 'close',
  inet_csk_listen_start: 'bind',
  security_socket_bind: 'bind',
  socket_bind: 'bind',
  bind: 'bind',
});
const KINDS = wordTable<Op>({ connect: 'connect', listen: 'bind', close: 'close' });

/** Records of a kind of their own for each thing that happens to a connection. */
export function connectionOf(kind: string, body: unknown): object | undefined {
  const op = KINDS[kind];
  if (op === undefined) return undefined;
  const transport = transportName(textOf(at(body, 'protocol'))) ?? 'ip';
  const local = op === 'bind' ? endOf(body, 'ip', 'port') : endOf(body, 'source_ip', 'source_port');
  return { op, socket: { transport, local, remote: endOf(body, 'destination_ip', 'destination_port') } };
}

/** A hook of a policy: what it was given and, where asked for, what it returned. */
export function hookOf(body: unknown): object {
  const named = ['function_name', 'event', 'symbol', 'name'].map((key) => textOf(at(body, key)));
  const name = named.find((text) => text !== undefined);
  const said = OPS[name?.replace(/^(?:__\w+?_)?sys_(?:enter_)?/, '') ?? ''];
  const args = arrayOf(at(body, 'args'));
  const returned = at(body, 'return');
  // An accept has its socket only when it returns; it was given the one that listens.
  const places = said === 'accept' ? [returned, ...args] : [...args, returned];
  const socket = socketOf(places, said);
  const op = said ?? (socket === undefined ? 'alert' : 'socket');
  const rule = compact({ id: textOf(at(body, 'policy_name')), name });
  return compact({ op, rule, ...(isStopped(body) ? { action: 'deny' as const } : {}), ...socket });
}

/** A policy that enforces kills the caller or has the call fail. */
const STOPS = /_(?:SIGKILL|SIGNAL|OVERRIDE|NOTIFYENFORCER)$/;

export const isStop = (action: string | undefined): boolean => action !== undefined && STOPS.test(action);

function isStopped(body: unknown): boolean {
  return isStop(textOf(at(body, 'action'))) || isStop(textOf(at(body, 'return_action')));
}

interface Found {
  readonly socket: SocketTuple;
  readonly cookie?: string;
  readonly state?: string;
}

const TYPES = wordTable<string>({ SOCK_STREAM: 'tcp', SOCK_DGRAM: 'udp' });

/** The socket, which before a connect has no far end yet, and the address that the call names. */
function socketOf(places: readonly unknown[], op: Op | undefined): Found | undefined {
  const socks = places.map((arg) => at(arg, 'sock_arg') ?? at(arg, 'skb_arg')).filter(isObject);
  const address = places.map((arg) => at(arg, 'sockaddr_arg')).find(isObject);
  const sock = socks.find((it) => isObject(it) && ['saddr', 'sport', 'daddr', 'dport'].some((key) => key in it));
  const stated = endOf(address, 'addr', 'port');
  const local = op === 'bind' && hasEnd(stated) ? stated : known(endOf(sock, 'saddr', 'sport'));
  const remote = op !== 'bind' && hasEnd(stated) ? stated : known(endOf(sock, 'daddr', 'dport'));
  if (!hasEnd(local) && !hasEnd(remote)) return undefined;
  const protocol = textOf(at(sock ?? socks[0], 'protocol'))?.replace(/^IPPROTO_/, '');
  const transport = transportName(protocol) ?? TYPES[textOf(at(sock ?? socks[0], 'type')) ?? ''] ?? 'ip';
  return compact({
    socket: { transport, local, remote },
    cookie: textOf(at(sock, 'cookie')),
    state: textOf(at(sock, 'state')),
  });
}

function endOf(value: unknown, ip: string, port: string): Endpoint {
  return compact({ ip: parseIp(textOf(at(value, ip)) ?? ''), port: parsePort(at(value, port)) });
}

/** An end that is not chosen yet has neither port nor address. */
const known = (end: Endpoint): Endpoint =>
  end.port === undefined && (end.ip === '0.0.0.0' || end.ip === '::') ? {} : end;

const hasEnd = ({ ip, port }: Endpoint): boolean => ip !== undefined || port !== undefined;
