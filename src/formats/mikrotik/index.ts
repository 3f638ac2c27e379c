import { parseSyslog } from '../../core/lines/syslog.ts';
import { splitHostPort } from '../../core/network/ip.ts';
import { actionOfPrefix } from '../../core/products/netfilter.ts';
import { mappedFormat } from '../../core/tables/mapping.ts';
import { micros } from '../../core/time/time.ts';

/** Interfaces that are none stand as `(unknown 0)`; those of a PPP client in angles. */
const IFACE = String.raw`\(unknown \d+\)|[^,\s]+`;
const LINE = new RegExp(
  String.raw`^(?:[\w-]+(?:,[\w-]+)+ )?(?<prefix>.*?):? ?(?:(?<=^| )[\w-]+: )?in:(?<in>${IFACE}) out:(?<out>${IFACE}),?.*?\bproto (?<proto>[A-Za-z0-9-]+)(?: \((?:type (?<type>\d+), code (?<code>\d+)|[^)]*)\))?, \[?(?<s>[0-9a-fA-F.:]+?)\]?(?::(?<sp>\d+))?->\[?(?<d>[0-9a-fA-F.:]+?)\]?(?::(?<dp>\d+))?,(?: NAT (?<nat>\S+))?`,
);
/** Lines of its own files: `may/01/2024 10:00:00`, since RouterOS 7.10 `2024-05-01 10:00:00`; without the year those of this year, without the date those of today. */
const OWN_TIME = /^(?:(?:([a-z]{3})\/(\d\d)(?:\/(\d{4}))?|(\d{4}-\d\d-\d\d)|(\d\d)-(\d\d)) )?(\d\d:\d\d:\d\d) /i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** `remote-log-format=cef` of RouterOS 7: model, version and a number, the topics as the event's name, what is said as `msg`. */
const CEF = /^(.{0,200}?)\bCEF:\d\|MikroTik\|[^|]*\|[^|]*\|\d*\|([^|]*)\|[^|]*\|.*?\bmsg=/;
/** One side in parentheses, `(own->translated)`: before the arrow the source, behind it the destination. */
const NAT_SOURCE = /^\((?<from>[^)]+)->(?<to>[^)]+)\)->/;
const NAT_DESTINATION = /->\((?<from>[^)]+)->(?<to>[^)]+)\)/;

function read(text: string): Record<string, string> | undefined {
  const own = OWN_TIME.exec(text);
  const groups = LINE.exec(bodyOf(text.slice(own?.[0].length ?? 0)))?.groups;
  if (groups === undefined) return undefined;
  const nat = groups['nat'] ?? '';
  const source = splitHostPort(NAT_SOURCE.exec(nat)?.groups?.['to'] ?? '');
  const destination = splitHostPort(NAT_DESTINATION.exec(nat)?.groups?.['to'] ?? '');
  const prefix = (groups['prefix'] ?? '').trim().replace(/^(.+): \1$/, '$1');
  const action = actionOfPrefix(prefix);
  return {
    ...groups,
    prefix,
    stamp: own === null ? '' : stampOf(own),
    ns: source.host,
    nsp: String(source.port ?? ''),
    nd: destination.host,
    ndp: String(destination.port ?? ''),
    action: action === 'unknown' ? '' : action,
  };
}

/** Month, day and the year where stated before the time of day; empty without a date. */
function stampOf([, word, dayOfWord, year = '', date, month, day, clock = '']: readonly string[]): string {
  if (date !== undefined) return `${date} ${clock}`;
  const name = word ?? MONTHS[Number(month) - 1];
  return name === undefined ? '' : `${name} ${dayOfWord ?? day} ${year} ${clock}`.replace(/ {2,}/g, ' ');
}

/** What the router says. Its words may look like a tag: they belong to the prefix or name the chain. */
function bodyOf(line: string): string {
  const text = line.replace(CEF, '$1$2 ');
  const header = parseSyslog(text, micros(0));
  if (header === undefined) return text;
  return header.tag === undefined ? header.message : `${header.tag}: ${header.message}`;
}

const named = (iface: string | undefined): string | undefined => (iface?.startsWith('(') ? undefined : iface);

export const mikrotik = mappedFormat({
  format: {
    id: 'mikrotik',
    title: 'MikroTik RouterOS firewall',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'syslog header, or date and time in files of its own',
    traps: ['the log prefix is free text: a verdict by convention only'],
  },
  mark: /\bin:(?:\(unknown \d+\)|\S+) out:(?:\(unknown \d+\)|\S+?),? .*\bproto [A-Za-z0-9-]+/,
  score: 0.97,
  // Those of its DHCP server are of another format.
  others: /\bCEF:\d\|MikroTik\|(?![^|]*\|[^|]*\|\d*\|dhcp,info)/,
  fields: read,
  facts: (f) => ({
    srcIp: f['s'],
    srcPort: f['sp'],
    dstIp: f['d'],
    dstPort: f['dp'],
    transport: f['proto'],
    icmp: f['type'] === undefined ? undefined : { type: Number(f['type']), code: Number(f['code']) },
    inIf: named(f['in']),
    outIf: named(f['out']),
    natSrcIp: f['ns'],
    natSrcPort: f['nsp'],
    natDstIp: f['nd'],
    natDstPort: f['ndp'],
    rule: f['prefix'],
    actionRaw: f['action'],
  }),
  stamp: (f) => f['stamp'] || undefined,
});
