import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { scaled } from '../../core/gpu.ts';
import { compact, numberOf } from '../../core/json/json.ts';
import { eventTime, parseIso, timeFromObserved } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { MetricEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEADER = /^#\s*(?:Date\s+)?(?:Time\s+)?gpu\s/;
const UNITS = /^#\s*(?:YYYYMMDD\s+)?(?:HH:MM:SS\s+)?Idx\s/;
/** Columns that identify; the others are measurements. */
const IDENTITY = new Set(['Date', 'Time', 'gpu', 'pid', 'type', 'command']);
/** Names of the same measurements in `nvidia-smi --query-gpu`. */
const NAMES = wordTable<string>({
  sm: 'utilization.gpu',
  mem: 'utilization.memory',
  pwr: 'power.draw',
  gtemp: 'temperature.gpu',
  fb: 'memory.used',
  mclk: 'clocks.mem',
  pclk: 'clocks.gr',
});
const SCALE = wordTable<string>({ MB: 'MiB' });

/** `nvidia-smi dmon` and `nvidia-smi pmon`. */
export const nvidiaSmiMon: Format = {
  id: 'nvidia-smi-mon',
  title: 'nvidia-smi dmon and pmon',
  roles: ['gpu'],
  framing: 'auto',
  status: 'real',
  clock: 'none, or local time of the host with `-o DT`',
  traps: [
    'columns vary by driver: the header, which repeats, is read',
    '`-` is no value',
    'pmon shows pids of the host',
  ],
  claims,
  sniff,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.97, 'header of dmon or pmon');
  if (UNITS.test(text)) return yes(0.97, 'unit line of dmon or pmon');
  return /^\s*(?:\d{8}\s+)?(?:\d\d:\d\d:\d\d\s+)?\d{1,2}\s+(?:-|\d+)(?:\s+(?:-|\d+|[CG]|C\+G)){3,}(?:\s+\S+)?\s*$/.test(
    text,
  )
    ? yes(0.6, 'row of dmon or pmon')
    : no('no such row');
}

/** Rows of numbers are its own under a header alone. */
function sniff(sample: Sample): Sniff {
  const isHeaded = sample.records.some(({ text }) => HEADER.test(text));
  return isHeaded ? sniffMean(sample, claims) : no('no header of dmon or pmon');
}

function open(context: DecodeContext): Decoder {
  let header: readonly string[] | undefined;
  let units: readonly string[] = [];
  const decode = (record: RawRecord): Decoded => {
    const cells = record.text.replace(/^#/, '').trim().split(/\s+/);
    if (HEADER.test(record.text)) {
      header = cells;
      return skipped('header');
    }
    if (UNITS.test(record.text)) {
      units = cells;
      return skipped('units');
    }
    if (record.text.trim() === '' || record.text.startsWith('#')) return skipped('comment');
    if (header === undefined) return failed('row before any header');
    if (cells.length < header.length) return failed('cells do not fit the header');
    return rowEvents(header, units, cells, record, context);
  };
  return { decode };
}

function rowEvents(
  header: readonly string[],
  units: readonly string[],
  cells: readonly string[],
  record: RawRecord,
  context: DecodeContext,
): Decoded {
  const cell = (name: string): string | undefined => {
    const i = header.indexOf(name);
    return i < 0 || cells[i] === '-' ? undefined : cells[i];
  };
  const date = /^(\d{4})(\d\d)(\d\d)$/.exec(cell('Date') ?? '');
  const raw = date === null ? '' : `${date[1]}-${date[2]}-${date[3]} ${cell('Time') ?? ''}`;
  const stamp = parseIso(raw, context.zoneOffsetMin);
  const { observed, ref } = record;
  const base = compact({
    kind: 'metric' as const,
    time: stamp === undefined ? timeFromObserved(observed) : eventTime(stamp, { raw, basis: 'event', observed }),
    ref,
    format: 'nvidia-smi-mon',
    clock: 'row',
    host: record.host,
    device: cell('gpu'),
    pid: numberOf(cell('pid')),
    comm:
      header.at(-1) === 'command' && cell('pid') !== undefined ? cells.slice(header.length - 1).join(' ') : undefined,
  });
  // A pmon row without pid stands for an idle card.
  if (header.includes('pid') && base.pid === undefined) return skipped('idle card');
  const events: MetricEvent[] = [];
  for (const [i, name] of header.entries()) {
    const value = IDENTITY.has(name) ? undefined : numberOf(cells[i]);
    if (value === undefined) continue;
    const unit = units[i] ?? '';
    events.push({ ...base, name: NAMES[name] ?? name, ...scaled(value, SCALE[unit] ?? unit) });
  }
  return events.length === 0 ? skipped('no value') : decoded(...events);
}
