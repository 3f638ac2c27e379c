import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseIp, splitHostPort } from '../../core/ip.ts';
import { compact } from '../../core/json.ts';
import { eventTime, parseIso, timeFromObserved } from '../../core/time.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

const ROW =
  /^(?:(tcp|udp|raw|sctp|dccp|mptcp|icmp6?|p_raw|u_\w+|nl)\s+)?(ESTAB|SYN-SENT|SYN-RECV|FIN-WAIT-1|FIN-WAIT-2|TIME-WAIT|CLOSE-WAIT|LAST-ACK|LISTEN|CLOSING|CLOSED?|UNCONN)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)(.*)$/;
const STAMP = /^#\s*(\d{4}-\d\d-\d\d[T ]\S+)(?:\s+(\S+))?/;
const USER = /\("((?:[^"\\]|\\.)*)",pid=(\d+),fd=\d+\)/g;

/** `ss -tunap` snapshots; comment lines `# TIME [NAME]` before each give its time and sandbox. */
export const ss: Format = {
  id: 'ss',
  title: 'ss socket snapshots',
  roles: ['socket'],
  framing: 'auto',
  status: 'real',
  clock: 'none of its own: capture time from a `# TIME` line or a wrapper',
  traps: ['several pids may share a socket', 'only the current network namespace', 'short flows are missed'],
  claims: ({ text }: SniffRecord): Sniff => {
    if (ROW.test(text)) return yes(0.94, 'state, queues, local and peer address of ss');
    if (/^Netid\s+State\s+Recv-Q/.test(text) || /^State\s+Recv-Q\s+Send-Q\s+Local/.test(text))
      return yes(0.97, 'ss header');
    return STAMP.test(text) ? yes(0.3, 'commented time') : no('no ss row');
  },
  open: (context) => createDecoder(context),
};

function createDecoder(context: DecodeContext): Decoder {
  let time: EventTime | undefined;
  let sandbox: string | undefined;
  const decode = (record: RawRecord): Decoded => {
    const mark = STAMP.exec(record.text);
    if (mark !== null) {
      const stamp = parseIso(mark[1] ?? '', context.zoneOffsetMin);
      if (stamp === undefined) return failed('the commented time is none');
      time = eventTime(stamp, { raw: mark[1] ?? '', basis: 'snapshot' });
      sandbox = mark[2];
      return decoded();
    }
    if (/^(?:Netid|State)\s/.test(record.text)) return skipped('header');
    const row = ROW.exec(record.text.trimEnd());
    if (row === null) return failed('not an ss row');
    return decoded(toEvent(row, record, time ?? timeFromObserved(record.observed), sandbox));
  };
  return { decode };
}

function toEvent(row: RegExpExecArray, record: RawRecord, time: EventTime, sandbox: string | undefined): ProcessEvent {
  const [, netid, state = '', , , local = '', peer = '', tail = ''] = row;
  const sharers = [...tail.matchAll(USER)].map((match) => ({ comm: match[1] ?? '', pid: Number(match[2]) }));
  const first = sharers[0];
  return compact({
    kind: 'process' as const,
    format: 'ss',
    clock: 'snapshot',
    time,
    ref: record.ref,
    host: record.host,
    op: 'socket' as const,
    pid: first?.pid,
    comm: first?.comm,
    sharers: sharers.length === 0 ? undefined : sharers,
    socket: { transport: netid ?? 'tcp', local: endpoint(local), remote: endpoint(peer) },
    cookie: /\bsk:([0-9a-f]+)/.exec(tail)?.[1],
    state,
    sandboxId: sandbox,
    containerId: undefined,
  });
}

function endpoint(text: string): Endpoint {
  const { host, port } = splitHostPort(text);
  const ip = parseIp(host.replace(/%[\w.-]+$/, '').replace(/^\[|\]$/g, ''));
  return compact({ ip: ip ?? (host === '*' ? undefined : ip), port });
}
