import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json.ts';
import { printedEndpoint } from '../../core/sockaddr.ts';
import { timeFromObserved } from '../../core/time.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const ROW =
  /^(tcp|udp|sctp|udplite)6?\s+\d+\s+\d+\s+(\S+:(?:\d+|\*))\s+(\S+:(?:\d+|\*))(?:\s+([A-Z][A-Z_0-9]+))?(?:\s+(?:\d+\s+\d+\s+)?(?:(\d+)\/(\S.*?)|-))?(?:\s+(?:off|on|keepalive|timewait|probe) \([\d./]+\))?\s*$/;
const OTHER = /^(?:Active |Proto |unix\s|raw6?\s|\s*$|\()/;

/** `netstat -tunap` of net-tools. */
export const netstat: Format = {
  id: 'netstat',
  title: 'netstat socket tables',
  roles: ['socket'],
  framing: 'auto',
  status: 'real',
  clock: 'none',
  traps: ['the program name is cut', 'one owner per socket is shown even when several share it'],
  claims,
  open: () => ({ decode }),
};

function claims({ text }: SniffRecord): Sniff {
  if (/^Active Internet connections|^Proto Recv-Q Send-Q Local Address/.test(text)) return yes(0.98, 'netstat header');
  return ROW.test(text) ? yes(0.96, 'protocol, queues and two addresses') : no('no netstat row');
}

function decode(record: RawRecord): Decoded {
  if (OTHER.test(record.text)) return skipped('header or other socket');
  const m = ROW.exec(record.text);
  const local = printedEndpoint(m?.[2] ?? '');
  const remote = printedEndpoint(m?.[3] ?? '');
  if (m === null || local === undefined || remote === undefined) return failed('no netstat row');
  return decoded(
    compact({
      kind: 'process' as const,
      op: 'socket' as const,
      time: timeFromObserved(record.observed),
      ref: record.ref,
      format: 'netstat',
      clock: 'snapshot',
      host: record.host,
      state: m[4],
      pid: m[5] === undefined ? undefined : Number(m[5]),
      comm: m[6],
      socket: { transport: m[1] ?? 'ip', local, remote },
    }),
  );
}
