import { areFewBytes, emptyTraffic, noteClient } from '../../core/looks/look.ts';
import { Shapes } from '../../core/looks/shapes.ts';
import type { Glance, Look } from '../../model/format.ts';

const VALUES = [['srcaddr'], ['srcport'], ['bytes'], ['action'], ['protocol'], ['log-status']] as const;
const USES = ['client', 'port', 'few', 'literal', 'literal', 'literal'] as const;
const COMPARED = [['dstaddr'], ['dstport'], ['direction'], ['tcp-flags']] as const;

/** Looks at accepted flows of TCP and UDP, in the JSON lines of the log service. */
export function lookAtVpcFlows(): Look {
  const shapes = new Shapes({ values: VALUES, compared: COMPARED });
  const glance = emptyTraffic();
  const look = (line: string): Glance | undefined => {
    const cut = shapes.cut(line);
    if (cut === undefined) return undefined;
    const [key, client = '', port = '', bytes = '', action, protocol, status] = cut;
    if (action !== 'ACCEPT' || status !== 'OK' || (protocol !== '6' && protocol !== '17')) return undefined;
    if (!noteClient(glance, client, port) || !areFewBytes(bytes, '')) return undefined;
    glance.key = `${protocol} ${key}`;
    return glance;
  };
  return Object.assign(look, { templateOf: (line: string) => shapes.template(line, USES) });
}
