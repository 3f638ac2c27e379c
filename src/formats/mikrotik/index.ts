import { mappedFormat } from '../../core/mapping.ts';

const LINE =
  /(?:firewall,info )?(?<prefix>[\w -]*?)(?:input|forward|output|srcnat|dstnat): in:(?<in>\S+) out:(?<out>\(unknown \d\)|[^,\s]+),?.*?\bproto (?<proto>[A-Za-z0-9-]+)[^,]*, \[?(?<s>[0-9a-fA-F.:]+?)\]?(?::(?<sp>\d+))?->\[?(?<d>[0-9a-fA-F.:]+?)\]?(?::(?<dp>\d+))?,/;

function read(text: string): Record<string, string> | undefined {
  return LINE.exec(text)?.groups;
}

export const mikrotik = mappedFormat({
  format: {
    id: 'mikrotik',
    title: 'MikroTik RouterOS firewall',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'syslog header',
    traps: ['the log prefix is free text: it says no verdict by itself'],
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
    rule: f['prefix'],
  }),
  stamp: () => undefined,
});
