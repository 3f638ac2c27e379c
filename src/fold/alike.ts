import type { Endpoint, NetworkEvent } from '../model/event.ts';
import type { Finding, ViolatingEvent } from '../model/violation.ts';

/**
 * How much two records must share to be counted together. 0: rule, source, destination with port, process. 1: without the
 * destination's port and the process, for scans and for commands that are started again and again. 2: without the destination.
 */
export type Level = 0 | 1 | 2;

export const COARSEST: Level = 2;

/** Equal for records that may be counted together. The port of the asking side is never part of it. */
export function kindOf(event: ViolatingEvent, finding: Finding, level: Level): string {
  const shared = event.kind + part(event.ref.source) + part(finding.rule.id) + part(finding.category);
  const who = shared + whoOf(event, level);
  return level < 2 ? who + whereOf(event, level) : who;
}

function part(value: string | number | undefined): string {
  return value === undefined ? '\u0000' : `\u0000${value}`;
}

function whoOf(event: ViolatingEvent, level: Level): string {
  switch (event.kind) {
    case 'network': {
      const from = part(clientOf(event).ip) + part(event.type) + part(event.action);
      const inside = part(event.sandboxId) + part(event.containerId) + part(event.srcPod);
      return level === 0 ? from + inside + part(event.pid) + part(event.uid) : from + inside;
    }
    case 'dns':
      return part(event.client?.ip) + part(event.op) + part(level === 0 ? event.pid : undefined);
    case 'process': {
      const inside = part(event.containerId) + part(event.sandboxId);
      return part(event.host) + part(event.op) + inside + part(level === 0 ? event.pid : undefined);
    }
  }
}

function whereOf(event: ViolatingEvent, level: Level): string {
  switch (event.kind) {
    case 'network': {
      const { ip, port, domain } = serverOf(event);
      const name = level === 0 ? (event.http?.host ?? domain ?? parentOf(event.dns?.name)) : undefined;
      return part(event.transport) + part(ip) + part(level === 0 ? port : undefined) + part(name);
    }
    case 'dns':
      return part(parentOf(event.name));
    case 'process':
      return part(event.socket?.remote.ip) + part(level === 0 ? event.socket?.remote.port : undefined);
  }
}

/** Names that are made up one after the other share their last two labels. */
function parentOf(name: string | undefined): string | undefined {
  return name?.split('.').slice(-2).join('.');
}

function clientOf(event: NetworkEvent): Endpoint {
  return event.initiator === 'dst' ? event.dst : event.src;
}

function serverOf(event: NetworkEvent): Endpoint {
  return event.initiator === 'dst' ? event.src : event.dst;
}

/** What is true of all records of a kind: the first one without what tells it from the others. */
export function commonOf(event: ViolatingEvent, level: Level): ViolatingEvent {
  switch (event.kind) {
    case 'network':
      return commonTraffic(event, level);
    case 'dns': {
      const { client, pid, serial: _serial, entityId: _entity, answers: _answers, ...rest } = event;
      const own = level === 0 && pid !== undefined ? { pid } : {};
      return { ...rest, ...(client === undefined ? {} : { client: withoutPort(client) }), ...own };
    }
    case 'process': {
      if (level === 0) return event;
      const { pid: _pid, ppid: _ppid, entityId: _entity, socket, ...rest } = event;
      if (socket === undefined || level === 2) return rest;
      return { ...rest, socket: { ...socket, local: withoutPort(socket.local), remote: withoutPort(socket.remote) } };
    }
  }
}

function commonTraffic(event: NetworkEvent, level: Level): NetworkEvent {
  const {
    seq: _seq,
    isSyn: _isSyn,
    ipId: _ipId,
    icmp: _icmp,
    flowId: _flow,
    communityId: _community,
    ...whole
  } = event;
  const { nat: _nat, bytes: _bytes, http, dns, ...plain } = whole;
  const host = http?.host === undefined ? {} : { http: { host: http.host } };
  const name = parentOf(dns?.name);
  const rest = { ...plain, ...host, ...(name === undefined ? {} : { dns: { name } }) };
  const swapped = event.initiator === 'dst';
  const client = withoutPort(clientOf(event));
  const server = level === 0 ? serverOf(event) : level === 1 ? withoutPort(serverOf(event)) : {};
  const ends = swapped ? { src: server, dst: client } : { src: client, dst: server };
  if (level === 0) return { ...rest, ...ends };
  const { pid: _pid, ppid: _ppid, uid: _uid, comm: _comm, upstream: _up, ...common } = plain;
  return { ...common, ...ends };
}

function withoutPort({ port: _, ...rest }: Endpoint): Endpoint {
  return rest;
}
