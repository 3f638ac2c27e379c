import { emptyTraffic, noteClient, plainPort } from '../../core/looks/look.ts';
import { Shapes } from '../../core/looks/shapes.ts';
import type { Glance, Look } from '../../model/format.ts';

const VALUES = [['pri_ip'], ['pri_port'], ['nat_port'], ['protocol'], ['portocol']] as const;
const USES = ['client', 'port', 'natPort', 'literal', 'literal'] as const;
const COMPARED = [['nat_ip'], ['pub_ip'], ['pub_port']] as const;

/** Looks at sessions of TCP and UDP, in the JSON lines of the log service. */
export function lookAtNatSessions(): Look {
  const shapes = new Shapes({ values: VALUES, compared: COMPARED });
  const glance = emptyTraffic();
  const look = (line: string): Glance | undefined => {
    const cut = shapes.cut(line);
    if (cut === undefined) return undefined;
    const [key, client = '', port = '', natPort = '', right, misspelt] = cut;
    const protocol = right || misspelt;
    if ((protocol !== '6' && protocol !== '17') || !noteClient(glance, client, port)) return undefined;
    glance.natPort = plainPort(natPort);
    if (glance.natPort < 0) return undefined;
    glance.key = `${protocol} ${key}`;
    return glance;
  };
  return Object.assign(look, { templateOf: (line: string) => shapes.template(line, USES) });
}
