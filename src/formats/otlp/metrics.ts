import { gpuReading, isDcgmBlank, scaled } from '../../core/gpu.ts';
import { compact, numberOf } from '../../core/json/json.ts';
import { podName } from '../../core/network/network.ts';
import { eventTime, timeFromObserved } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { MetricEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import { type Attributes, pickText } from './attributes.ts';
import { type MetricPoint, metricsOf, nanosOf } from './message.ts';

/** Only metrics of graphics cards say something about a call; `hw.*` counts where its `hw.type` is gpu. */
const GPU = /^(?:DCGM_FI_|nvidia_smi_|nvidia[._]gpu|gpu[._]|hw\.gpu\.|container\.gpu\.|k8s\.(?:node|container)\.gpu)/;
/** UCUM codes of the metric -> units that `nvidia-smi` prints. */
const UCUM = wordTable<string>({ Cel: 'C', MiBy: 'MiB', KiBy: 'KiB' });
const PLAIN = wordTable<MetricEvent['unit']>({ '1': 'ratio', By: 'byte', Hz: 'hertz' });

/** Readings of graphics cards in an export request of metrics. */
export function metricEvents(request: unknown, record: RawRecord): readonly MetricEvent[] {
  return metricsOf(request).flatMap((point) => {
    const event = isGpu(point) ? eventOf(point, record) : undefined;
    return event === undefined ? [] : [event];
  });
}

function isGpu({ name, attributes }: MetricPoint): boolean {
  return GPU.test(name) || (name.startsWith('hw.') && attributes.get('hw.type') === 'gpu');
}

function eventOf(point: MetricPoint, record: RawRecord): MetricEvent | undefined {
  const { name, attributes, resource } = point;
  const value = numberOf(point.value);
  if (value === undefined || isDcgmBlank(value)) return undefined;
  const stamped = nanosOf(point.time);
  const host = resource.host ?? pickText(attributes, 'Hostname', 'host.name') ?? record.host;
  const either = (...keys: readonly string[]): string | undefined =>
    pickText(attributes, ...keys) ?? pickText(resource.attributes, ...keys);
  return compact({
    kind: 'metric' as const,
    time:
      stamped === undefined
        ? timeFromObserved(record.observed)
        : eventTime(stamped.stamp, { raw: stamped.raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'otlp',
    clock: host === undefined ? 'timeUnixNano' : `timeUnixNano@${host}`,
    host,
    name,
    ...reading(point, value),
    device: deviceOf(attributes),
    pid: numberOf(attributes.get('process.pid') ?? attributes.get('pid')),
    comm: pickText(attributes, 'process.executable.name', 'process_name'),
    pod: podName(either('k8s.namespace.name', 'namespace'), either('k8s.pod.name', 'pod')),
    containerId: either('container.id'),
  });
}

function deviceOf(attributes: Attributes): string | undefined {
  return pickText(
    attributes,
    'UUID',
    'uuid',
    'gpu.uuid',
    'hw.id',
    'hw.serial_number',
    'device',
    'gpu',
    'index',
    'gpu.index',
  );
}

/** The unit of the metric; without one what its name says. */
function reading({ name, unit }: MetricPoint, value: number): Pick<MetricEvent, 'value' | 'unit'> {
  const plain = unit === undefined ? undefined : PLAIN[unit];
  if (plain !== undefined) return { value, unit: plain };
  return unit === undefined || unit === '' ? gpuReading(name, value) : scaled(value, UCUM[unit] ?? unit);
}
