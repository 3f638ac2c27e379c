import { LifeLook } from '../../core/looks/life.ts';
import { plainPid } from '../../core/looks/look.ts';
import { Shapes } from '../../core/looks/shapes.ts';
import { isPlainContainer } from '../../core/network/container-id.ts';
import { parseIso } from '../../core/time/time.ts';
import type { Glance, Look } from '../../model/format.ts';

const FIELDS = [
  'fd.name',
  'fd.lip',
  'fd.lport',
  'fd.rip',
  'fd.rport',
  'fd.cip',
  'fd.cport',
  'fd.sip',
  'fd.sport',
] as const;
const VALUES = [
  ['hostname'],
  ['time'],
  ['output_fields', 'proc.pid'],
  ['output_fields', 'proc.ppid'],
  ['output_fields', 'container.full_id'],
  ['output_fields', 'container.id'],
] as const;
const USES = ['whose', 'second', 'pid', 'parent', 'whose', 'whose'] as const;
const COMPARED = [
  ['rule'],
  ['priority'],
  ['output_fields', 'proc.cmdline'],
  ['output_fields', 'fd.l4proto'],
  // Which end is the client's.
  ['output_fields', 'evt.type'],
  ['output_fields', 'fd.is_server'],
  ...FIELDS.map((name) => ['output_fields', name] as const),
] as const;

/** Looks at alerts of one host: those about files and programs are only of interest for who started whom. */
export function lookAtAlerts(): Look {
  const life = new LifeLook((stamp) => parseIso(stamp)?.at);
  const shapes = new Shapes({ values: VALUES, compared: COMPARED });
  const look = (line: string): Glance | undefined => {
    // Alerts of one rule have the same fields; its name stands behind them.
    const rule = line.lastIndexOf('"rule":"') + 8;
    const cut = shapes.cut(line, line.slice(rule, rule + 20));
    if (cut === undefined) return undefined;
    const [key, host = '', stamp = '', pid = '', ppid = '', fullId = '', shortId = ''] = cut;
    if (host === '' || host.includes('\\')) return undefined;
    if (stamp.length < 20 || !stamp.endsWith('Z') || stamp.includes('\\')) return undefined;
    // The text of the alert may name the process then.
    if (pid === '' || ppid === '') return undefined;
    const container = fullId || shortId;
    if (container !== '' && !isPlainContainer(container)) return undefined;
    const containerId = container === 'host' || container === '' ? undefined : container;
    const ids = { host, pid: plainPid(pid), ppid: plainPid(ppid), containerId };
    if (ids.pid < 0 || ids.ppid < 0) return undefined;
    return life.of(stamp, ids, key);
  };
  return Object.assign(look, { templateOf: (line: string) => shapes.template(line, USES) });
}
