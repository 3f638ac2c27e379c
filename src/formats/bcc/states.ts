import { compact } from '../../core/json/json.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { forgetOldest } from '../../core/tools/tool-call.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';

/** One end of a connection; IPv6 may stand in brackets. */
export function end(ip: string | undefined, port: string | undefined): Endpoint {
  return compact({ ip: parseIp((ip ?? '').replace(/^\[|\]$/g, '')), port: parsePort(port) });
}

type Row = Readonly<Record<string, string>>;
type Change = Pick<ProcessEvent, 'op'> & Partial<ProcessEvent>;
type Opener = { readonly pid: number; readonly comm: string };

const HELD = 100_000;

/**
 * Rows of tcpstates: what happens to a socket. `C-PID` is whoever had the processor then. That is the owner when the socket is opened;
 * packets that come change states under anybody, so later rows are the opener's by the socket's address.
 */
export class SocketStates {
  /** Who opened the sockets that are open, by their addresses. */
  readonly openers: Map<string, Opener>;

  /** `before`: those of the piece before. */
  constructor(before: unknown) {
    this.openers = new Map(before instanceof Map ? before : []);
  }

  read(row: Row): Change | undefined {
    const key = row['SKADDR'] ?? '';
    const [from, to] = [row['OLDSTATE'] ?? '', row['NEWSTATE'] ?? ''];
    const local = end(row['LADDR'], row['LPORT'] === '0' ? undefined : row['LPORT']);
    const remote = end(row['RADDR'], row['RPORT']);
    if (local.ip === undefined || remote.ip === undefined) return undefined;
    const socket = { transport: 'tcp' as const, local, remote };
    if (from === 'CLOSE' && to === 'SYN_SENT') {
      const opener = { pid: Number(row['C-PID']), comm: row['C-COMM'] ?? '' };
      this.openers.set(key, opener);
      forgetOldest(this.openers, HELD);
      return { op: 'connect', ...opener, socket };
    }
    const opener = this.openers.get(key);
    if (to === 'CLOSE') this.openers.delete(key);
    if (opener === undefined) return undefined;
    // Only now the port is known that the socket got.
    if (from === 'SYN_SENT' && to === 'ESTABLISHED') return { op: 'socket', ...opener, socket };
    return to === 'CLOSE' ? { op: 'close', ...opener, socket } : undefined;
  }
}
