import { no, yes } from '../../core/decoded.ts';
import { compact, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { domainName, parseIp, parsePort, splitHostPort } from '../../core/network/ip.ts';
import { FieldMap } from '../../core/tables/fields.ts';
import { wordTable } from '../../core/word-table.ts';
import type { InventoryEvent } from '../../model/event.ts';
import type { Sniff } from '../../model/format.ts';

type Role = InventoryEvent['role'];
export type Fact = Pick<InventoryEvent, 'role'> &
  Partial<Pick<InventoryEvent, 'name' | 'ips' | 'port' | 'domain' | 'sandboxNet' | 'infraUids' | 'host'>>;

/** One part of an inventory document: what its entries are. */
export interface Section {
  readonly key: string;
  readonly role: Role;
  readonly value: unknown;
}

const FIELDS = new FieldMap([
  'host',
  'ip',
  'uid',
  'role',
  'port',
  'domain',
  'sandboxNet',
  'infraUids',
  'outsideIp',
  'insideIp',
  'sandbox',
]);

const ROLES = wordTable<Role>({
  server: 'host',
  servers: 'host',
  host: 'host',
  hosts: 'host',
  node: 'host',
  nodes: 'host',
  worker: 'host',
  workers: 'host',
  machine: 'host',
  firewall: 'firewall',
  firewalls: 'firewall',
  fw: 'firewall',
  gateway: 'firewall',
  gateways: 'firewall',
  router: 'firewall',
  nat: 'firewall',
  proxy: 'proxy',
  proxies: 'proxy',
  http_proxy: 'proxy',
  dns: 'dns',
  resolver: 'dns',
  resolvers: 'dns',
  dns_servers: 'dns',
  nameserver: 'dns',
  nameservers: 'dns',
  metadata: 'metadata',
  imds: 'metadata',
  metadata_service: 'metadata',
  service: 'service',
  services: 'service',
  internal: 'service',
  internal_services: 'service',
  egress: 'egress',
  egress_ips: 'egress',
  public_ips: 'egress',
  nat_ips: 'egress',
  sandbox: 'sandbox',
  sandboxes: 'sandbox',
  container: 'sandbox',
  containers: 'sandbox',
  pod: 'sandbox',
  pods: 'sandbox',
  approved: 'approved',
  allowlist: 'approved',
  allow_list: 'approved',
  allowed: 'approved',
  approved_destinations: 'approved',
  whitelist: 'approved',
});

export function documentSections(json: JsonObject): readonly Section[] {
  const out: Section[] = [];
  for (const key of Object.keys(json)) {
    const role = ROLES[key.toLowerCase()];
    if (role === undefined) continue;
    const value = json[key];
    const nested = Array.isArray(value) || isObject(value);
    if (nested || addressed(value)) out.push({ key, role, value });
  }
  return out.some(({ value }) => typeof value === 'object') || out.length > 2 ? out : [];
}

function addressed(value: unknown): boolean {
  return typeof value === 'string' && parseIp(splitHostPort(value).host) !== undefined;
}

/** Facts of one section: a text, an object, an array of both, or an object of name -> entry. */
export function readEntries({ role, value }: Section): readonly Fact[] {
  if (Array.isArray(value)) return value.flatMap((entry: unknown) => readEntries({ key: '', role, value: entry }));
  if (typeof value === 'string') return [readText(role, value)].filter(({ ips, domain }) => ips ?? domain);
  if (!isObject(value)) return [];
  const facts = readObject(role, value);
  if (facts.length > 0) return facts;
  return Object.entries(value).flatMap(([name, entry]) =>
    readEntries({ key: name, role, value: entry }).map((fact) => ({
      name,
      ...(role === 'host' ? { host: name } : {}),
      ...fact,
    })),
  );
}

const TIMED = /start|end|time|^ts$|command|action|event|src|dst/i;

/** Score of the columns of a row that stands alone. */
export function rowScore(names: readonly string[]): Sniff {
  const known = FIELDS.known(names);
  const addressed = known.has('ip') || known.has('domain') || known.has('sandboxNet');
  if (!known.has('role') || !addressed || names.some((name) => TIMED.test(name))) return no('no inventory row');
  return yes(0.8, 'row with a role and an address, without a time');
}

export function readRow(row: JsonObject): readonly Fact[] {
  const role = ROLES[(textOf(FIELDS.read(row).role) ?? '').toLowerCase()];
  return role === undefined ? [] : readObject(role, row);
}

/** `ip`, `ip:port`, a network, a domain or `domain:port`. */
function readText(role: Role, text: string): Fact {
  if (text.includes('/') && parseIp(text.slice(0, text.indexOf('/'))) !== undefined) return { role, ips: [text] };
  const { host, port } = splitHostPort(text.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, ''));
  const ip = parseIp(host);
  return compact({
    role,
    ips: ip === undefined ? undefined : [ip],
    domain: ip === undefined ? domainName(host) : undefined,
    port,
  });
}

function readObject(role: Role, entry: JsonObject): readonly Fact[] {
  const fields = FIELDS.read(entry);
  const inside = addresses(fields.insideIp);
  const outside = addresses(fields.outsideIp);
  const own = addresses(fields.ip);
  const ips = [...new Set([...own, ...inside, ...outside])];
  const id = textOf(entry['id']) ?? textOf(entry['name']) ?? textOf(fields.sandbox);
  const host = textOf(fields.host);
  const endpoint = endpointOf(entry);
  const fact: Fact = compact({
    role,
    name: role === 'sandbox' ? id : (textOf(entry['name']) ?? host ?? id),
    host: role === 'sandbox' || role === 'host' ? host : undefined,
    ips: ips.length > 0 ? ips : endpoint?.ips,
    port: parsePort(textOf(fields.port)) ?? endpoint?.port,
    domain: domainName(textOf(fields.domain)) ?? endpoint?.domain,
    sandboxNet: textOf(fields.sandboxNet),
    infraUids: role === 'host' ? uids(fields.infraUids ?? fields.uid) : undefined,
  });
  if (fact.ips === undefined && fact.domain === undefined && fact.sandboxNet === undefined) return [];
  const egress: readonly Fact[] =
    outside.length > 0 ? [compact({ role: 'egress' as const, name: fact.name, ips: outside })] : [];
  return [fact, ...egress];
}

/** `{"endpoint":"10.0.0.3:3128"}` and its like. */
function endpointOf(entry: JsonObject): Fact | undefined {
  const text = textOf(entry['endpoint']) ?? textOf(entry['listen']) ?? textOf(entry['addr']) ?? textOf(entry['target']);
  return text === undefined ? undefined : readText('service', text);
}

function addresses(value: unknown): readonly string[] {
  const texts = Array.isArray(value) ? value.map(textOf) : (textOf(value)?.split(/[\s,;]+/) ?? []);
  const out: string[] = [];
  for (const text of texts) {
    if (text === undefined) continue;
    const slash = text.indexOf('/');
    const ip = parseIp(slash < 0 ? splitHostPort(text).host : text.slice(0, slash));
    if (ip !== undefined) out.push(ip);
  }
  return out;
}

function uids(value: unknown): readonly number[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : (textOf(value)?.split(/[\s,;]+/) ?? []);
  const numbers = list.map(numberOf).filter((uid) => uid !== undefined);
  return numbers.length > 0 ? numbers : undefined;
}
