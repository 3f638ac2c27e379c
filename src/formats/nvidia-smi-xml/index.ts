import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { scaled } from '../../core/gpu.ts';
import { compact, numberOf } from '../../core/json/json.ts';
import { parseMonthDay, timeOrObserved } from '../../core/time/time.ts';
import type { MetricEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

/** Element (its parent first) -> name of the same measurement in `nvidia-smi --query-gpu`. */
const READINGS: readonly (readonly [string | undefined, string, string])[] = [
  ['utilization', 'gpu_util', 'utilization.gpu'],
  ['utilization', 'memory_util', 'utilization.memory'],
  ['fb_memory_usage', 'used', 'memory.used'],
  ['temperature', 'gpu_temp', 'temperature.gpu'],
  // `power_readings` until driver 525; the draw is averaged or instant since 545.
  [undefined, 'power_draw', 'power.draw'],
  [undefined, 'average_power_draw', 'power.draw.average'],
  [undefined, 'instant_power_draw', 'power.draw.instant'],
  ['clocks', 'sm_clock', 'clocks.sm'],
];

/** Reports of `nvidia-smi -q -x`, one or a sequence of them (`-l`). */
export const nvidiaSmiXml: Format = {
  id: 'nvidia-smi-xml',
  title: 'nvidia-smi -q -x report',
  roles: ['gpu'],
  framing: { startsRecord: /<nvidia_smi_log[ >]/, endsRecord: /<\/nvidia_smi_log>/ },
  status: 'documented',
  clock: '`timestamp`, local time of the host, whole seconds',
  traps: ['utilisation covers the last sixth of a second to second', 'pids are those of the host', 'N/A is no value'],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (/<nvidia_smi_log[ >]/.test(text)) return yes(0.98, 'nvidia_smi_log');
  return /<!DOCTYPE nvidia_smi_log/.test(text) ? yes(0.98, 'document type nvidia_smi_log') : no('no report');
}

/** Text of the first such element. */
function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]{1,512})</${name}>`).exec(xml)?.[1]?.trim();
}

/** Content of the first such element with children. */
function section(xml: string, name: string): string | undefined {
  const from = xml.indexOf(`<${name}>`);
  const to = from < 0 ? -1 : xml.indexOf(`</${name}>`, from);
  return to < 0 ? undefined : xml.slice(from, to);
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const { text } = record;
  if (!text.includes('<nvidia_smi_log'))
    return /^\s*(?:<[?!][^>]*>\s*)*$/.test(text) ? skipped('head of the document') : failed('no nvidia-smi report');
  const raw = element(text, 'timestamp') ?? '';
  const stamp = parseMonthDay(raw.replace(/^[A-Z][a-z]{2} /, ''), context.reference, context.zoneOffsetMin);
  if (stamp === undefined && record.observed === undefined) return failed('no time');
  const time = timeOrObserved(stamp, { raw, basis: 'event', observed: record.observed });
  const events = text
    .split(/<gpu id=/)
    .slice(1)
    .flatMap((gpu) => gpuEvents(gpu, record, time));
  return events.length === 0 ? skipped('no value') : decoded(...events);
}

function gpuEvents(gpu: string, record: RawRecord, time: EventTime): readonly MetricEvent[] {
  const base = compact({
    kind: 'metric' as const,
    time,
    ref: record.ref,
    format: 'nvidia-smi-xml',
    clock: 'timestamp',
    host: record.host,
    device: element(gpu, 'uuid') ?? /^"([^"]{1,64})"/.exec(gpu)?.[1],
  });
  const events: MetricEvent[] = [];
  for (const [parent, name, as] of READINGS) {
    const reading = readingOf(element(parent === undefined ? gpu : (section(gpu, parent) ?? ''), name));
    if (reading !== undefined) events.push({ ...base, name: as, ...reading });
  }
  for (const process of gpu.split('<process_info>').slice(1)) {
    const reading = readingOf(element(process, 'used_memory'));
    const owner = compact({ pid: numberOf(element(process, 'pid')), comm: element(process, 'process_name') });
    if (reading !== undefined && owner.pid !== undefined)
      events.push({ ...base, ...owner, name: 'used_gpu_memory', ...reading });
  }
  return events;
}

function readingOf(text: string | undefined): Pick<MetricEvent, 'value' | 'unit'> | undefined {
  const m = /^(-?\d+(?:\.\d+)?)(?: (\S+))?$/.exec(text ?? '');
  return m === null ? undefined : scaled(Number(m[1]), m[2]);
}
