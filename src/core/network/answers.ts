import type { Endpoint } from '../../model/event.ts';
import { isPrivateIp } from './ip.ts';

const FIRST_UNPRIVILEGED = 1024;
/** Clients run by root, of NFS and rsh, take theirs from here up to the last privileged one (`rresvport`). */
const FIRST_OF_ROOT = 512;
/** Linux takes the ports of clients from here on (`ip_local_port_range`). */
const FIRST_EPHEMERAL = 32_768;

/**
 * Who began, of a packet whose record does not tell: what a well-known port sends to a port of clients is an answer, as is what a lower port
 * outside sends to an ephemeral one inside. Undefined where the ports say nothing.
 */
export function beganBehind(src: Endpoint, dst: Endpoint): 'dst' | undefined {
  const [from = 0, to = 0] = [src.port, dst.port];
  if (from === 0 || src.ip === undefined || dst.ip === undefined) return undefined;
  const [isInside, goesInside] = [isPrivateIp(src.ip), isPrivateIp(dst.ip)];
  // What leaves is asked for more often than it is answered.
  if (isInside && !goesInside) return undefined;
  if (from < FIRST_OF_ROOT) return to >= FIRST_UNPRIVILEGED ? 'dst' : undefined;
  if (from < FIRST_UNPRIVILEGED) return to >= FIRST_EPHEMERAL ? 'dst' : undefined;
  return from < FIRST_EPHEMERAL && to >= FIRST_EPHEMERAL && !isInside && goesInside ? 'dst' : undefined;
}
