import { at, compact, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { podName } from '../../core/network/network.ts';
import { printedEndpoint } from '../../core/network/sockaddr.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';

/** What all gadgets say, whichever release and output wrote it. */
export interface GadgetRecord {
  readonly who: Pick<ProcessEvent, 'pid' | 'tid' | 'ppid' | 'uid' | 'comm' | 'exe' | 'cwd' | 'containerId' | 'pod'>;
  readonly node: string | undefined;
  readonly stamp: string | undefined;
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly transport: string | undefined;
  text(...names: readonly string[]): string | undefined;
}

/** Where the releases put the same fact, newest first. */
const PLACES = wordTable<readonly (readonly string[])[]>({
  pid: [['proc', 'pid'], ['process', 'pid'], ['pid']],
  tid: [['proc', 'tid'], ['process', 'tid'], ['tid']],
  ppid: [['proc', 'parent', 'pid'], ['process', 'parent', 'pid'], ['ppid']],
  uid: [['proc', 'creds', 'uid'], ['process', 'creds', 'uid'], ['uid']],
  comm: [['proc', 'comm'], ['process', 'comm'], ['comm'], ['task']],
  container: [['runtime', 'containerId'], ['container_id']],
  node: [['k8s', 'node'], ['node']],
  namespace: [['k8s', 'namespace'], ['namespace']],
  pod: [['k8s', 'podName'], ['k8s', 'pod'], ['pod']],
});

/** A member by its place; empty text and a zero that stands for "not known" are absent. */
function fact(json: unknown, name: string): string | undefined {
  for (const path of PLACES[name] ?? []) {
    const text = textOf(at(json, ...path));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** One end: `{addr,port}` of today, `saddr`/`sport` of the first releases, or `10.0.0.5:80` of the tables. */
function endOf(json: JsonObject, side: 'src' | 'dst'): Endpoint {
  const end = json[side] ?? json[`${side}Endpoint`];
  if (isObject(end)) return compact({ ip: parseIp(textOf(end['addr']) ?? ''), port: parsePort(end['port']) });
  const old =
    side === 'src'
      ? (['saddr', 'sport', 'srcIP', 'srcPort'] as const)
      : (['daddr', 'dport', 'dstIP', 'dstPort'] as const);
  if (typeof end === 'string') return printedEndpoint(end.replace(/^[a-z]\//, '')) ?? {};
  return compact({
    ip: parseIp(textOf(json[old[0]] ?? json[old[2]]) ?? ''),
    port: parsePort(json[old[1]] ?? json[old[3]]),
  });
}

export function gadgetRecord(json: JsonObject, text: string): GadgetRecord {
  const number = (name: string): number | undefined => numberOf(fact(json, name));
  // Nanoseconds do not fit a double: their digits are taken from the text.
  const epoch = /"timestamp(?:_raw)?"\s*:\s*"?(\d{19})\b/.exec(text)?.[1];
  const iso = textOf(json['timestamp']);
  return {
    who: compact({
      pid: number('pid') || undefined,
      tid: number('tid') || undefined,
      ppid: number('ppid'),
      uid: number('uid'),
      comm: fact(json, 'comm'),
      exe: textOf(json['exepath']),
      cwd: textOf(json['cwd']),
      containerId: fact(json, 'container'),
      pod: podName(fact(json, 'namespace'), fact(json, 'pod')),
    }),
    node: fact(json, 'node'),
    stamp: iso?.includes('T') ? iso : epoch,
    src: endOf(json, 'src'),
    dst: endOf(json, 'dst'),
    transport: textOf(at(json, 'dst', 'proto')) ?? textOf(json['proto']) ?? textOf(json['protocol']),
    text: (...names) => names.map((name) => textOf(json[name])).find((value) => value !== undefined),
  };
}

/** Columns of the tables -> members of the JSON output. */
const COLUMNS = wordTable<string>({
  'K8S.NODE': 'node',
  'K8S.NAMESPACE': 'namespace',
  'K8S.POD': 'pod',
  'K8S.PODNAME': 'pod',
  PODNAME: 'pod',
  T: 'type',
  RET: 'retval',
});
const TAIL = 'ARGS';

/** Header of a gadget's table: places first, then what the gadget saw. */
export function columnsOf(text: string): readonly string[] | undefined {
  const placed = /^(?:TIMESTAMP\s+)?(?:K8S\.NODE|RUNTIME\.CONTAINER|NODE\s+NAMESPACE\s+POD)/.test(text);
  return placed && /\sP?COMM\b/.test(text) ? text.trim().split(/\s+/) : undefined;
}

/** Cells of a row. Cells may be empty (a process of no pod), then the places of the header tell which are meant. */
export function rowOf(header: string, names: readonly string[], text: string): JsonObject | undefined {
  const words = text.trim().split(/\s+/);
  const last = names.indexOf(TAIL);
  if (last >= 0 ? words.length > last : words.length === names.length)
    return named(names, last < 0 ? words : [...words.slice(0, last), words.slice(last).join(' ')]);
  const starts = names.map((name, i) => header.indexOf(name, i === 0 ? 0 : header.indexOf(names[i - 1] ?? '')));
  return named(
    names,
    starts.map((from, i) => text.slice(from, starts[i + 1]).trim()),
  );
}

function named(names: readonly string[], cells: readonly string[]): JsonObject {
  const row: Record<string, string> = {};
  for (const [i, name] of names.entries()) {
    const cell = cells[i] ?? '';
    if (cell !== '' && !cell.includes('…')) row[COLUMNS[name] ?? name.toLowerCase()] = cell;
  }
  return row;
}
