import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseExposition } from '../../core/exposition.ts';
import { scaled } from '../../core/gpu.ts';
import { compact } from '../../core/json.ts';
import { eventTime, parseEpoch, timeFromObserved } from '../../core/time.ts';
import type { MetricEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** DCGM writes "no value" as numbers from here on (0x7ffffff0 and 0x7ffffffffffffff0). */
const BLANK_32 = 2_147_483_632;
const BLANK_64 = 9.2233720368547e18;

/** Text exposition of dcgm-exporter. */
export const dcgm: Format = {
  id: 'dcgm',
  title: 'DCGM exporter metrics',
  roles: ['gpu'],
  framing: 'auto',
  status: 'real',
  clock: 'none, or the sample time in milliseconds; otherwise when it was scraped',
  traps: [
    'utilisation is in percent, profiling metrics are ratios',
    'the pod label is the pod the card is assigned to, not the running process',
    'huge numbers mean no value',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ text }: SniffRecord): Sniff {
  if (/^DCGM_FI_\w+(?:\{| )/.test(text)) return yes(0.98, 'DCGM_FI_ sample');
  return /^# (?:HELP|TYPE) DCGM_FI_/.test(text) ? yes(0.98, 'DCGM_FI_ comment') : no('no DCGM_FI_ metric');
}

function decode(record: RawRecord): Decoded {
  if (/^\s*(?:#|$)/.test(record.text)) return skipped('comment');
  const sample = parseExposition(record.text);
  if (sample === undefined) return failed('no sample line');
  if (!sample.name.startsWith('DCGM_FI_')) return skipped('metric of another exporter');
  const { labels, name } = sample;
  const blank =
    !Number.isFinite(sample.value) ||
    sample.value >= BLANK_64 ||
    (sample.value >= BLANK_32 && sample.value < BLANK_32 + 16);
  if (blank) return skipped('no value');
  const stamp = sample.stamp === undefined ? undefined : parseEpoch(sample.stamp);
  const raw = sample.stamp ?? '';
  const pod = labels['pod'] ?? labels['exported_pod'];
  const namespace = labels['namespace'] ?? labels['exported_namespace'];
  const host = labels['Hostname'] ?? record.host;
  const event: MetricEvent = compact({
    kind: 'metric' as const,
    time:
      stamp === undefined
        ? timeFromObserved(record.observed)
        : eventTime(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'dcgm',
    clock: host === undefined ? 'scrape' : `scrape@${host}`,
    host,
    name,
    ...scaled(sample.value, unitOf(name)),
    ...(name.startsWith('DCGM_FI_PROF_') && /_(?:ACTIVE|OCCUPANCY)$/.test(name) ? { unit: 'ratio' as const } : {}),
    device: labels['UUID'] || labels['device'] || labels['gpu'],
    pod: pod === undefined || pod === '' ? undefined : namespace ? `${namespace}/${pod}` : pod,
  });
  return decoded(event);
}

/** Units of the DCGM field list. */
function unitOf(name: string): string | undefined {
  if (/_UTIL$/.test(name)) return '%';
  if (/_POWER_USAGE/.test(name)) return 'W';
  if (/_FB_(?:FREE|USED|TOTAL|RESERVED)$/.test(name)) return 'MiB';
  if (/_TEMP$/.test(name)) return 'C';
  return /_CLOCK$/.test(name) ? 'MHz' : undefined;
}
