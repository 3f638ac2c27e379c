import { CallColumns, glances } from './core/call-columns.ts';
import type {
  CoverageEvent,
  DnsEvent,
  EpisodeEvent,
  Event,
  InventoryEvent,
  LeaseEvent,
  MetricEvent,
  NatEvent,
  NetworkEvent,
  ProcessEvent,
} from './model/event.ts';

/** Everything read, by kind. */
export interface EventsByKind {
  readonly network: NetworkEvent[];
  readonly nat: NatEvent[];
  readonly dns: DnsEvent[];
  readonly calls: CallColumns;
  readonly episodes: EpisodeEvent[];
  readonly leases: LeaseEvent[];
  readonly processes: ProcessEvent[];
  readonly inventory: InventoryEvent[];
  readonly metrics: MetricEvent[];
  readonly coverage: CoverageEvent[];
}

export function emptyStore(): EventsByKind {
  return {
    network: [],
    nat: [],
    dns: [],
    calls: new CallColumns(),
    episodes: [],
    leases: [],
    processes: [],
    inventory: [],
    metrics: [],
    coverage: [],
  };
}

export function keep(store: EventsByKind, event: Event): void {
  switch (event.kind) {
    case 'network':
      store.network.push(event);
      return;
    case 'nat':
      store.nat.push(event);
      return;
    case 'dns':
      store.dns.push(event);
      return;
    case 'tool-call':
      store.calls.push(event);
      return;
    case 'episode':
      store.episodes.push(event);
      return;
    case 'lease':
      store.leases.push(event);
      return;
    case 'process':
      store.processes.push(event);
      return;
    case 'inventory':
      store.inventory.push(event);
      return;
    case 'metric':
      store.metrics.push(event);
      return;
    case 'coverage':
      store.coverage.push(event);
      return;
  }
}

export function* allEvents(store: EventsByKind): Generator<Event> {
  for (const list of Object.values(store) as readonly Iterable<Event>[]) yield* list;
}

/** The same for one look at each: a call is only valid until the next. */
export function* passingEvents(store: EventsByKind): Generator<Event> {
  for (const list of Object.values(store) as readonly Iterable<Event>[])
    yield* list === store.calls ? glances(store.calls) : list;
}
