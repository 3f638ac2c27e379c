import { printedEndpoint } from '../../core/network/sockaddr.ts';
import type { Endpoint } from '../../model/event.ts';

/** One socket of a table. */
export interface Row {
  readonly transport: string;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly state: string | undefined;
  readonly pid: number | undefined;
  readonly comm: string | undefined;
}

const LINUX =
  /^(tcp|udp|sctp|udplite)6?\s+\d+\s+\d+\s+(\S+:(?:[\w-]+|\*))\s+(\S+:(?:[\w-]+|\*))(?:\s+([A-Z][A-Z_0-9]+))?(?:\s+(?:\w+\s+\d+\s+)?(?:(\d+)\/(\S.*?)|-))?(?:\s+(?:off|on|keepalive|timewait|probe) \([\d./]+\))?\s*$/;
/** `netstat -ano` of Windows, in any language: `-o` gives the pid, which is 0 where nobody has the socket any more. */
const WINDOWS = /^\s+(TCP|UDP)\s+(\S+:\d+)\s+(\S+:\d+|\*:\*)(?:\s+(\p{L}[\p{L}\d_ ]*?))?(?:\s+(\d+))?\s*$/u;
/** BSD and macOS write the port behind a dot; `-v` of macOS adds columns. */
const BSD = /^(tcp|udp)(?:4|6|46)\s+\d+\s+\d+\s+(\S+\.(?:\d+|\*))\s+(\S+\.(?:\d+|\*))(?:\s+(\S.*?))?\s*$/;

/** Without `-n` names stand for addresses, and for ports. */
export function linuxRow(text: string): Row | 'named' | undefined {
  const m = LINUX.exec(text);
  return m === null ? undefined : (rowOf(m, [m[2], m[3]], { state: m[4], pid: m[5], comm: m[6] }) ?? 'named');
}

export function windowsRow(text: string): Row | undefined {
  const m = WINDOWS.exec(text);
  if (m === null) return undefined;
  const ends = [m[2], m[3]].map((end) => end?.replace(/:0$/, ':*'));
  return rowOf(m, ends, { state: m[4], pid: m[5] === '0' ? undefined : m[5], comm: undefined });
}

/** `columns`: names behind `(state)` in the header. */
export function bsdRow(text: string, columns: readonly string[]): Row | 'cut' | undefined {
  const m = BSD.exec(text);
  if (m === null) return undefined;
  const cells = (m[4] ?? '').split(/\s+/);
  const state = /^[A-Z]/.test(cells[0] ?? '') ? cells.shift() : undefined;
  const [comm, named] = /^(.+):(\d+)$/.exec(cells[columns.indexOf('process:pid')] ?? '')?.slice(1) ?? [];
  const ends = [m[2], m[3]].map((end) => end?.replace(/\.(\d+|\*)$/, ':$1'));
  // Without `-W` long addresses of IPv6 are cut.
  return rowOf(m, ends, { state, pid: named ?? cells[columns.indexOf('pid')], comm }) ?? 'cut';
}

export function isBsd(text: string): boolean {
  return BSD.test(text);
}

interface Rest {
  readonly state: string | undefined;
  readonly pid: string | undefined;
  readonly comm: string | undefined;
}

function rowOf(
  m: RegExpExecArray,
  [left = '', right = '']: readonly (string | undefined)[],
  { state, pid, comm }: Rest,
): Row | undefined {
  const [local, remote] = [printedEndpoint(left), printedEndpoint(right)];
  if (local === undefined || remote === undefined) return undefined;
  const transport = (m[1] ?? 'ip').toLowerCase();
  return { transport, local, remote, state, pid: /^\d+$/.test(pid ?? '') ? Number(pid) : undefined, comm };
}
