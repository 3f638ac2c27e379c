import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { ecs, ecsAll, openHit } from '../../core/json/ecs.ts';
import { compact, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { ProcessEvent, SocketTuple } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { defendPart, isOfDefend } from './defend.ts';
import { endOf, flowPart, type Part } from './flow.ts';

/** The auditd module hands the kernel's stamp on, which moves in ticks of 4 ms. */
const TICK_US = 4000;
/** System calls of the auditd module, and the actions that its rules normalise them to. */
const OPS = wordTable<ProcessEvent['op']>({
  execve: 'exec',
  execveat: 'exec',
  executed: 'exec',
  connect: 'connect',
  'connected-to': 'connect',
  bind: 'bind',
  'bound-socket': 'bind',
  accept: 'accept',
  accept4: 'accept',
  'accepted-connection-from': 'accept',
  fork: 'fork',
  vfork: 'fork',
  clone: 'fork',
  clone3: 'fork',
  exit_group: 'exit',
  sendto: 'socket',
  sendmsg: 'socket',
  // The system module.
  process_started: 'exec',
  existing_process: 'exec',
  process_stopped: 'exit',
});

/** Auditbeat's auditd module (audit records merged) and its system module (processes and sockets); events of Elastic Defend. */
export const auditbeat: Format = {
  id: 'auditbeat',
  title: 'Auditbeat auditd and system events, Elastic Defend',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'documented',
  clock:
    '@timestamp, ms: the kernel in steps of 4 ms (auditd), the poll (system processes), the end of the flow (system sockets)',
  traps: [
    'an audited connect has no local address',
    'numbers are text in old releases',
    'the system module polls: short processes are missing',
    'a fork of Elastic Defend is told by the child',
  ],
  claims,
  open: () => ({ decode }),
};

type Kind = 'auditd' | 'socket' | 'process' | 'defend';

function kindOf(doc: JsonObject | undefined): Kind | undefined {
  if (doc === undefined || !('@timestamp' in doc)) return undefined;
  if (ecs(doc, 'auditd.sequence') !== undefined || ecs(doc, 'auditd.data.syscall') !== undefined) return 'auditd';
  if (ecs(doc, 'event.module') === 'auditd') return 'auditd';
  if (isOfDefend(doc)) return 'defend';
  if (ecs(doc, 'event.module') !== 'system') return undefined;
  const dataset = ecs(doc, 'event.dataset');
  return dataset === 'socket' || dataset === 'process' ? dataset : undefined;
}

function claims({ json }: SniffRecord): Sniff {
  const kind = kindOf(openHit(json));
  return kind === undefined ? no('no Auditbeat module') : yes(0.98, `Auditbeat ${kind}`);
}

function decode(record: RawRecord): Decoded {
  const doc = openHit(tryJson(record.text));
  const kind = kindOf(doc);
  if (doc === undefined || kind === undefined) return failed('no Auditbeat event');
  const raw = textOf(doc['@timestamp']) ?? '';
  const stamp = parseIso(raw);
  if (stamp === undefined) return failed('no time');
  const part = kind === 'socket' ? flowPart(doc) : kind === 'defend' ? defendPart(doc) : callPart(doc);
  if (part === undefined) return skipped('event without meaning here');
  const word = (name: string): string | undefined => textOf(ecs(doc, name));
  const host = word('host.name') ?? word('host.hostname') ?? word('agent.hostname') ?? word('beat.hostname');
  const began = kind === 'socket' ? parseIso(word('event.start') ?? '') : undefined;
  const ended = parseIso(word('event.end') ?? '')?.at;
  const time = eventTime(began ?? (kind === 'auditd' ? { ...stamp, stepUs: TICK_US } : stamp), {
    raw: began === undefined ? raw : (word('event.start') ?? ''),
    basis: 'event',
    beforeUs: kind === 'auditd' ? TICK_US : 0,
    hi: began === undefined ? undefined : (Math.max(began.at, ended ?? stamp.at) as Micros),
    observed: record.observed,
  });
  const base = {
    kind: 'process' as const,
    time,
    ref: record.ref,
    format: 'auditbeat',
    clock: host === undefined ? kind : `${kind}@${host}`,
    host: host ?? record.host,
    ...whoDid(doc, part.op === 'fork' && kind === 'defend' ? 'process.parent' : 'process'),
    uid: numberOf(ecs(doc, 'user.id') ?? ecs(doc, 'user.uid')),
    cwd: word('process.working_directory') ?? word('process.cwd'),
    containerId: word('container.id') ?? record.containerId,
  };
  return decoded(compact({ ...base, ...part }));
}

/** The child tells of a fork of Elastic Defend: what is told is its parent's deed. */
function whoDid(doc: JsonObject, at: 'process' | 'process.parent') {
  const word = (name: string): string | undefined => textOf(ecs(doc, `${at}.${name}`));
  return {
    pid: numberOf(ecs(doc, `${at}.pid`)),
    ppid: numberOf(ecs(doc, `${at}.parent.pid`) ?? ecs(doc, `${at}.ppid`)),
    entityId: word('entity_id'),
    exe: word('executable') ?? word('exe'),
    comm: word('name'),
  };
}

function callPart(doc: JsonObject): Part | undefined {
  const word = (name: string): string | undefined => textOf(ecs(doc, name));
  const op = OPS[word('auditd.data.syscall') ?? ''] ?? OPS[word('event.action') ?? ''];
  if (op === undefined) return undefined;
  const verdict = word('auditd.result') ?? word('event.outcome');
  const failedCall = verdict === 'fail' || verdict === 'failure';
  const args = ecsAll(doc, 'process.args').filter((arg) => typeof arg === 'string');
  const exit = numberOf(ecs(doc, 'auditd.data.exit'));
  if (op === 'exec')
    return compact({
      op: failedCall ? ('exec-failed' as const) : op,
      args: args.length > 0 ? args : undefined,
      commandLine: args.length > 0 ? undefined : word('process.title'),
      exit: failedCall ? exit : undefined,
    });
  if (op === 'fork') return failedCall ? undefined : compact({ op, childPid: exit });
  if (op === 'exit') return compact({ op, exit: numberOf(ecs(doc, 'process.exit_code')) });
  const socket = socketOf(doc, op);
  if (socket === undefined) return undefined;
  const pending = /EINPROGRESS|^-115$/.test(word('auditd.data.exit') ?? '');
  const result = verdict === undefined ? undefined : !failedCall ? 'ok' : pending ? 'in-progress' : 'fail';
  return compact({ op, socket, result } as const);
}

function socketOf(doc: JsonObject, op: ProcessEvent['op']): SocketTuple | undefined {
  const named = endOf(doc, op === 'accept' ? 'source' : 'destination');
  const raw = compact({
    ip: parseIp(textOf(ecs(doc, 'auditd.data.socket.addr')) ?? ''),
    port: parsePort(ecs(doc, 'auditd.data.socket.port')),
  });
  const end = named.ip === undefined ? raw : named;
  if (end.ip === undefined) return undefined;
  return op === 'bind' ? { transport: 'ip', local: end, remote: {} } : { transport: 'ip', local: {}, remote: end };
}
