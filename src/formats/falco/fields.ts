import { parseIp, parsePort, transportName } from '../../core/ip.ts';
import { compact, numberOf, textOf } from '../../core/json.ts';
import { remembered } from '../../core/remembered.ts';
import { printedEndpoint } from '../../core/sockaddr.ts';
import { parseEpoch } from '../../core/time.ts';
import type { Endpoint, ProcessEvent, SocketTuple } from '../../model/event.ts';

/** What a rule prints, by the names of Falco's fields. */
export type Fields = Readonly<Record<string, unknown>>;

const flattened = remembered((key) => key.replaceAll('.', '_'));

/** falcosidekick writes `_` for dots where its output asks for that (`flattenfields`). */
function field(fields: Fields, key: string): unknown {
  return fields[key] ?? fields[flattened(key)];
}

/** Falco prints `<NA>` or null for a field without a value. */
function text(fields: Fields, key: string): string | undefined {
  const value = textOf(field(fields, key));
  return value === '<NA>' || value === 'N/A' ? undefined : value;
}

function number(fields: Fields, key: string): number | undefined {
  const value = field(fields, key);
  return typeof value === 'number' ? numberOf(value) : numberOf(text(fields, key));
}

/** `shared`: one and the same text for equal ones, as most alerts are about few programs and containers. */
export function processOf(fields: Fields, shared: (text: string) => string): Partial<ProcessEvent> {
  const container = text(fields, 'container.full_id') ?? text(fields, 'container.id');
  const pod = text(fields, 'k8s.pod.name');
  const namespace = text(fields, 'k8s.ns.name');
  const start = text(fields, 'proc.pid.ts');
  const often = (name: string | undefined): string | undefined => (name === undefined ? name : shared(name));
  return compact({
    pid: number(fields, 'proc.pid'),
    ppid: number(fields, 'proc.ppid'),
    tid: number(fields, 'thread.tid'),
    uid: number(fields, 'user.uid'),
    exe: often(text(fields, 'proc.exepath')),
    comm: often(text(fields, 'proc.name')),
    commandLine: often(text(fields, 'proc.cmdline')),
    cwd: often(text(fields, 'proc.cwd')),
    start: start === undefined ? undefined : parseEpoch(start)?.at,
    containerId: container === 'host' ? undefined : often(container),
    pod: pod === undefined || namespace === undefined ? pod : `${namespace}/${pod}`,
  });
}

export function socketOf(fields: Fields): SocketTuple | undefined {
  const transport = transportName(text(fields, 'fd.l4proto')) ?? 'ip';
  const [left, right] = [end(fields, 'fd.lip', 'fd.lport'), end(fields, 'fd.rip', 'fd.rport')];
  if (left.ip !== undefined || right.ip !== undefined) return { transport, local: left, remote: right };
  const sides = sidesOf(fields);
  if (sides === undefined) return undefined;
  const [client, server] = sides;
  return isServer(fields) ? { transport, local: server, remote: client } : { transport, local: client, remote: server };
}

/** The client and the server: `fd.name` has them in this order too, whichever of them is the process. */
function sidesOf(fields: Fields): readonly [Endpoint, Endpoint] | undefined {
  const [name, peer] = (text(fields, 'fd.name') ?? '').split('->');
  const first = printedEndpoint(name ?? '');
  const second = printedEndpoint(peer ?? '');
  if (first !== undefined && second !== undefined) return [first, second];
  const [client, server] = [end(fields, 'fd.cip', 'fd.cport'), end(fields, 'fd.sip', 'fd.sport')];
  return client.ip !== undefined || server.ip !== undefined ? [client, server] : undefined;
}

/** Whether the process is the server: one that accepts is. */
function isServer(fields: Fields): boolean {
  const said = field(fields, 'fd.is_server');
  return said === true || said === 'true' || /^accept4?$/.test(text(fields, 'evt.type') ?? '');
}

const NOWHERE: Endpoint = {};

function end(fields: Fields, ip: string, port: string): Endpoint {
  const [address, service] = [text(fields, ip), text(fields, port)];
  if (address === undefined && service === undefined) return NOWHERE;
  return compact({ ip: parseIp(address ?? ''), port: parsePort(service ?? '') });
}
