import { no, yes } from '../../core/decoded.ts';
import { gpuReading } from '../../core/gpu.ts';
import { numberOf } from '../../core/json/json.ts';
import { decodeExposed, type ExporterReading } from '../../core/lines/exposed-metric.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';

const EXPORTER: ExporterReading = {
  format: 'nvidia-gpu-exporter',
  prefix: 'nvidia_smi_',
  isBlank: () => false,
  read: ({ name, labels, value }) => ({
    ...gpuReading(name, value),
    device: labels['uuid'] || labels['gpu_uuid'] || labels['index'] || undefined,
    pid: numberOf(labels['pid']),
    comm: labels['process_name'] || undefined,
  }),
};

/** Text exposition of nvidia_gpu_exporter. */
export const nvidiaGpuExporter: Format = {
  id: 'nvidia-gpu-exporter',
  title: 'nvidia_gpu_exporter metrics',
  roles: ['gpu'],
  framing: 'auto',
  status: 'real',
  clock: 'none, or the sample time in milliseconds; otherwise when it was scraped',
  traps: ['utilisation is a ratio, not percent', 'only nvidia_smi_compute_app_* names processes'],
  claims,
  open: () => ({ decode: (record) => decodeExposed(record, EXPORTER) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (/^nvidia_smi_\w+(?:\{| )/.test(text)) return yes(0.98, 'nvidia_smi_ sample');
  return /^# (?:HELP|TYPE) nvidia_smi_/.test(text) ? yes(0.98, 'nvidia_smi_ comment') : no('no nvidia_smi_ metric');
}
