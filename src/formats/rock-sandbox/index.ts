import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { sandboxLeases } from '../../core/products/rock.ts';
import { RowReader } from '../../core/tables/rows.ts';
import { headerNames } from '../../core/tables/table.ts';
import type { Decoded, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';

/** Rows of ROCK's `sandbox_record` table, its Redis copies and answers of the admin API. */
export const rockSandbox: Format = {
  id: 'rock-sandbox',
  title: 'ROCK sandbox records',
  roles: ['lease'],
  framing: 'auto',
  status: 'documented',
  clock:
    'ISO 8601 with offset, whole seconds; the history entry pending to running is written when somebody asks, so it may be late',
  traps: [
    'on Docker `host_ip` is the worker, shared by all its sandboxes; on Kubernetes it is the Pod',
    'an empty or `default` host_ip is unknown',
    'restart gives one id several lifetimes, told by state_history only',
    'secrets (auth_token, env) are never read',
  ],
  claims,
  sniff,
  open: () => {
    const rows = new RowReader(isTable);
    return { decode: (record) => decode(record, rows) };
  },
};

/** Names that a table of records has beside `sandbox_id`; most of them are seen nowhere else. */
const OWN = ['host_ip', 'phases', 'port_mapping', 'state_history', 'host_name'] as const;

/** The record itself, the `result` of an admin API answer, or the list in one. */
function infosOf(json: unknown): readonly unknown[] {
  const result = at(json, 'result') ?? at(json, 'data');
  const list = [result, at(result, 'statuses'), at(result, 'items')].find(Array.isArray);
  if (list !== undefined) return list;
  return [isObject(result) && result['sandbox_id'] !== undefined ? result : (compatibleInfo(json) ?? json)];
}

/** An answer of the API that is E2B's: the address stands among the labels, and its end is only a plan. */
function compatibleInfo(json: unknown): unknown {
  const [id, address] = [at(json, 'sandboxID'), at(json, 'metadata', 'e2b.agents.kruise.io/sandbox-ip')];
  if (textOf(id) === undefined || textOf(address) === undefined) return undefined;
  return { sandbox_id: id, host_ip: address, start_time: at(json, 'startedAt'), port_mapping: {} };
}

function isRecord(info: unknown): boolean {
  return textOf(at(info, 'sandbox_id')) !== undefined && ownOf(info).length >= 2;
}

function ownOf(info: unknown): readonly string[] {
  return OWN.filter((key) => at(info, key) !== undefined);
}

function claims({ json }: SniffRecord): Sniff {
  const [info] = infosOf(json);
  return isRecord(info) ? yes(0.96, `sandbox_id with ${ownOf(info).join(', ')}`) : no('no ROCK sandbox record');
}

function sniff(sample: Sample): Sniff {
  const [first] = sample.records;
  if (first === undefined) return no('empty');
  return isTable(headerNames(first.text)) ? yes(0.98, 'header of sandbox_record') : sniffMean(sample, claims);
}

/** The table as a database exports it. */
function isTable(names: readonly string[]): boolean {
  return names.includes('sandbox_id') && OWN.filter((name) => names.includes(name)).length >= 3;
}

function decode(record: RawRecord, rows: RowReader): Decoded {
  const read = rows.read(record);
  switch (read.is) {
    case 'row':
      return leasesIn(parsedCells(read.row), read.ref);
    case 'bad':
      return failed('no sandbox record');
    default:
      return skipped(read.is === 'held' ? 'goes on in the next line' : read.is);
  }
}

function leasesIn(json: unknown, ref: SourceRef): Decoded {
  const infos = infosOf(json);
  const leases = infos.flatMap((info) => sandboxLeases(info, { format: 'rock-sandbox', ref }));
  if (leases.length > 0) return decoded(...leases);
  return infos.length === 0 ? skipped('no sandboxes') : failed('no sandbox_id');
}

/** Cells that hold JSON, as columns of a database do. */
function parsedCells(row: JsonObject): JsonObject {
  const cells: [string, unknown][] = Object.entries(row).map(([name, cell]) => [
    name,
    typeof cell === 'string' && /^\s*[[{]/.test(cell) ? (tryJson(cell) ?? cell) : cell,
  ]);
  return Object.fromEntries(cells);
}
