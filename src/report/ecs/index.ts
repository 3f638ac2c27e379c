import { formatIso } from '../../core/time/time.ts';
import type { Event } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import { type Put, putKind } from './kinds.ts';

type Tree = { [key: string]: unknown };

/** One event with ECS 9 names, nested; what ECS has no name for stands under `egressblame`. */
export function toEcs(event: Event, place: { readonly host: string | undefined; readonly at: Micros }): Tree {
  const out: Tree = {};
  const put: Put = (path, value) => {
    if (value !== undefined) putAt(out, path.split('.'), value);
  };
  put('@timestamp', formatIso(place.at));
  put('event.kind', ecsKind(event));
  common(event, place, put);
  putKind(event, put);
  return out;
}

function putAt(tree: Tree, keys: readonly string[], value: unknown): void {
  let node = tree;
  for (const key of keys.slice(0, -1)) {
    const next = node[key];
    if (typeof next === 'object' && next !== null) node = next as Tree;
    else {
      const fresh: Tree = {};
      node[key] = fresh;
      node = fresh;
    }
  }
  node[keys[keys.length - 1] ?? ''] = value;
}

function ecsKind(event: Event): string {
  if (event.kind === 'network' && event.type === 'alert') return 'alert';
  if (event.kind === 'metric') return 'metric';
  return event.kind === 'lease' || event.kind === 'inventory' ? 'asset' : 'event';
}

function common(event: Event, place: { readonly host: string | undefined }, put: Put): void {
  const { time, ref } = event;
  put('host.name', event.host ?? place.host);
  put('log.file.path', ref.source);
  put('log.offset', ref.offset);
  put('egressblame.format', event.format);
  put('egressblame.kind', event.kind);
  put('egressblame.line', ref.line);
  put('egressblame.bytes', ref.bytes);
  put('egressblame.clock', event.clock);
  put('egressblame.time.raw', time.raw === '' ? undefined : time.raw);
  put('egressblame.time.at', time.basis === 'none' ? undefined : formatIso(time.at));
  put('egressblame.time.kind', time.basis);
  put('egressblame.time.zone', time.zone);
  put('egressblame.time.step_us', time.stepUs);
  put('egressblame.time.year_assumed', time.yearAssumed);
  put('egressblame.time.lo', formatIso(time.lo));
  put('egressblame.time.hi', formatIso(time.hi));
  put('event.created', time.observed === undefined ? undefined : formatIso(time.observed));
}
