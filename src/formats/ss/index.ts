import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { printedEndpoint } from '../../core/network/sockaddr.ts';
import { eventTime, parseIso, timeFromObserved } from '../../core/time/time.ts';
import type { ProcessEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

const HEADER = /^(?:Netid\s+)?(?:State\s+)?Recv-Q\s+Send-Q\s+Local Address/;
const STATES =
  'ESTAB|SYN-SENT|SYN-RECV|FIN-WAIT-1|FIN-WAIT-2|TIME-WAIT|UNCONN|CLOSE-WAIT|LAST-ACK|LISTEN|CLOSING|CLOSED|NEW-SYN-RECV|UNKNOWN';
const ROW = new RegExp(
  `^(?:([a-z][a-z0-9_]*)\\s+)?(?:(${STATES})\\s+)?(\\d+)\\s+(\\d+)\\s+(\\S+:(?:[\\w-]+|\\*))\\s+(\\S+:(?:[\\w-]+|\\*))(?:\\s+(.*))?$`,
);
const NAMED_PORT = /:[a-z][\w-]*$/;
const OTHER = /^(?:u_str|u_dgr|u_seq|nl|p_raw|p_dgr|v_str|v_dgr|xdp|ti_\w+)\s/;
const COMMENT = /^#\s*(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)(?:\s+(\S+))?\s*$/;
const TCP_ONLY = /^(?:SYN|FIN|TIME|CLOSE|LAST|CLOSING|NEW)/;
const NAMED = /\("([^"\\]*(?:\\.[^"\\]*)*)",(?:pid=)?(\d+),(?:proc_ctx=[^,)]*,)?(?:fd=)?\d+(?:,sock_ctx=[^)]*)?\)/g;

/** `ss -tunap` snapshots, with or without header and `Netid` column. */
export const ss: Format = {
  id: 'ss',
  title: 'ss socket snapshots',
  roles: ['socket'],
  framing: 'auto',
  status: 'real',
  clock: 'none of its own; a comment line `# <ISO time> [sandbox]` dates the rows after it',
  traps: [
    'several processes may share one socket',
    'sockets of other network namespaces are invisible, short ones are missed',
    'a snapshot shows that the socket was alive, not when it was opened',
  ],
  claims,
  sniff,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.97, 'column header of ss');
  const row = ROW.exec(text);
  if (row !== null && (row[2] !== undefined || text.includes('users:(('))) return yes(0.95, 'socket row of ss');
  // `ss -H state established`: nothing but queues and ends.
  if (row !== null && row[7] === undefined && [row[5], row[6]].every((end) => printedEndpoint(end ?? '') !== undefined))
    return yes(0.6, 'queues and two ends');
  return COMMENT.test(text) ? yes(0.55, 'dated comment') : no('not an ss row');
}

/** A head may hold dated comments only, with the rows far below; one row settles it. */
function sniff(sample: Sample): Sniff {
  const mean = sniffMean(sample, claims);
  if (mean.score < 0.5 || !sample.records.some(({ text }) => ROW.test(text))) return mean;
  return yes(0.95, 'socket rows of ss');
}

interface Snapshot {
  readonly time: EventTime;
  readonly sandboxId: string | undefined;
}

function open(context: DecodeContext, held?: unknown): Decoder {
  let snapshot = held as Snapshot | undefined;
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    const comment = COMMENT.exec(text);
    if (comment !== null) {
      const raw = comment[1] ?? '';
      const stamp = parseIso(raw, context.zoneOffsetMin);
      if (stamp === undefined) return failed('comment with an impossible time');
      const time = eventTime(stamp, { raw, basis: 'snapshot', observed: record.observed });
      snapshot = Object.freeze({ time, sandboxId: comment[2] });
      return skipped('snapshot time');
    }
    if (text.trim() === '' || text.startsWith('#') || HEADER.test(text)) return skipped('header or comment');
    if (OTHER.test(text)) return skipped('not an internet socket');
    const row = ROW.exec(text);
    if (row === null) return /^\s/.test(text) ? skipped('socket details') : failed('not an ss row');
    const event = rowEvent(row, record, snapshot);
    return event === undefined ? failed('row without addresses') : decoded(event);
  };
  return { decode, held: () => snapshot };
}

/** Multipath TCP is TCP on the wire. */
function transportOf(netid: string | undefined, state: string | undefined): string {
  if (netid !== undefined) return netid === 'mptcp' ? 'tcp' : netid;
  return state !== undefined && TCP_ONLY.test(state) ? 'tcp' : 'ip';
}

function rowEvent(row: RegExpExecArray, record: RawRecord, snapshot: Snapshot | undefined): ProcessEvent | undefined {
  const [, netid, state, , , left = '', right = '', tail = ''] = row;
  // Without -n a service's name stands for the port: one that is not known is left out.
  const [local, remote] = [left, right].map(
    (end) => printedEndpoint(end) ?? printedEndpoint(end.replace(NAMED_PORT, ':*')),
  );
  if (local === undefined || remote === undefined) return undefined;
  const users = [...tail.matchAll(NAMED)].map((m) => ({ pid: Number(m[2]), comm: m[1] ?? '' }));
  const pids = new Map(users.map((user) => [user.pid, user]));
  const first = users[0];
  const uid = /(?:^|\s)uid:(\d+)/.exec(tail)?.[1];
  return compact({
    kind: 'process' as const,
    op: 'socket' as const,
    time: snapshot?.time ?? timeFromObserved(record.observed),
    ref: record.ref,
    format: 'ss',
    clock: 'snapshot',
    host: record.host,
    pid: pids.size === 1 ? first?.pid : undefined,
    comm: pids.size === 1 ? first?.comm : undefined,
    sharers: pids.size > 1 ? [...pids.values()] : undefined,
    uid: uid === undefined ? undefined : Number(uid),
    sandboxId: snapshot?.sandboxId,
    containerId: record.containerId,
    state,
    cookie: /(?:^|\s)sk:([0-9a-f]+)/.exec(tail)?.[1],
    socket: { transport: transportOf(netid, state), local, remote },
  });
}
