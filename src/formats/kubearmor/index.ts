import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import { podName } from '../../core/network/network.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Action, DnsEvent, Event, ProcessEvent, SocketTuple } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** The daemon handles an event this long after it happened, at most, microseconds. */
const DELAY_US = 1_000_000;

/** KubeArmor alerts (policies matched) and logs (what workloads do). KubeArmor, "Telemetry/Log Format". */
export const kubearmor: Format = {
  id: 'kubearmor',
  title: 'KubeArmor alerts and logs',
  roles: ['process', 'socket', 'violation', 'dns'],
  framing: 'auto',
  status: 'documented',
  clock: '`UpdatedTime`, UTC, microseconds: when the daemon handled the event',
  traps: [
    'HostPID is the pid of the node, PID that of the container',
    'connects name the far end without the own port',
    'a socket that was refused at its creation names no far end',
    'AlertThreshold means that alerts are left out for a while',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('no JSON object');
  const has = (key: string): boolean => json[key] !== undefined;
  return has('UpdatedTime') && has('Operation') && (has('HostPID') || has('Type')) && has('Timestamp')
    ? yes(0.97, 'UpdatedTime, Operation and HostPID of KubeArmor')
    : no('no KubeArmor members');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  if (!isObject(json)) return failed('not a JSON object');
  const raw = textOf(json['UpdatedTime']) ?? '';
  const stamp = parseIso(raw);
  if (stamp === undefined) return failed('no UpdatedTime');
  const host = textOf(json['HostName']);
  const base = compact({
    time: eventTime(stamp, { raw, basis: 'emit', beforeUs: DELAY_US, observed: record.observed }),
    ref: record.ref,
    format: 'kubearmor',
    clock: host === undefined ? 'UpdatedTime' : `UpdatedTime@${host}`,
    host: host ?? record.host,
  });
  if (json['Operation'] === 'AlertThreshold')
    return decoded({ ...base, kind: 'coverage' as const, reason: 'throttled' as const });
  const about = textOf(json['Data']) ?? '';
  const asked = /^kfunc=UDP_SENDMSG,domain=([^,]+),daddr=([^,]*),qtype=(\w*)/.exec(about);
  if (asked !== null) return decoded({ ...base, ...lookupOf(json, asked) } as Event);
  const operation = operationOf(json, about);
  if (operation === undefined) return skipped('neither process nor network');
  return decoded(compact({ ...base, kind: 'process', ...processOf(json), ...operation }) as Event);
}

function processOf(json: JsonObject): Partial<ProcessEvent> {
  return compact({
    pid: numberOf(json['HostPID']),
    ppid: numberOf(json['HostPPID']),
    uid: numberOf(json['UID']),
    exe: textOf(json['ProcessName']) || undefined,
    cwd: textOf(json['Cwd']) || undefined,
    containerId: textOf(json['ContainerID']) || undefined,
    pod: podName(textOf(json['NamespaceName']), textOf(json['PodName'])),
  });
}

function lookupOf(json: JsonObject, [, name = '', upstream = '', qtype = '']: readonly string[]): Partial<DnsEvent> {
  return compact({
    kind: 'dns' as const,
    op: 'query' as const,
    name: name.toLowerCase(),
    qtype: qtype || undefined,
    upstream: parseIp(upstream),
    pid: numberOf(json['HostPID']),
    exe: textOf(json['ProcessName']) || undefined,
    transport: 'udp',
  });
}

/** What was done, and what a policy said of it. `Source` is the command that did it; of an exec the new one is `Resource`. */
function operationOf(json: JsonObject, about: string): Partial<ProcessEvent> | undefined {
  const ruling = rulingOf(json);
  const resource = textOf(json['Resource']) ?? '';
  const passed = json['Result'] === undefined || json['Result'] === 'Passed';
  if (json['Operation'] === 'Process') {
    if (!/EXECVE|BPRM/.test(about)) return undefined;
    return compact({ op: passed ? 'exec' : 'exec-failed', commandLine: resource, ...ruling } as const);
  }
  const commandLine = textOf(json['Source']) || undefined;
  const socket = json['Operation'] === 'Network' ? socketOf(resource) : undefined;
  // `Data` holds what the resolver made of the name with its search list.
  const domain = DOMAIN.exec(resource)?.[0] ?? /\bdomain=([\w-]+(?:\.[\w-]+)+)/.exec(about)?.[1];
  if (socket === undefined)
    return ruling === undefined
      ? undefined
      : compact({ op: 'alert' as const, commandLine, dnsName: domain, ...ruling });
  const op = /accept/i.test(about) ? 'accept' : /bind/i.test(about) ? 'bind' : 'connect';
  return compact({ op, commandLine, socket, result: resultOf(json, passed), ...ruling } as const);
}

function resultOf(json: JsonObject, passed: boolean): ProcessEvent['result'] {
  if (passed) return 'ok';
  return /in progress/i.test(textOf(json['Result']) ?? '') ? 'in-progress' : 'fail';
}

/** `remoteip=A port=P protocol=TCP` of the kernel's own functions, `sa_family=.. sin_addr=A sin_port=P` of the calls, in any order. */
function socketOf(resource: string): SocketTuple | undefined {
  const word = (name: string): string | undefined => new RegExp(`(?:^| )${name}=(\\S+)`).exec(resource)?.[1];
  const ip = parseIp(word('(?:remoteip|sin6?_addr)') ?? '');
  if (ip === undefined) return undefined;
  const port = parsePort(word('(?:port|sin6?_port)'));
  return { transport: transportName(word('protocol')) ?? 'ip', local: {}, remote: compact({ ip, port }) };
}

const DOMAIN = /^[\w-]+(?:\.[\w-]+)+$/;

const ACTIONS = wordTable<Action>({ Block: 'deny', Audit: 'alert', 'Audit (Block)': 'alert' });

/** Only alerts name a policy; its severity runs from 1 to 10. */
function rulingOf(json: JsonObject): Partial<ProcessEvent> | undefined {
  const name = textOf(json['PolicyName']);
  const action = ACTIONS[textOf(json['Action']) ?? ''];
  if (!/^Matched/.test(textOf(json['Type']) ?? '') || action === undefined) return undefined;
  const severity = numberOf(json['Severity']);
  return compact({
    action,
    rule: name ? { name } : undefined,
    severity: severity === undefined ? undefined : Math.min(4, Math.floor(severity / 2.5)),
  });
}
