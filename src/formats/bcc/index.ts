import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { domainName, parseIp, parsePort } from '../../core/ip.ts';
import { compact } from '../../core/json.ts';
import { timeFromObserved } from '../../core/time.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const TCP_HEADER = /^(?:TIME\S*\s+)?(?:T\s+)?(?:UID\s+)?PID\s+COMM\s+(?:IP\s+)?[SL]ADDR\s/;
const EXEC_HEADER = /^(?:TIME\S*\s+)?(?:UID\s+)?P?COMM\s+PID\s+(?:PPID\s+)?RET\s+ARGS\s*$/;

const EXIT_HEADER = /^(?:TIME\S*\s+)?(?:LABEL\s+)?PCOMM\s+PID\s+PPID\s+TID\s+AGE\S*\s+EXIT_CODE\s*$/;
const HOST_HEADER = /^(?:TIME\S*\s+)?PID\s+COMM\s+LATms\s+HOST\s*$/;
const HEADERS = [TCP_HEADER, EXEC_HEADER, EXIT_HEADER, HOST_HEADER];
const isHeader = (text: string): boolean => HEADERS.some((header) => header.test(text));
/** Columns whose text may hold blanks: the last one. */
const TAILS = new Set(['ARGS', 'EXIT_CODE']);

/** Tables of the bcc tools tcpconnect, tcptracer, tcplife, execsnoop, exitsnoop and gethostlatency. */
export const bcc: Format = {
  id: 'bcc',
  title: 'bcc tool tables',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: 'none, or relative to the first event: not used',
  traps: ['tcpconnect without -L has no source port', 'tcptracer SADDR is the local end, also on accepts'],
  claims,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  return isHeader(text) ? yes(0.97, 'column header of a bcc tool') : rowClaim(text);
}

/** Rows alone are weak evidence; they keep a head with its header above the threshold. */
function rowClaim(text: string): Sniff {
  const fits =
    /^(?:[CAX]\s+)?\d+\s+\S+\s+(?:[46]\s+)?\[?[0-9a-f.:]+\]?\s/.test(text) ||
    /^\S+\s+\d+\s+(?:\d+\s+)?-?\d+ \//.test(text) ||
    /^\d\d:\d\d:\d\d(?:\.\d+)?\s+\S+\s+\S+\s+\d+(?:\s+\d+){2}\s+[\d.]+\s+\S/.test(text) ||
    /^\d\d:\d\d:\d\d\s+\d+\s+\S+\s+\d+\.\d\d\s+\S+$/.test(text);
  return fits ? yes(0.5, 'row shape of a bcc tool') : no('no bcc table');
}

function open(): Decoder {
  let header: readonly string[] | undefined;
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    if (isHeader(text)) {
      header = text.trim().split(/\s+/);
      return skipped('header');
    }
    if (text.trim() === '' || text.startsWith('Tracing ')) return skipped('banner');
    if (header === undefined) return failed('row before any header');
    const cells = text.trim().split(/\s+/);
    if (cells.length < header.length - 1) return failed('cells do not fit the header');
    const row: Record<string, string> = {};
    for (const [i, name] of header.entries()) row[name] = (TAILS.has(name) ? cells.slice(i).join(' ') : cells[i]) ?? '';
    const base = {
      time: timeFromObserved(record.observed),
      ref: record.ref,
      format: 'bcc',
      clock: 'none',
    };
    if (header.includes('LATms')) {
      const lookup = lookupOf(row);
      return lookup === undefined ? skipped('no host name') : decoded({ ...base, ...lookup });
    }
    const event = header.includes('ARGS') ? execOf(row) : header.includes('EXIT_CODE') ? exitOf(row) : tcpOf(row);
    return event === undefined ? skipped('row of another kind') : decoded({ ...base, kind: 'process', ...event });
  };
  return { decode };
}

type Part = Pick<ProcessEvent, 'op'> & Partial<ProcessEvent>;

/** The pid asked the resolver library for a name; who was asked and what it answered is not told. */
function lookupOf(row: Record<string, string>) {
  const name = domainName(row['HOST']);
  if (name === undefined) return undefined;
  return compact({ kind: 'dns' as const, op: 'query' as const, name, pid: Number(row['PID']), comm: row['COMM'] });
}

function exitOf(row: Record<string, string>): Part | undefined {
  // A thread that ends is no process that ends.
  if (row['TID'] !== row['PID']) return undefined;
  const code = /^(?:code )?(-?\d+)$/.exec(row['EXIT_CODE'] ?? '')?.[1];
  return compact({
    op: 'exit' as const,
    pid: Number(row['PID']),
    ppid: Number(row['PPID']),
    comm: row['PCOMM'],
    exit: row['EXIT_CODE'] === '0' ? 0 : code === undefined ? undefined : Number(code),
  });
}

function execOf(row: Record<string, string>): Part {
  const commandLine = row['ARGS'] ?? '';
  const ok = row['RET'] === '0';
  const exe = /^(\/\S+)/.exec(commandLine)?.[1];
  const ppid = row['PPID'] === undefined ? undefined : Number(row['PPID']);
  // COMM is the name before the exec: it says nothing of the new program.
  return compact({
    op: ok ? ('exec' as const) : ('exec-failed' as const),
    exit: ok ? undefined : Number(row['RET']),
    pid: Number(row['PID']),
    ppid,
    exe,
    commandLine,
  });
}

function tcpOf(row: Record<string, string>): Part | undefined {
  const end = (ip: string | undefined, port: string | undefined): Endpoint =>
    compact({ ip: parseIp((ip ?? '').replace(/^\[|\]$/g, '')), port: parsePort(port) });
  const life = row['RADDR'] !== undefined;
  const local = life ? end(row['LADDR'], row['LPORT']) : end(row['SADDR'], row['LPORT'] ?? row['SPORT']);
  const remote = life ? end(row['RADDR'], row['RPORT']) : end(row['DADDR'], row['DPORT']);
  if (local.ip === undefined || remote.ip === undefined) return undefined;
  const op = life || row['T'] === 'X' ? 'close' : row['T'] === 'A' ? 'accept' : 'connect';
  const uid = row['UID'] === undefined ? undefined : Number(row['UID']);
  return compact({
    op,
    pid: Number(row['PID']),
    uid,
    comm: row['COMM'],
    socket: { transport: 'tcp', local, remote },
  } as const);
}
