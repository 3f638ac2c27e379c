import { headed } from '../../core/lines/headed.ts';
import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';
import { splitRow } from '../../core/tables/table.ts';

const STAMP =
  /^\s*(?:(?:"\d{1,12}",)?"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",\s?"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\[[\d, ]*\],(?:[^,]*,){2}(?:IN|OUT)BOUND,)/;

/** Column orders of the DNS, proxy, IP and cloud firewall logs (Umbrella log management guide). */
function read(text: string): FieldMap | undefined {
  const c = splitRow(text.trim().replace(/", "/g, '","')).map((cell) => cell.trim());
  const [time = ''] = c;
  if (/^(?:INBOUND|OUTBOUND)$/.test(c[4] ?? '')) return firewall(c, time);
  if (/^(?:Allowed|Blocked|Proxied)$/.test(c[5] ?? '')) return dns(c, time);
  if (/^(?:TCP|UDP|ICMP)$/.test(c[10] ?? '')) return intrusion(c, time);
  if (/^(?:ALLOWED|BLOCKED)$/.test(c[6] ?? '')) return proxy(c, time);
  // Audit rows: a serial, then the time; the address of the administrator.
  if (/^\d+$/.test(time) && /^\d{4}-/.test(c[1] ?? '')) return { time: cell(c, 1), src: cell(c, 6) };
  return undefined;
}

const cell = (c: readonly string[], i: number): string => c[i] ?? '';

function firewall(c: readonly string[], time: string): FieldMap {
  return {
    time,
    proto: cell(c, 5),
    src: cell(c, 7),
    sport: cell(c, 8),
    dst: cell(c, 9),
    dport: cell(c, 10),
    rule: cell(c, 12),
    act: cell(c, 13),
  };
}

function intrusion(c: readonly string[], time: string): FieldMap {
  return {
    time,
    rule: cell(c, 5),
    proto: cell(c, 10),
    src: cell(c, 12),
    sport: cell(c, 13),
    dst: cell(c, 14),
    dport: cell(c, 15),
    act: cell(c, 16),
  };
}

function dns(c: readonly string[], time: string): FieldMap {
  return { time, src: cell(c, 3), ext: cell(c, 4), act: cell(c, 5), query: cell(c, 8), rule: cell(c, 13) };
}

function proxy(c: readonly string[], time: string): FieldMap {
  const name = /^[a-z]+:\/\/([^/:]+)/.exec(cell(c, 7))?.[1] ?? '';
  return {
    time,
    src: cell(c, 2) || cell(c, 3),
    ext: cell(c, 3),
    dst: cell(c, 4),
    act: cell(c, 6),
    url: cell(c, 7),
    name,
  };
}

export const ciscoUmbrella = headed(
  mappedFormat({
    format: {
      id: 'cisco-umbrella',
      title: 'Cisco Umbrella logs (CSV)',
      roles: ['violation', 'dns'],
      status: 'real',
      clock: 'first column, UTC by documentation',
      traps: ['internal and external address stand side by side: the external one is the translated source'],
    },
    mark: STAMP,
    score: 0.9,
    fields: read,
    facts: (f) => ({
      srcIp: f['src'],
      srcPort: f['sport'],
      dstIp: f['dst'],
      dstPort: f['dport'],
      natSrcIp: f['ext'],
      transport: f['proto'],
      rule: f['rule'],
      actionRaw: f['act'],
      domain: f['name'],
      query: f['query'],
      url: f['url'],
    }),
    stamp: (f) => (f['time'] === undefined ? undefined : `${f['time']}Z`),
  }),
);
