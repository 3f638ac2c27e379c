import { no, yes } from '../../core/decoded.ts';
import { gpuReading, isDcgmBlank } from '../../core/gpu.ts';
import { decodeExposed, type ExporterReading } from '../../core/lines/exposed-metric.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';

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
  isBlank: isDcgmBlank,
  read: ({ name, labels, value }) => {
    const pod = labels['pod'] ?? labels['exported_pod'];
    const namespace = labels['namespace'] ?? labels['exported_namespace'];
    return {
      ...gpuReading(name, value),
      device: labels['UUID'] || labels['device'] || labels['gpu'],
      host: labels['Hostname'],
      pod: pod === undefined || pod === '' ? undefined : namespace ? `${namespace}/${pod}` : pod,
    };
  },
};
