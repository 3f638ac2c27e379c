import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseIp, splitHostPort } from '../../core/ip.ts';
import { compact } from '../../core/json.ts';
import { eventTime, parseIso } from '../../core/time.ts';
import type { Endpoint, Event, ProcessEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{1,9}\S*) (EXEC|EXIT|TCP) (.*)$/;
const EXEC = /^(\d+) (\d+) (\d+) (\S+) (\S+)/;
const EXIT = /^(\d+) (\S+)/;
const TCP = /^([0-9a-f]+) (\d+) (\S+) (\S+) (\S+) ([A-Z_0-9]+)->([A-Z_0-9]+)$/;

/** Exec, exit and TCP state lines printed by a bpftrace script on sched and inet_sock_set_state tracepoints. */
export const bpftrace: Format = {
  id: 'bpftrace',
  title: 'bpftrace exec/exit/inet_sock_set_state lines',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: 'wall clock with microseconds, no zone written',
  traps: [
    'the local port is 0 on CLOSE->SYN_SENT and shows only on the next state of the same socket',
    'the pid is right only on CLOSE->SYN_SENT: later states run in softirq',
    'the first lines are the tool’s own banner',
  ],
  claims: ({ text }: SniffRecord): Sniff => {
    if (LINE.test(text)) return yes(0.95, 'time and EXEC, EXIT or TCP');
    return /^Attaching \d+ probes\.\.\.$/.test(text) || /^# TIME EVENT/.test(text)
      ? yes(0.9, 'bpftrace banner')
      : no('no EXEC/EXIT/TCP line');
  },
  open: (context) => createDecoder(context),
};

function createDecoder(context: DecodeContext): Decoder {
  const opening = new Map<string, ProcessEvent>();
  const decode = (record: RawRecord): Decoded => {
    const match = LINE.exec(record.text);
    if (match === null)
      return /^(?:Attaching|ERROR|WARNING|#|Lost \d+ events)/.test(record.text)
        ? skipped('banner or comment')
        : failed('not a bpftrace line');
    const [, raw = '', kind = '', rest = ''] = match;
    const stamp = parseIso(raw, context.zoneOffsetMin);
    if (stamp === undefined) return failed('the time is none');
    const common = {
      kind: 'process' as const,
      format: 'bpftrace',
      clock: 'time',
      time: eventTime(stamp, { raw, basis: 'event' as const }),
      ref: record.ref,
    };
    if (kind === 'EXEC') {
      const exec = EXEC.exec(rest);
      if (exec === null) return failed('EXEC needs pid ppid uid comm file');
      return decoded({
        ...common,
        op: 'exec',
        pid: Number(exec[1]),
        ppid: Number(exec[2]),
        uid: Number(exec[3]),
        comm: exec[4] ?? '',
        exe: exec[5] ?? '',
      });
    }
    if (kind === 'EXIT') {
      const exit = EXIT.exec(rest);
      return exit === null
        ? failed('EXIT needs pid comm')
        : decoded({ ...common, op: 'exit', pid: Number(exit[1]), comm: exit[2] ?? '' });
    }
    return tcp(rest, common, opening);
  };
  return { decode, flush: () => [...opening.values()] };
}

type Common = Pick<ProcessEvent, 'kind' | 'format' | 'clock' | 'time' | 'ref'>;

/** One connect per socket: pid and time of CLOSE->SYN_SENT, local port of the state that follows. */
function tcp(rest: string, common: Common, opening: Map<string, ProcessEvent>): Decoded {
  const match = TCP.exec(rest);
  if (match === null) return failed('TCP needs skaddr pid comm local remote old->new');
  const [, cookie = '', pid = '', comm = '', local = '', remote = '', from = '', to = ''] = match;
  const held = opening.get(cookie);
  const events: Event[] = [];
  if (from === 'CLOSE' && to === 'SYN_SENT') {
    if (held !== undefined) events.push(held);
    opening.set(cookie, {
      ...common,
      op: 'connect',
      pid: Number(pid),
      comm,
      cookie,
      socket: { transport: 'tcp', local: endpoint(local), remote: endpoint(remote) },
      result: 'in-progress',
    });
  } else if (held !== undefined) {
    opening.delete(cookie);
    const done: ProcessEvent = {
      ...held,
      socket: { transport: 'tcp', local: endpoint(local), remote: endpoint(remote) },
      result: to === 'ESTABLISHED' ? 'ok' : 'fail',
    };
    events.push(done);
  }
  return decoded(...events);
}

function endpoint(text: string): Endpoint {
  const { host, port } = splitHostPort(text);
  return compact({ ip: parseIp(host), port: port === 0 ? undefined : port });
}
