import type { DnsEvent, Endpoint, ProcessEvent } from '../../model/event.ts';
import { compact, numberOf } from '../json/json.ts';
import { domainName, parseIp, parsePort, transportName } from '../network/ip.ts';

/** Values of one Windows event by name; empty values and `-` are left out. */
export type WindowsData = Readonly<Record<string, string>>;
export type WindowsPart = (Partial<ProcessEvent> & Pick<ProcessEvent, 'kind' | 'op'>) | Partial<DnsEvent>;

const NO_GUID = /^\{[0-]+\}$/;
const INBOUND = new Set(['%%14592', 'inbound']);

/** Sysmon 1, 3, 5 and 22; undefined for other ids. */
export function sysmonPart(id: string, data: WindowsData): WindowsPart | undefined {
  const who = compact({
    kind: 'process' as const,
    pid: processId(data['ProcessId']),
    entityId: guidOf(data['ProcessGuid']),
    exe: imageOf(data['Image']),
  });
  if (id === '1')
    return compact({
      ...who,
      op: 'exec' as const,
      ppid: processId(data['ParentProcessId']),
      parentEntityId: guidOf(data['ParentProcessGuid']),
      commandLine: data['CommandLine'],
      cwd: data['CurrentDirectory'],
    });
  if (id === '5') return { ...who, op: 'exit' };
  if (id === '22') return dnsPart(data, who);
  if (id !== '3') return undefined;
  return socketPart(who, {
    op: /^false$/i.test(data['Initiated'] ?? '') ? 'accept' : 'connect',
    protocol: data['Protocol'],
    src: endpoint(data['SourceIp'], data['SourcePort']),
    dst: endpoint(data['DestinationIp'], data['DestinationPort']),
  });
}

/** Security 4688, 4689 and 5156 to 5159; undefined for other ids. */
export function securityPart(id: string, data: WindowsData): WindowsPart | undefined {
  if (id === '4688')
    return compact({
      kind: 'process' as const,
      op: 'exec' as const,
      pid: processId(data['NewProcessId']),
      // Here ProcessId is the creator.
      ppid: processId(data['ProcessId']),
      exe: data['NewProcessName'],
      commandLine: data['CommandLine'],
    });
  const pid = processId(data['ProcessID'] ?? data['ProcessId']);
  if (id === '4689')
    return compact({
      kind: 'process' as const,
      op: 'exit' as const,
      pid,
      exe: data['ProcessName'],
      exit: processId(data['Status']),
    });
  if (!/^515[6-9]$/.test(id)) return undefined;
  const who = compact({ kind: 'process' as const, pid, exe: data['Application'] });
  const src = endpoint(data['SourceAddress'], data['SourcePort']);
  const action = id === '5157' || id === '5159' ? ('deny' as const) : ('allow' as const);
  if (id === '5158' || id === '5159') {
    const transport = transportName(data['Protocol']) ?? 'ip';
    return { ...who, op: 'bind', action, socket: { transport, local: src, remote: {} } };
  }
  const part = socketPart(who, {
    op: INBOUND.has((data['Direction'] ?? '').toLowerCase()) ? 'accept' : 'connect',
    protocol: data['Protocol'],
    src,
    dst: endpoint(data['DestAddress'], data['DestPort']),
  });
  return part === undefined ? undefined : { ...part, action };
}

type Who = Partial<ProcessEvent> & Pick<ProcessEvent, 'kind'>;

/** A connection as its record says it: the source opened it, in Sysmon and in the filtering platform. */
interface Connection {
  /** What the process did. */
  readonly op: 'accept' | 'connect';
  readonly protocol: string | undefined;
  readonly src: Endpoint;
  readonly dst: Endpoint;
}

function socketPart(who: Who, { op, protocol, src, dst }: Connection) {
  // Linux writes UDP rows of zeros for sockets it could not read.
  if ((src.port ?? 0) === 0 && (dst.port ?? 0) === 0 && /^(?:tcp|udp|6|17)$/i.test(protocol ?? '')) return undefined;
  const [local, remote] = op === 'accept' ? [dst, src] : [src, dst];
  return { ...who, op, socket: { transport: transportName(protocol) ?? 'ip', local, remote } };
}

function dnsPart(data: WindowsData, who: Partial<ProcessEvent>): Partial<DnsEvent> | undefined {
  const name = domainName(data['QueryName']);
  if (name === undefined) return undefined;
  const answers = (data['QueryResults'] ?? '').split(';').map((part) => parseIp(part.trim()) ?? '');
  return compact({
    kind: 'dns' as const,
    op: 'answer' as const,
    name,
    answers: answers.filter((ip) => ip !== ''),
    pid: who.pid,
    exe: who.exe,
    entityId: who.entityId,
  });
}

function endpoint(ip: string | undefined, port: string | undefined): Endpoint {
  return compact({ ip: parseIp(ip ?? ''), port: parsePort(port) });
}

/** Decimal or 0x number. */
function processId(text: string | undefined): number | undefined {
  const value = numberOf(text);
  return value === undefined || !Number.isInteger(value) ? undefined : value;
}

function guidOf(guid: string | undefined): string | undefined {
  return guid === undefined || NO_GUID.test(guid) ? undefined : guid;
}

function imageOf(image: string | undefined): string | undefined {
  return image === undefined || image.includes('unknown process') ? undefined : image;
}
