import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { domainName } from '../../core/network/ip.ts';
import { timeFromObserved } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { ProcessEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { end, SocketStates } from './states.ts';

const TCP_HEADER = /^(?:TIME\S*\s+){0,2}(?:UID\s+)?(?:T(?:YPE)?\s+)?(?:UID\s+)?PID\s+COMM\s+(?:IP\s+)?[SLR]ADDR\s/;
const EXEC_HEADER =
  /^(?:TIME\S*\s+){0,2}(?:UID\s+)?(?:P?COMM\s+PID\s+(?:PPID\s+)?RET|PID\s+(?:PPID\s+)?(?:COMM\s+)?)\s*ARGS\s*$/;

const EXIT_HEADER = /^(?:TIME\S*\s+)?(?:LABEL\s+)?PCOMM\s+PID\s+PPID\s+TID\s+AGE\S*\s+EXIT_CODE\s*$/;
const HOST_HEADER = /^(?:TIME\S*\s+)?PID\s+COMM\s+LATms\s+HOST\s*$/;
const STATE_HEADER = /^(?:TIME\S*\s+){0,2}SKADDR\s+C-PID\s+C-COMM\s+(?:IP\s+)?LADDR\s/;
const HEADERS = [TCP_HEADER, STATE_HEADER, EXEC_HEADER, EXIT_HEADER, HOST_HEADER];
/** With `-s` tables are comma-separated. */
const isSeparated = (text: string): boolean => /^[A-Z][\w()-]*(?:,[A-Z][\w()-]*)+\s*$/.test(text);
const isHeader = (text: string): boolean => {
  const spaced = isSeparated(text) ? text.replaceAll(',', ' ') : text;
  return HEADERS.some((header) => header.test(spaced));
};
/** Columns whose text may hold blanks: the last one. */
const TAILS = new Set(['ARGS', 'EXIT_CODE', 'QUERY']);
/** tcptracer's letters, and with `-v` its words. */
const TYPES = wordTable<'accept' | 'close'>({ A: 'accept', X: 'close', accept: 'accept', close: 'close' });

/**
 * Tables of the bcc tools tcpconnect, tcpaccept, tcptracer, tcplife, tcpstates, execsnoop, exitsnoop and gethostlatency, with any of their
 * columns, and of their bpftrace twins.
 */
export const bcc: Format = {
  id: 'bcc',
  title: 'bcc tool tables',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: 'none, or relative to the first event: not used',
  traps: ['tcpconnect without -L has no source port', 'tcptracer SADDR is the local end, also on accepts'],
  claims,
  sniff,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  return isHeader(text) ? yes(0.97, 'column header of a bcc tool') : rowClaim(text);
}

/** Rows are a tool's under its header alone: nothing tells them from rows of other tables. */
function sniff(sample: Sample): Sniff {
  const first = sample.records.findIndex(({ text }) => isHeader(text));
  if (first < 0) return no('no column header of a bcc tool');
  return first < 3 ? yes(0.97, 'column header of a bcc tool') : sniffMean(sample, claims);
}

/** Weak evidence: it keeps a head whose header stands below other lines above the threshold. */
function rowClaim(text: string): Sniff {
  const fits =
    /^(?:(?:\d\d:\d\d:\d\d|\d+\.\d+)\s+)?(?:(?:[CAX]|connect|accept|close)\s+)?(?:\d+\s+)?\d+\s+\S+\s+(?:[46]\s+)?\[?[0-9a-f.:]+\]?\s/.test(
      text,
    ) ||
    /^(?:(?:\d\d:\d\d:\d\d|\d+\.\d+)\s+){0,2}(?:\d+\s+)?\S+\s+\d+\s+(?:\d+\s+)?-?\d+ \//.test(text) ||
    /^\d\d:\d\d:\d\d(?:\.\d+)?\s+\S+\s+\S+\s+\d+(?:\s+\d+){2}\s+[\d.]+\s+\S/.test(text) ||
    /^\d\d:\d\d:\d\d\s+\d+\s+\S+\s+\d+\.\d\d\s+\S+$/.test(text);
  return fits ? yes(0.5, 'row shape of a bcc tool') : no('no bcc table');
}

function open(_: DecodeContext, held?: unknown): Decoder {
  let header: readonly string[] | undefined;
  let separator: RegExp | string = /\s+/;
  const states = new SocketStates(held);
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    if (isHeader(text)) {
      separator = isSeparated(text) ? ',' : /\s+/;
      header = text.trim().split(separator);
      return skipped('header');
    }
    if (/^\s*$|^(?:Tracing|Attaching) /.test(text)) return skipped('banner');
    if (header === undefined) return failed('row before any header');
    const row = rowOf(header, text.trim().split(separator));
    if (row === undefined) return failed('cells do not fit the header');
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
    if (header.includes('SKADDR')) {
      const change = states.read(row);
      return change === undefined ? skipped('state of a connection') : decoded({ ...base, kind: 'process', ...change });
    }
    const event = header.includes('ARGS') ? execOf(row) : header.includes('EXIT_CODE') ? exitOf(row) : tcpOf(row);
    return event === undefined ? skipped('row of another kind') : decoded({ ...base, kind: 'process', ...event });
  };
  return { decode, held: () => states.openers };
}

/** Cells by their column. A command's name may hold blanks (`tmux: server`): it takes the cells that are too many. */
function rowOf(header: readonly string[], cells: readonly string[]): Record<string, string> | undefined {
  if (cells.length < header.length - 1) return undefined;
  const named = header.findIndex((name) => /^(?:C-|P)?COMM$/.test(name));
  const extra = named < 0 ? 0 : blanksIn(header, cells, named);
  const joined =
    extra > 0
      ? [...cells.slice(0, named), cells.slice(named, named + extra + 1).join(' '), ...cells.slice(named + extra + 1)]
      : cells;
  const row: Record<string, string> = {};
  for (const [i, name] of header.entries()) row[name] = (TAILS.has(name) ? joined.slice(i).join(' ') : joined[i]) ?? '';
  return row;
}

/** Cells that belong to the command's name beyond its first: before a tail of any length, up to the next number. */
function blanksIn(header: readonly string[], cells: readonly string[], named: number): number {
  if (!TAILS.has(header.at(-1) ?? '')) return cells.length - header.length;
  if (header[named + 1] !== 'PID') return 0;
  const pid = cells.findIndex((cell, i) => i > named && /^\d+$/.test(cell));
  return pid < 0 ? 0 : pid - named - 1;
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
  const ok = row['RET'] === undefined || row['RET'] === '0';
  const exe = /^(\/\S+)/.exec(commandLine)?.[1];
  const ppid = row['PPID'] === undefined ? undefined : Number(row['PPID']);
  // COMM is the name before the exec: it says nothing of the new program.
  return compact({
    op: ok ? ('exec' as const) : ('exec-failed' as const),
    exit: ok ? undefined : Number(row['RET']),
    pid: Number(row['PID']),
    ppid,
    uid: row['UID'] === undefined ? undefined : Number(row['UID']),
    exe,
    // A program that was gone too soon has none.
    commandLine: commandLine === '' ? undefined : commandLine,
  });
}

function tcpOf(row: Record<string, string>): Part | undefined {
  const life = row['RADDR'] !== undefined;
  // tcplife tells of a connection when it ends, tcpaccept when it begins.
  const ended = row['MS'] !== undefined;
  const local = life ? end(row['LADDR'], row['LPORT']) : end(row['SADDR'], row['LPORT'] ?? row['SPORT']);
  const remote = life ? end(row['RADDR'], row['RPORT']) : end(row['DADDR'], row['DPORT']);
  if (local.ip === undefined || remote.ip === undefined) return undefined;
  const op = ended ? 'close' : life ? 'accept' : (TYPES[row['T'] ?? row['TYPE'] ?? ''] ?? 'connect');
  const uid = row['UID'] === undefined ? undefined : Number(row['UID']);
  return compact({
    op,
    pid: Number(row['PID']),
    uid,
    comm: row['COMM'],
    socket: { transport: 'tcp', local, remote },
  } as const);
}
