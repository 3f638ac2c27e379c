import type { NatEvent, ProcessEvent } from '../../model/event.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import { clientMark } from '../moments/marks.ts';

/** Where a flow ends, and the ports that its client may be seen under: its own, and one that a translator gave it. */
interface Ends {
  readonly far: readonly string[];
  readonly ports: readonly number[];
}

/** The far ends and client's ports of all violations that are weighed one by one. */
export class Flows {
  readonly #marks = new Set<number>();
  /** Far ends, and whether all violations there tell their client's port. */
  readonly #isTold = new Map<string, boolean>();

  add(violation: ViolatingEvent): void {
    const { far, ports } = endsOf(violation);
    for (const ip of far) {
      this.#isTold.set(ip, ports.length > 0 && this.#isTold.get(ip) !== false);
      for (const port of ports) this.#marks.add(clientMark(ip, port));
    }
  }

  /** Whether a connection or translation may be a violation's, by its ports; undefined where ports cannot tell. */
  has(event: NatEvent | ProcessEvent): boolean | undefined {
    const { far, ports } = endsOf(event);
    if (far.some((ip) => ports.some((port) => this.#marks.has(clientMark(ip, port))))) return true;
    return ports.length > 0 && far.some((ip) => this.#isTold.get(ip) === true) ? false : undefined;
  }
}

function endsOf(event: ViolatingEvent | NatEvent): Ends {
  if (event.kind === 'nat') return ends([event.dst.ip, event.replySrc.ip], [event.src.port, event.replyDst.port]);
  if (event.kind === 'process') return ends([event.socket?.remote.ip], [event.socket?.local.port]);
  if (event.kind === 'dns') return ends([], []);
  const { initiator, src, dst, upstream, nat } = event;
  const [client, server] = initiator === 'dst' ? [dst, src] : [src, dst];
  return ends([server.ip, upstream?.ip, nat?.dstIp], [client.port, nat?.srcPort]);
}

/** A port of 0 is none. */
function ends(far: readonly (string | undefined)[], ports: readonly (number | undefined)[]): Ends {
  return { far: far.flatMap((ip) => ip ?? []), ports: ports.flatMap((port) => port || []) };
}
