import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { gpuReading, isDcgmBlank } from '../../core/gpu.ts';
import { arrayOf, at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import { eventTime, parseEpoch } from '../../core/time/time.ts';
import type { Event, LeaseEvent, MetricEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Answers of Prometheus' `query` and `query_range`. */
export const prometheusQuery: Format = {
  id: 'prometheus-query',
  title: 'Prometheus query results',
  roles: ['gpu', 'lease'],
  framing: 'auto',
  status: 'real',
  clock: 'seconds of each evaluation step; the sample itself may be up to 5 minutes older',
  traps: ['a step repeats the last sample (lookback)', 'pods shorter than a step are missing'],
  claims,
  open: () => ({ decode }),
};

const TYPES = new Set(['matrix', 'vector']);

function claims({ json }: SniffRecord): Sniff {
  const type = textOf(at(json, 'data', 'resultType'));
  if (type === undefined || textOf(at(json, 'status')) === undefined) return no('no query result');
  return TYPES.has(type) ? yes(0.98, `status and resultType ${type}`) : yes(0.9, 'resultType');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const type = textOf(at(json, 'data', 'resultType'));
  if (type === undefined) return failed('no query result');
  if (!TYPES.has(type)) return skipped(`result of type ${type}`);
  const events: Event[] = [];
  for (const series of arrayOf(at(json, 'data', 'result'))) {
    const labels = labelsOf(at(series, 'metric'));
    const pairs = type === 'matrix' ? arrayOf(at(series, 'values')) : [at(series, 'value')];
    if (labels['__name__'] === 'kube_pod_info') events.push(...leaseOf(labels, pairs, record));
    else events.push(...metricsOf(labels, pairs, record));
  }
  return events.length === 0 ? skipped('no sample') : decoded(...events);
}

type Labels = Readonly<Record<string, string>>;

function labelsOf(metric: unknown): Labels {
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(isObject(metric) ? metric : {}))
    if (typeof value === 'string') labels[key] = value;
  return labels;
}

function timeOf(pair: unknown) {
  const first = arrayOf(pair)[0];
  const stamp = typeof first === 'number' || typeof first === 'string' ? parseEpoch(first) : undefined;
  return stamp === undefined ? undefined : eventTime(stamp, { raw: String(first), basis: 'snapshot' });
}

function* metricsOf(labels: Labels, pairs: readonly unknown[], record: RawRecord): Generator<MetricEvent> {
  const name = labels['__name__'];
  // An expression has no name: its meaning is unknown.
  if (name === undefined) return;
  const pod = labels['pod'] ?? labels['exported_pod'];
  const namespace = labels['namespace'] ?? labels['exported_namespace'];
  for (const pair of pairs) {
    const time = timeOf(pair);
    const value = numberOf(arrayOf(pair)[1]);
    if (time === undefined || value === undefined || isDcgmBlank(value)) continue;
    yield compact({
      kind: 'metric' as const,
      time,
      ref: record.ref,
      format: 'prometheus-query',
      clock: 'step',
      host: labels['Hostname'] ?? labels['node'],
      name,
      ...gpuReading(name, value),
      device: labels['UUID'] ?? labels['uuid'] ?? labels['device'] ?? labels['gpu'],
      pid: numberOf(labels['pid']),
      comm: labels['process_name'],
      pod: pod === undefined || namespace === undefined ? pod : `${namespace}/${pod}`,
    });
  }
}

/** The pod held its address at least from the first to the last step that shows it. */
function leaseOf(labels: Labels, pairs: readonly unknown[], record: RawRecord): readonly LeaseEvent[] {
  const pod = labels['pod'] ?? labels['exported_pod'];
  const namespace = labels['namespace'] ?? labels['exported_namespace'];
  const ip = parseIp(labels['pod_ip'] ?? '');
  const first = timeOf(pairs[0]);
  const last = timeOf(pairs.at(-1));
  if (pod === undefined || ip === undefined || first === undefined || last === undefined) return [];
  return [
    compact({
      kind: 'lease' as const,
      time: first,
      ref: record.ref,
      format: 'prometheus-query',
      clock: 'step',
      host: labels['node'],
      sandboxId: namespace === undefined ? pod : `${namespace}/${pod}`,
      ip,
      start: first.at,
      end: pairs.length > 1 ? last.at : undefined,
      sharedIp: labels['host_network'] === 'true' ? (true as const) : undefined,
    }),
  ];
}
