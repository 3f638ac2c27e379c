import { ecs } from '../../core/json/ecs.ts';
import type { JsonObject } from '../../core/json/json.ts';
import { instantOf, timeOf } from '../../core/network/network.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime, Micros } from '../../model/time.ts';

/** Pipelines that take event.start from another clock are off by more than this. */
const FAR_US = 86_400_000_000;

/** `@timestamp`, with the interval of event.start and event.end where both fit it. */
export function documentTime(record: RawRecord, document: JsonObject): EventTime {
  const stamp = ecs(document, '@timestamp');
  const at = instantOf(stamp);
  const end = near(instantOf(ecs(document, 'event.end')), at);
  const start = startOf(instantOf(ecs(document, 'event.start')), end, at);
  return timeOf(stamp, record, {
    basis: 'event',
    lo: least(start, at),
    hi: end === undefined || at === undefined ? undefined : (Math.max(end, at) as Micros),
    observed:
      instantOf(ecs(document, 'event.created')) ?? instantOf(ecs(document, 'event.ingested')) ?? record.observed,
  });
}

function near(instant: Micros | undefined, at: Micros | undefined): Micros | undefined {
  return instant === undefined || at === undefined || Math.abs(at - instant) > FAR_US ? undefined : instant;
}

/** A session may be long when its end is stated; a lone start far from the stamp is a mistake. */
function startOf(start: Micros | undefined, end: Micros | undefined, at: Micros | undefined): Micros | undefined {
  if (start !== undefined && end !== undefined && start <= end) return start;
  return near(start, at);
}

function least(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? undefined : a < b ? a : b;
}
