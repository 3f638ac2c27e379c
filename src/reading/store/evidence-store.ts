import { CallColumns, glances } from '../../core/calls/columns.ts';
import { LeaseColumns } from '../../core/leases/columns.ts';
import type {
  CoverageEvent,
  DnsEvent,
  EpisodeEvent,
  Event,
  InventoryEvent,
  MetricEvent,
  NatEvent,
  NetworkEvent,
  ProcessEvent,
  ToolCallEvent,
} from '../../model/event.ts';

/** Everything read, by kind. */
export interface EventsByKind {
  readonly network: NetworkEvent[];
  readonly nat: NatEvent[];
  readonly dns: DnsEvent[];
  readonly calls: CallColumns;
  readonly episodes: EpisodeEvent[];
  readonly leases: LeaseColumns;
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
    leases: new LeaseColumns(),
    processes: [],
    inventory: [],
    metrics: [],
    coverage: [],
  };
}

/** What is let go of: events of which timed ones were made, or leases of which tables were made. */
export type LetGo = 'timed' | 'leases';

/** Lets go of events that stand elsewhere by now. Calls and plain leases stand in columns, which the tables ask. */
export function letGo({ network, nat, dns, episodes, leases, processes }: EventsByKind, what: LetGo): void {
  for (const list of what === 'leases' ? [leases.whole] : [network, nat, dns, episodes, processes]) list.length = 0;
}

/** Loops by index where every event passes: before V8 compiles them, an iterator makes an object for each step. */
export function keepAll(store: EventsByKind, events: readonly Event[]): void {
  for (let i = 0; i < events.length; i++) keep(store, events[i] as Event);
}

function keep(store: EventsByKind, event: Event): void {
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
  const lists: readonly Iterable<Event>[] = Object.values(store);
  for (const list of lists) yield* list;
}

/** All but leases that tell no more than who held what address when: by these no clock is compared. */
export function eachButPlainLeases(
  store: EventsByKind,
  visit: (event: Event) => void,
  visitCalls: (calls: CallColumns) => void,
): void {
  visitAll(Object.values({ ...store, leases: store.leases.whole }), visit, visitCalls);
}

/** Of calls and plain leases only those that tell which hosts and clocks there are, see `tellingRows` and `tellingLeases`. */
export function eachTelling(store: EventsByKind, visit: (event: Event) => void): void {
  visitAll(Object.values(store), visit, (calls) => {
    for (const event of tellingCalls(calls)) visit(event);
  });
}

export function tellingCalls(calls: CallColumns): Iterable<ToolCallEvent> {
  return glances(calls, calls.telling());
}

type Kept = readonly Event[] | CallColumns | LeaseColumns;

/** For one look at each: a call or a lease is only valid until the next. */
function visitAll(
  lists: readonly Kept[],
  visit: (event: Event) => void,
  visitCalls: (calls: CallColumns) => void,
): void {
  for (const list of lists) {
    if (list instanceof CallColumns) visitCalls(list);
    else if (list instanceof LeaseColumns) list.eachTelling(visit);
    else for (let i = 0; i < list.length; i++) visit(list[i] as Event);
  }
}
