import { parseIp } from '../../core/network/ip.ts';
import { headerNames } from '../../core/tables/table.ts';
import { wordTable } from '../../core/word-table.ts';

/** Names of the columns of one file, as AWS writes them (`pkt-srcaddr`). */
export type Layout = readonly string[];

const DEFAULT =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
/** Fields of version 3 and later, in the order of the documentation, which the console keeps when all are chosen. */
const LATER =
  'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason';
/** Custom orders that the documentation's examples use (TCP flags, traffic through a NAT or transit gateway). */
const EXAMPLES = [
  'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status',
  'version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol tcp-flags type pkt-srcaddr pkt-dstaddr action log-status',
  'instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr',
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service',
].map((text) => text.split(' '));
const FULL = `${DEFAULT} ${LATER}`.split(' ');
const DEFAULT_COUNT = DEFAULT.split(' ').length;

/** Cells of one line: blanks between, or commas and tabs in CSV. */
export function cellsOf(text: string): readonly string[] {
  return text.includes(',') || text.includes('\t') ? headerNames(text) : text.trim().split(/ +/);
}

/** The layout that a header line declares; undefined for any other line. */
export function headerLayout(text: string): Layout | undefined {
  if (!/srcaddr/i.test(text)) return undefined;
  const names = cellsOf(text).map(fieldName);
  return names.length > 0 && names.every((name) => /^@?[a-z][a-z0-9-]*$/.test(name)) ? names : undefined;
}

/** Without what divides their words: Logs Insights writes `interfaceId`, Athena `interface_id`. */
const bare = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, '');
const BY_WORDS = wordTable<string>(
  Object.fromEntries([FULL, ...EXAMPLES].flatMap((names) => names.map((name) => [bare(name), name]))),
);

/** `srcAddr`, `pkt_srcaddr`, `${srcaddr}` and `srcaddr` are one name. */
export function fieldName(name: string): string {
  const plain = name.replace(/^\$\{(.*)\}$/, '$1');
  return BY_WORDS[bare(plain)] ?? plain.toLowerCase().replaceAll('_', '-');
}

/** Whether the first cell can be a version or an instance, as in all orders that are known. Cutting the cells of every foreign line takes long. */
export function beginsFlow(text: string): boolean {
  return /^[\s"]*(?:\d(?!\d)|i-|-)/.test(text);
}

/** The layout of a line without a header: the default order with any later fields appended, or a documented example. */
export function guessLayout(cells: readonly string[]): Layout | undefined {
  if (cells.length >= DEFAULT_COUNT && cells.length <= FULL.length && fits(FULL, cells)) return FULL;
  const example = EXAMPLES.find((layout) => layout.length === cells.length && fits(layout, cells));
  if (example !== undefined || cells.length <= DEFAULT_COUNT) return example;
  // Appended in an order of its own: the first fourteen fields are certain, the others are left alone.
  return fits(FULL, cells.slice(0, DEFAULT_COUNT)) ? FULL.slice(0, DEFAULT_COUNT) : undefined;
}

const SHAPES = wordTable<RegExp>({
  version: /^\d$/,
  // Huawei Cloud writes the ids of its project and interface in the same order.
  'account-id': /^(?:\d{6,14}|[0-9a-f]{32}|-|unknown)$/,
  'interface-id': /^(?:eni-\w+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|-)$/,
  'instance-id': /^(?:i-\w+|-)$/,
  'vpc-id': /^(?:vpc-\w+|-)$/,
  'tgw-id': /^(?:tgw-\w+|-)$/,
  srcport: /^(?:\d{1,5}|-)$/,
  dstport: /^(?:\d{1,5}|-)$/,
  protocol: /^(?:\d{1,3}|-)$/,
  start: /^(?:\d{9,10}|-)$/,
  end: /^(?:\d{9,10}|-)$/,
  action: /^(?:ACCEPT|REJECT|-)$/,
  'log-status': /^(?:OK|NODATA|SKIPDATA|-)$/,
});

function fits(layout: Layout, cells: readonly string[]): boolean {
  for (let i = 0; i < cells.length; i++) {
    const name = layout[i] ?? '';
    const cell = cells[i] ?? '';
    if (name.endsWith('addr') && cell !== '-' && parseIp(cell) === undefined) return false;
    if (SHAPES[name]?.test(cell) === false) return false;
  }
  return true;
}
