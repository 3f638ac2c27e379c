import { decoded, no, skipped, yes } from '../../core/decoded.ts';
import { scaled } from '../../core/gpu.ts';
import { compact } from '../../core/json/json.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, parseMonthDay, timeFromObserved } from '../../core/time/time.ts';
import type { MetricEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** The line over a table, as asctime(3) writes it. */
const DATE = /^[A-Z][a-z]{2} ([A-Z][a-z]{2} [ \d]\d) (\d\d:\d\d:\d\d) (\d{4})\s*$/;
const TITLE = /^\| NVIDIA-SMI \S+ +(?:KMD|Driver) Version: /;
/** Index, name and persistence mode, then the bus id. */
const CARD = /^\| +(\d{1,3}) +\S[^|]*\| +[0-9A-F]{8}:[0-9A-F]{2}:[0-9A-F]{2}\.[0-9A-F] /;
/** Fan, temperature, state and power, then memory, then load. */
const LOAD =
  /^\| *(?:\d+%|N\/A|ERR!) +(?:(?<temperature>\d+)C|N\/A|ERR!) +\S+ +(?:(?<power>\d+)W|N\/A|ERR!|Unknown Error) *\/ *[^|]*\| *(?:(?<memory>\d+)MiB \/ *\d+MiB|[^|]*?) *\| *(?:(?<load>\d+)%|N\/A|ERR!) /;
/** Card, the instances of a split card, pid of the host, compute or graphics, name, memory. */
const PROCESS =
  /^\| +(?<card>\d{1,3}) +(?:(?:N\/A|\d+) +(?:N\/A|\d+) +)?(?<pid>\d+) +[CGM+]{1,3} +(?<name>\S.*?) +(?:(?<memory>\d+)MiB|N\/A) *\|/;
const FRAME = /^(?:\+[-=+]+\+|\|[-=+]+\||\|[ |]+\|)\s*$/;

/** The table that `nvidia-smi` prints. */
export const nvidiaSmiTable: Format = {
  id: 'nvidia-smi-table',
  title: 'nvidia-smi table',
  roles: ['gpu'],
  framing: 'auto',
  status: 'documented',
  clock: 'the line over each table: local time of the host, one second',
  traps: [
    'load is that of the last sample period, up to a second',
    'pids are those of the host; inside a container no process is listed',
    'names of processes are cut from the left',
  ],
  claims,
  sniff,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (TITLE.test(text)) return yes(0.97, 'title of the table of nvidia-smi');
  const isRow = CARD.test(text) || LOAD.test(text) || PROCESS.test(text);
  return isRow ? yes(0.9, 'row of the table of nvidia-smi') : no('no row of the table of nvidia-smi');
}

/** Frames, dates and headings are others' as well: the title decides. */
function sniff(sample: Sample): Sniff {
  return sample.records.some(({ text }) => TITLE.test(text))
    ? yes(0.97, 'title of the table of nvidia-smi')
    : no('no title of nvidia-smi');
}

function open(context: DecodeContext): Decoder {
  let stamp: Stamp | undefined;
  let raw = '';
  let card: string | undefined;
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    const date = DATE.exec(text);
    if (date !== null) {
      raw = text.trim();
      stamp = parseMonthDay(`${date[1]} ${date[3]} ${date[2]}`, context.reference, context.zoneOffsetMin);
      return skipped('time of the table');
    }
    const index = CARD.exec(text)?.[1];
    if (index !== undefined) {
      card = index;
      return skipped('name of a card');
    }
    const time = stamp === undefined ? timeFromObserved(record.observed) : eventTime(stamp, { raw, basis: 'event' });
    const base = { kind: 'metric' as const, time, ref: record.ref, format: 'nvidia-smi-table', clock: 'table' };
    const load = card === undefined ? undefined : LOAD.exec(text)?.groups;
    if (load !== undefined) return measured({ ...base, ...compact({ host: record.host, device: card }) }, load);
    const process = PROCESS.exec(text)?.groups;
    if (process === undefined) return skipped(FRAME.test(text) ? 'frame' : 'heading or other text');
    const { pid, name, memory, card: device } = process;
    const event = { ...base, ...compact({ host: record.host, device, pid: Number(pid), comm: name }) };
    if (memory === undefined) return skipped('process without a value');
    return decoded({ ...event, name: 'used_gpu_memory', ...scaled(Number(memory), 'MiB') });
  };
  return { decode };
}

/** Measures of one card, named as in `nvidia-smi --query-gpu`. */
const MEASURES = [
  ['load', 'utilization.gpu', '%'],
  ['memory', 'memory.used', 'MiB'],
  ['power', 'power.draw', 'W'],
  ['temperature', 'temperature.gpu', 'C'],
] as const;

function measured(
  base: Omit<MetricEvent, 'name' | 'value' | 'unit'>,
  groups: Readonly<Record<string, string | undefined>>,
): Decoded {
  const events = MEASURES.flatMap(([group, name, unit]): MetricEvent[] => {
    const value = groups[group];
    return value === undefined ? [] : [{ ...base, name, ...scaled(Number(value), unit) }];
  });
  return events.length === 0 ? skipped('no value') : decoded(...events);
}
