import { headed } from '../../core/lines/headed.ts';
import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { mappedFormat } from '../../core/tables/mapping.ts';

const HEAD = /^\d+ \d \S+ (\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4}) ([^:]*): /;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

function read(text: string): Record<string, string> | undefined {
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  const month = String(MONTHS.indexOf(head[2] ?? '') / 3 + 1).padStart(2, '0');
  const stamp = `${head[3]}-${month}-${head[1]}T${head[4]}${head[5]}`;
  return { ...parseKeyValues(text.slice(head[0].length)), stamp, prefix: head[6] ?? '' };
}

export const proxmoxFw = headed(
  mappedFormat({
    format: {
      id: 'proxmox-fw',
      title: 'Proxmox VE firewall',
      roles: ['violation', 'flow'],
      status: 'real',
      clock: 'dd/Mmm/yyyy:hh:mm:ss with offset',
      traps: ['the prefix names chain and verdict'],
    },
    mark: /^\d+ \d \S+ \d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4} /,
    score: 0.98,
    fields: read,
    facts: (f) => ({
      srcIp: f['SRC'],
      srcPort: f['SPT'],
      dstIp: f['DST'],
      dstPort: f['DPT'],
      transport: f['PROTO'],
      actionRaw: f['prefix']?.replace(/^policy |^PVEFW-/, ''),
      rule: f['prefix'],
      inIf: f['IN'],
      outIf: f['OUT'],
    }),
    stamp: (f) => f['stamp'],
  }),
);
