import { emptyTraffic, noteClient, plainPort } from '../../core/look.ts';
import { keyOf, Shapes } from '../../core/shapes.ts';
import type { Glance, Look } from '../../model/format.ts';

const WANTED = [
  ['pri_ip'],
  ['pri_port'],
  ['nat_port'],
  ['nat_ip'],
  ['pub_ip'],
  ['pub_port'],
  ['protocol'],
  ['portocol'],
] as const;

/** Looks at sessions of TCP and UDP, in the JSON lines of the log service. */
export function lookAtNatSessions(): Look {
  const shapes = new Shapes(WANTED);
  const glance = emptyTraffic();
  return (line): Glance | undefined => {
    const cut = shapes.cut(line);
    if (cut === undefined) return undefined;
    const [, client = '', port = '', natPort = ''] = cut;
    const protocol = cut[7] || cut[8];
    if ((protocol !== '6' && protocol !== '17') || !noteClient(glance, client, port)) return undefined;
    glance.natPort = plainPort(natPort);
    if (glance.natPort < 0) return undefined;
    glance.key = keyOf(cut, 4);
    return glance;
  };
}
