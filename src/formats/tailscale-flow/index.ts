import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp, splitHostPort, transportName } from '../../core/network/ip.ts';
import {
  bytesOf,
  hasPorts,
  instantOf,
  isPlaced,
  nanoTimeOf,
  networkEvent,
  wordOf,
} from '../../core/network/network.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Whose traffic stands in which member; `physicalTraffic` are the tunnels that carry it. `types/netlogtype/netlogtype.go`. */
const TRAFFIC = ['virtualTraffic', 'subnetTraffic', 'exitTraffic'] as const;

/** Network flow logs of Tailscale, as its API and its log streams give them. */
export const tailscaleFlow: Format = {
  id: 'tailscale-flow',
  title: 'Tailscale network flow logs',
  roles: ['flow'],
  framing: 'auto',
  status: 'documented',
  clock: '`start` and `end` of a window of some seconds, UTC, of the node',
  traps: [
    'both nodes report a connection, each with itself as the source: the source is not the one that began',
    '`physicalTraffic` are the tunnels and is left out',
    'of traffic through an exit node the far end may be missing',
  ],
  claims,
  open: () => ({ decode }),
};

function windowIn(json: unknown): JsonObject | undefined {
  if (!isObject(json) || textOf(json['nodeId']) === undefined) return undefined;
  const isWindow = textOf(json['start']) !== undefined && textOf(json['end']) !== undefined;
  return isWindow && [...TRAFFIC, 'physicalTraffic'].some((key) => Array.isArray(json[key])) ? json : undefined;
}

function claims({ json }: SniffRecord): Sniff {
  return windowIn(json) === undefined
    ? no('no window of a node')
    : yes(0.97, 'nodeId, start, end and traffic of Tailscale');
}

function decode(record: RawRecord): Decoded {
  const window = windowIn(tryJson(record.text));
  if (window === undefined) return failed('no window of a node');
  const events = TRAFFIC.flatMap((kind) =>
    arrayOf(window[kind]).flatMap((flow) => flowOf(record, { window, kind, flow }) ?? []),
  );
  return events.length === 0 ? skipped('window without traffic of the network') : decoded(...events);
}

interface Flow {
  readonly window: JsonObject;
  readonly kind: (typeof TRAFFIC)[number];
  readonly flow: unknown;
}

function flowOf(record: RawRecord, { window, kind, flow }: Flow): NetworkEvent | undefined {
  const transport = transportName(String(numberOf(at(flow, 'proto')) ?? ''));
  const src = endOf(at(flow, 'src'), transport);
  const dst = endOf(at(flow, 'dst'), transport);
  if (!isPlaced(src) || !isPlaced(dst)) return undefined;
  return networkEvent(record, {
    format: 'tailscale-flow',
    clock: 'start',
    time: nanoTimeOf(window['start'], record, {
      basis: 'window',
      hi: instantOf(window['end']),
      observed: instantOf(window['logged']) ?? record.observed,
    }),
    type: 'flow',
    action: 'unknown',
    src,
    dst,
    transport,
    direction: kind === 'exitTraffic' ? 'outbound' : undefined,
    observer: wordOf(at(window, 'srcNode', 'name')) ?? wordOf(window['nodeId']),
    state: kind,
    bytes: bytesOf(at(flow, 'txBytes'), at(flow, 'rxBytes')),
  });
}

/** `100.64.0.1:22`, `[fd7a::1]:22`; nodes that do not tell leave it out. */
function endOf(value: unknown, transport: string | undefined): Endpoint {
  const { host, port } = splitHostPort(textOf(value) ?? '');
  return compact({ ip: parseIp(host), port: hasPorts(transport) && port !== 0 ? port : undefined });
}
