import { no, yes } from '../../core/decoded.ts';
import { decodeExposed, type ExporterReading } from '../../core/exposed-metric.ts';
import { scaled } from '../../core/gpu.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';

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
  open: () => ({ decode: (record) => decodeExposed(record, EXPORTER) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (/^DCGM_FI_\w+(?:\{| )/.test(text)) return yes(0.98, 'DCGM_FI_ sample');
  return /^# (?:HELP|TYPE) DCGM_FI_/.test(text) ? yes(0.98, 'DCGM_FI_ comment') : no('no DCGM_FI_ metric');
}

const EXPORTER: ExporterReading = {
  format: 'dcgm',
  prefix: 'DCGM_FI_',
  isBlank: (value) => value >= BLANK_64 || (value >= BLANK_32 && value < BLANK_32 + 16),
  read: ({ name, labels, value }) => {
    const pod = labels['pod'] ?? labels['exported_pod'];
    const namespace = labels['namespace'] ?? labels['exported_namespace'];
    return {
      ...scaled(value, unitOf(name)),
      ...(name.startsWith('DCGM_FI_PROF_') && /_(?:ACTIVE|OCCUPANCY)$/.test(name) ? { unit: 'ratio' as const } : {}),
      device: labels['UUID'] || labels['device'] || labels['gpu'],
      host: labels['Hostname'],
      pod: pod === undefined || pod === '' ? undefined : namespace ? `${namespace}/${pod}` : pod,
    };
  },
};

/** Units of the DCGM field list. */
function unitOf(name: string): string | undefined {
  if (/_UTIL$/.test(name)) return '%';
  if (/_POWER_USAGE/.test(name)) return 'W';
  if (/_FB_(?:FREE|USED|TOTAL|RESERVED)$/.test(name)) return 'MiB';
  if (/_TEMP$/.test(name)) return 'C';
  return /_CLOCK$/.test(name) ? 'MHz' : undefined;
}
