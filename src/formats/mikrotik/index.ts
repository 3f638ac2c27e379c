import { splitHostPort } from '../../core/ip.ts';
import { mappedFormat } from '../../core/mapping.ts';
import { actionOfPrefix } from '../../core/products/netfilter.ts';

const LINE =
  /(?:firewall,info )?(?<prefix>[\w -]*?):? ?(?:input|forward|output|srcnat|dstnat): in:(?<in>\S+) out:(?<out>\(unknown \d\)|[^,\s]+),?.*?\bproto (?<proto>[A-Za-z0-9-]+)(?: \([^)]*\))?, \[?(?<s>[0-9a-fA-F.:]+?)\]?(?::(?<sp>\d+))?->\[?(?<d>[0-9a-fA-F.:]+?)\]?(?::(?<dp>\d+))?,(?: NAT (?<nat>\S+))?/;
/** Lines of its own files: `may/01/2024 10:00:00`, since RouterOS 7.10 `2024-05-01 10:00:00`. */
const OWN_TIME = /^(?:([a-z]{3})\/(\d\d)\/(\d{4})|(\d{4}-\d\d-\d\d)) (\d\d:\d\d:\d\d) /;
/** One side in parentheses, `(own->translated)`: before the arrow the source, behind it the destination. */
const NAT_SOURCE = /^\((?<from>[^)]+)->(?<to>[^)]+)\)->/;
const NAT_DESTINATION = /->\((?<from>[^)]+)->(?<to>[^)]+)\)/;

function read(text: string): Record<string, string> | undefined {
  const groups = LINE.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const nat = groups['nat'] ?? '';
  const source = splitHostPort(NAT_SOURCE.exec(nat)?.groups?.['to'] ?? '');
  const destination = splitHostPort(NAT_DESTINATION.exec(nat)?.groups?.['to'] ?? '');
  const action = actionOfPrefix(groups['prefix'] ?? '');
  const [, month, day, year, date, clock = ''] = OWN_TIME.exec(text) ?? [];
  return {
    ...groups,
    stamp: month === undefined ? (date === undefined ? '' : `${date} ${clock}`) : `${month} ${day} ${year} ${clock}`,
    ns: source.host,
    nsp: String(source.port ?? ''),
    nd: destination.host,
    ndp: String(destination.port ?? ''),
    action: action === 'unknown' ? '' : action,
  };
}

export const mikrotik = mappedFormat({
  format: {
    id: 'mikrotik',
    title: 'MikroTik RouterOS firewall',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'syslog header, or date and time in files of its own',
    traps: ['the log prefix is free text: a verdict by convention only'],
  },
  mark: /\bin:\S+ out:(?:\(unknown \d\)|\S+?),? .*\bproto [A-Za-z0-9-]+/,
  score: 0.97,
  fields: read,
  facts: (f) => ({
    srcIp: f['s'],
    srcPort: f['sp'],
    dstIp: f['d'],
    dstPort: f['dp'],
    transport: f['proto'],
    inIf: f['in'],
    outIf: f['out'],
    natSrcIp: f['ns'],
    natSrcPort: f['nsp'],
    natDstIp: f['nd'],
    natDstPort: f['ndp'],
    rule: f['prefix']?.trim(),
    actionRaw: f['action'],
  }),
  stamp: (f) => f['stamp'] || undefined,
});
