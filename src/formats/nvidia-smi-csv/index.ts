import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { scaled } from '../../core/gpu.ts';
import { compact, numberOf } from '../../core/json/json.ts';
import { headerNames, rowObject, splitRow } from '../../core/tables/table.ts';
import { parseIso, timeOrObserved } from '../../core/time/time.ts';
import type { MetricEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Columns that are measurements; the others identify the card or the process. */
const METRIC =
  /^(?:utilization\.\w+|memory\.(?:used|free|total)|used_(?:gpu_)?memory|power\.draw(?:\.\w+)?|temperature\.\w+|fan\.speed|clocks\.[\w.]+)(?: \[(\S+)\])?$/;
const HEADER =
  /(?:^|, ?)(?:utilization\.gpu|memory\.used|used_(?:gpu_)?memory|power\.draw|temperature\.gpu|fan\.speed|clocks\.\w+)(?: \[[^\]]+\])?(?:,|$)/;
/** Units of `nvidia-smi --help-query-gpu`, for columns whose header names none. */
const DEFAULTS: readonly [string, string][] = [['temperature', 'C']];

/** `nvidia-smi --query-gpu=... --format=csv` and `--query-compute-apps`. */
export const nvidiaSmiCsv: Format = {
  id: 'nvidia-smi-csv',
  title: 'nvidia-smi CSV queries',
  roles: ['gpu'],
  framing: 'auto',
  status: 'real',
  clock: '`timestamp`: local time of the host without zone; none when not asked for',
  traps: ['units stand in cells unless `nounits`', '`[N/A]` and `[Not Supported]` are no values'],
  claims,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.97, 'nvidia-smi column names');
  if (/(?:^|, )GPU-[0-9a-f]{8}-/.test(text)) return yes(0.9, 'GPU uuid cell');
  return /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\.\d{3}, /.test(text)
    ? yes(0.85, 'nvidia-smi timestamp cell')
    : no('no nvidia-smi row');
}

function open(context: DecodeContext): Decoder {
  let header: readonly string[] | undefined;
  const decode = (record: RawRecord): Decoded => {
    if (record.text.trim() === '') return skipped('blank');
    if (HEADER.test(record.text)) {
      header = headerNames(record.text, ',');
      return skipped('header');
    }
    if (header === undefined) return failed('row before any header');
    const cells = splitRow(record.text).map((cell) => cell.trim());
    if (cells.length !== header.length) return failed('cells do not fit the header');
    return rowEvents(rowObject(header, cells), record, context);
  };
  return { decode };
}

function rowEvents(row: Record<string, string>, record: RawRecord, context: DecodeContext): Decoded {
  const raw = row['timestamp'] ?? '';
  const stamp = parseIso(raw, context.zoneOffsetMin);
  if (raw !== '' && stamp === undefined) return failed('timestamp is not a time');
  const base = compact({
    kind: 'metric' as const,
    time: timeOrObserved(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'nvidia-smi-csv',
    clock: 'timestamp',
    host: record.host,
    device: row['uuid'] ?? row['gpu_uuid'] ?? row['index'] ?? row['pci.bus_id'] ?? row['gpu_bus_id'],
    pid: numberOf(row['pid']),
    comm: row['process_name'] ?? (row['pid'] === undefined ? undefined : row['name']),
  });
  const events: MetricEvent[] = [];
  for (const [column, cell] of Object.entries(row)) {
    const m = METRIC.exec(column);
    const value = m === null ? null : /^(-?[\d.]+)(?: (\S+))?$/.exec(cell);
    if (m === null || value === null) continue;
    const name = column.replace(/ \[.*$/, '');
    const unit = value[2] ?? m[1] ?? DEFAULTS.find(([prefix]) => name.startsWith(prefix))?.[1];
    events.push({ ...base, name, ...scaled(Number(value[1]), unit) });
  }
  return events.length === 0 ? skipped('no value') : decoded(...events);
}
