import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { formatIpv6 } from '../../core/network/ip.ts';
import { timeFromObserved } from '../../core/time/time.ts';
import type { Endpoint } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const ROW =
  /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{2}) [0-9A-F]{8}:[0-9A-F]{8} \d\d:[0-9A-F]{8} [0-9A-F]{8}\s+(\d+)\s+\d+\s+(\d+)/;
const HEADER = /^\s*sl\s+local_address\s/;
/** `include/net/tcp_states.h`. */
const STATES = [
  '',
  'ESTAB',
  'SYN-SENT',
  'SYN-RECV',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
  'CLOSE',
  'CLOSE-WAIT',
  'LAST-ACK',
  'LISTEN',
  'CLOSING',
];

/** `/proc/net/tcp` and `/proc/net/udp` with their IPv6 twins. */
export const procNetTcp: Format = {
  id: 'proc-net-tcp',
  title: '/proc/net/tcp and udp tables',
  roles: ['socket'],
  framing: 'auto',
  status: 'real',
  clock: 'none',
  traps: ['addresses are hex in the byte order of the host, read as little-endian', 'no pid'],
  claims,
  open: ({ path }) => {
    // Only the header and the name tell which protocol a table is of.
    let transport = /\budp6?\b/.test(path) ? 'udp' : 'tcp';
    return {
      decode: (record) => {
        if (HEADER.test(record.text)) transport = / drops\s*$/.test(record.text) ? 'udp' : 'tcp';
        return decode(record, transport);
      },
    };
  },
};

function claims({ text }: SniffRecord): Sniff {
  return ROW.test(text) || HEADER.test(text) ? yes(0.97, 'hex socket row') : no('no hex socket row');
}

function endpoint(hex: string, port: string): Endpoint {
  const words = Buffer.from(hex, 'hex');
  words.swap32();
  const groups: number[] = [];
  for (let i = 0; i < words.length; i += 2) groups.push(words.readUInt16BE(i));
  const ip = words.length === 4 ? Array.from(words).join('.') : formatIpv6(groups);
  return { ip, port: Number.parseInt(port, 16) };
}

function decode(record: RawRecord, transport: string): Decoded {
  if (record.text.trim() === '' || HEADER.test(record.text)) return skipped('header');
  const m = ROW.exec(record.text);
  if (m === null) return failed('no hex socket row');
  const [, left = '', lport = '', right = '', rport = '', state = '', uid] = m;
  const name = STATES[Number.parseInt(state, 16)];
  return decoded({
    kind: 'process',
    op: 'socket',
    time: timeFromObserved(record.observed),
    ref: record.ref,
    format: 'proc-net-tcp',
    clock: 'snapshot',
    ...(record.host === undefined ? {} : { host: record.host }),
    uid: Number(uid),
    ...(name === undefined || name === '' || transport === 'udp' ? {} : { state: name }),
    socket: { transport, local: endpoint(left, lport), remote: endpoint(right, rport) },
  });
}
