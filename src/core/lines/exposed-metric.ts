import type { MetricEvent } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { decoded, failed, skipped } from '../decoded.ts';
import { compact } from '../json/json.ts';
import { parseEpoch, timeOrObserved } from '../time/time.ts';
import { type Exposed, parseExposition } from './exposition.ts';

/** What an exporter's own names and labels mean. */
export interface ExporterReading {
  readonly format: string;
  readonly prefix: string;
  isBlank(value: number): boolean;
  read(sample: Exposed): Pick<MetricEvent, 'value' | 'unit'> & {
    readonly [K in 'device' | 'host' | 'pod' | 'comm']?: string | undefined;
  } & {
    readonly pid?: number | undefined;
  };
}

/** One line of a scrape as a metric. */
export function decodeExposed(record: RawRecord, exporter: ExporterReading): Decoded {
  if (/^\s*(?:#|$)/.test(record.text)) return skipped('comment');
  const sample = parseExposition(record.text);
  if (sample === undefined) return failed('no sample line');
  if (!sample.name.startsWith(exporter.prefix)) return skipped('metric of another exporter');
  if (!Number.isFinite(sample.value) || exporter.isBlank(sample.value)) return skipped('no value');
  const stamp = sample.stamp === undefined ? undefined : parseEpoch(sample.stamp);
  const { host: named, ...reading } = exporter.read(sample);
  const host = named ?? record.host;
  const event: MetricEvent = compact({
    kind: 'metric' as const,
    time: timeOrObserved(stamp, { raw: sample.stamp ?? '', basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: exporter.format,
    clock: host === undefined ? 'scrape' : `scrape@${host}`,
    host,
    name: sample.name,
    ...compact(reading),
  });
  return decoded(event);
}
