import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mixes } from '../../bench/nights/lines.mjs';
import type { Micros } from '../../src/model/time.ts';
import { randomOf } from '../random.ts';

export const context = { path: 'x', zoneOffsetMin: 0, reference: 1_795_454_343_000_000 as Micros };

/** Mix of the generator that writes the format. */
export const MIXES: Record<string, string> = {
  'suricata-eve': 'eve',
  conntrack: 'conntrack',
  'netfilter-log': 'netfilter',
  tetragon: 'tetragon',
  auditd: 'auditd',
  'panos-csv': 'panos',
  'cilium-hubble': 'hubble',
  'zeek-tsv': 'zeek',
  'zeek-json': 'zeek-json',
  falco: 'falco',
  'alibaba-cfw': 'ale',
  'alibaba-vpc-flow': 'sls',
  'alibaba-nat-session': 'sls',
};

/** Lines as the generator of big nights writes them. */
export function generated(id: string): string[] {
  const logs = mixes[MIXES[id] ?? ''] ?? [];
  return logs.flatMap(generatedBy);
}

function generatedBy(log: (typeof mixes)[string][number]): string[] {
  const random = randomOf(7);
  const start = Date.UTC(2026, 10, 23) * 1000;
  const lines = Array.from({ length: 1500 }, (_, n) => {
    const server = 1 + (n % 2);
    const sandbox = { id: `rock-${server}`, host: `train-0${server}`, ip: `10.66.${server}.10`, pid: 20000 + server };
    return log.line({ n, at: start + n * 1000, sandbox, alert: n % 40 === 0, random }).split('\n');
  });
  return [...(log.head?.split('\n') ?? []), ...lines.flat()];
}

/** Lines on which a sensor ruled, most of them alike. */
export function verdicts(id: string): string[] {
  const random = randomOf(21);
  const start = Date.UTC(2026, 10, 23) * 1000;
  const sandboxes = [1, 2, 3].map((n) => ({
    id: `rock-${n}`,
    host: 'train-01',
    ip: `10.66.1.${9 + n}`,
    pid: 20000 + n,
  }));
  const logs = (mixes[MIXES[id] ?? ''] ?? []).filter((log) => log.alerts === true);
  const plain = logs.flatMap((log) =>
    Array.from({ length: 600 }, (_, n) => {
      const sandbox = sandboxes[n % 3] as (typeof sandboxes)[number];
      return log.line({ n, at: start + n * 1_000_001, sandbox, alert: true, random });
    }),
  );
  return id === 'suricata-eve' ? [...plain, ...plain.flatMap(strangeVerdicts)] : plain;
}

/** The same alert as other versions and setups of the sensor write it. */
function strangeVerdicts(line: string, n: number): string[] {
  const { flow, ...alert } = JSON.parse(line);
  const opener =
    n % 4 === 0
      ? { src_ip: alert.dest_ip, src_port: alert.dest_port }
      : { src_ip: alert.src_ip, src_port: alert.src_port + (n % 3 === 0 ? 1 : 0) };
  const variants = [
    { ...alert, flow: { ...flow, ...opener } },
    { ...alert, direction: n % 2 === 0 ? 'to_client' : 'to_server' },
    { ...alert, event_type: 'drop', drop: { len: 60, tcpseq: n }, verdict: { action: 'drop' } },
    {
      ...alert,
      http: {
        hostname: 'pool.example',
        url: `/${'abcxyz'[n % 6]}/${n % 5}`,
        http_user_agent: n % 9 === 0 ? 'wget' : 'curl',
      },
    },
    {
      ...alert,
      pkt_src: n % 3 === 0 ? 'stream (flow timeout)' : 'wire/pcap',
      timestamp: alert.timestamp.replace('+0000', ['Z', '+0200', '-03:30', '+00:00'][n % 4]),
    },
    { ...alert, timestamp: n % 2 === 0 ? alert.timestamp.replace(/\d{3}\+/, '+') : 'late' },
    { ...alert, src_port: n % 5 === 0 ? 53 : undefined, proto: 'ICMP', icmp_type: 8, icmp_code: 0 },
    {
      ...alert,
      verdict: { action: 'alert', ...(n % 3 === 0 ? { 'reject-target': 'both', reject: ['tcp-reset'] } : {}) },
    },
    { ...alert, dns: { version: 3, queries: [{ rrname: `${n % 4}.pool.example`, rrtype: 'A' }] }, app_proto: 'dns' },
  ];
  return variants.slice(n % 2).map((variant) => JSON.stringify(variant));
}

/** The format's own samples, and real lines where they are at hand. */
export function samples(id: string): string[] {
  const folders = [join(import.meta.dirname, '../../src/formats', id, 'samples')];
  const night = join(import.meta.dirname, '../../../shared/nights/night-a/raw');
  const names = existsSync(night) ? readdirSync(night).filter((name) => !/gz$|pcap$/.test(name)) : [];
  const own = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => !name.endsWith('.json') || !name.includes('.expected.'))
      .map((name) => join(folder, name)),
  );
  return [...own, ...names.map((name) => join(night, name))].flatMap((path) => readFileSync(path, 'utf8').split('\n'));
}

/** Real lines of the format, where they are at hand. */
export function corpus(id: string): string[] {
  const folder = join(import.meta.dirname, '../../../shared/corpus');
  return ['firewall', 'telemetry']
    .map((name) => join(folder, name, 'dev.jsonl'))
    .filter((path) => existsSync(path))
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .flatMap((text) => (text.includes(`"${id}"`) ? [JSON.parse(text)] : []))
    .flatMap((row: { format?: string; line?: string }) => (row.format === id ? (row.line?.split('\n') ?? []) : []));
}

/** JSON as no writer of the format writes it: shuffled, with a name twice, with spaces or with escapes. */
function rewritten(value: unknown, how: (typeof HOW)[number], random: () => number): string {
  const gap = how === 'spaces' ? ' '.repeat(Math.floor(random() * 3)) : '';
  if (typeof value === 'string') {
    const text = JSON.stringify(value);
    if (how !== 'escapes' || random() < 0.7 || value === '') return text;
    return `"\\u${value.charCodeAt(0).toString(16).padStart(4, '0')}${JSON.stringify(value.slice(1)).slice(1)}`;
  }
  if (Array.isArray(value)) return `[${value.map((item) => gap + rewritten(item, how, random)).join(`${gap},`)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members: [string, unknown][] = Object.entries(value);
  const [first] = members;
  if (how === 'shuffled') members.sort(() => random() - 0.5);
  if (how === 'twice' && first !== undefined) {
    const [name, old] = members[Math.floor(random() * members.length)] ?? first;
    const other =
      typeof old === 'string'
        ? (members.find(([, text]) => typeof text === 'string' && text !== old)?.[1] ?? '')
        : null;
    if (random() < 0.5) members.push([name, other]);
    else members.unshift([name, other]);
  }
  return `{${members.map(([name, member]) => `${gap}"${name}"${gap}:${gap}${rewritten(member, how, random)}`).join(',')}${gap}}`;
}

const HOW = ['shuffled', 'twice', 'spaces', 'escapes'] as const;

/** The words of a line as no writer puts them: one before another, twice, in the place of another, left out, or with something before or behind it. */
export function rearranged(line: string, random: () => number): string[] {
  const words = line.split(' ');
  const any = (): number => Math.floor(random() * words.length);
  const [at, to] = [any(), any()];
  const word = words[at] ?? '';
  return [
    words.with(at, words[to] ?? '').with(to, word),
    words.toSpliced(to, 0, word),
    words.toSpliced(at, 1),
    words.with(at, words[to] ?? ''),
    words.with(at, `x${word}`),
    words.with(at, `${word}${words[to]}`),
    words.toSpliced(to, 0, ''),
  ].map((changed) => changed.join(' '));
}

/** The line as it may be damaged or written by others. */
export function mutants(line: string, random: () => number): string[] {
  const cut = Math.floor(random() * line.length);
  const damaged = [line.slice(0, cut), line.slice(0, cut) + line, `${line}\r`, `\u00ef\u00bb\u00bf${line}`, `${line} `];
  if (!line.startsWith('{')) return damaged;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return damaged;
  }
  return [...damaged, ...HOW.flatMap((how) => [rewritten(json, how, random), rewritten(json, how, random)])];
}
