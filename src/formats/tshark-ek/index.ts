import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { domainName, parseIp, parsePort, transportName } from '../../core/ip.ts';
import { arrayOf, at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json.ts';
import { eventTime, parseEpoch, parseIso } from '../../core/time.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** `tshark -T ek`: bulk lines for Elasticsearch, index line and packet line in turn. */
export const tsharkEk: Format = {
  id: 'tshark-ek',
  title: 'tshark packets, Elasticsearch bulk JSON',
  roles: ['flow', 'dns'],
  framing: 'auto',
  status: 'real',
  clock: 'capture time of the packet (`frame_time_epoch`)',
  traps: ['ICMP errors hold the addresses of the quoted packet too: the first value is the outer one'],
  claims,
  open: () => ({ decode }),
};

const isIndex = (json: unknown): boolean => /^packets-/.test(textOf(at(json, 'index', '_index')) ?? '');

function claims({ json }: SniffRecord): Sniff {
  if (isIndex(json)) return yes(0.96, 'bulk index line of tshark');
  if (textOf(at(json, 'timestamp')) !== undefined && isObject(at(json, 'layers')))
    return yes(0.96, 'timestamp and layers');
  return no('no layers');
}

/** First value of a field, in the `-e` form (`ip_src`) or under its layer (`ip.ip_ip_src`). */
function field(layers: unknown, key: string): string | undefined {
  const layer = key.slice(0, key.indexOf('_'));
  const value = at(layers, key) ?? at(layers, layer, `${layer}_${key}`) ?? at(layers, layer, key);
  return textOf(Array.isArray(value) ? arrayOf(value)[0] : value);
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  if (at(json, 'index') !== undefined) return skipped('bulk index line');
  const layers = at(json, 'layers');
  if (!isObject(layers)) return failed('no layers');
  const raw = field(layers, 'frame_time_epoch') ?? textOf(at(json, 'timestamp')) ?? '';
  const stamp = parseEpoch(raw) ?? parseIso(raw);
  if (stamp === undefined) return failed('no capture time');
  const transport = transportOf(layers);
  const src = endpoint(layers, 'src', transport);
  const dst = endpoint(layers, 'dst', transport);
  if (src === undefined || dst === undefined) return skipped('packet without IP addresses');
  const name = domainName(field(layers, 'dns_qry_name'));
  const flags = Number(field(layers, 'tcp_flags') ?? Number.NaN);
  const syn = (flags & 0x12) === 2 ? 'src' : (flags & 0x12) === 0x12 ? 'dst' : undefined;
  const event: NetworkEvent = compact({
    kind: 'network' as const,
    type: 'packet' as const,
    action: 'unknown' as const,
    time: eventTime(stamp, { raw, basis: 'packet', observed: record.observed }),
    ref: record.ref,
    format: 'tshark-ek',
    clock: 'frame_time_epoch',
    host: record.host,
    src,
    dst,
    initiator: syn,
    transport,
    seq: numberOf(field(layers, 'tcp_seq_raw')),
    dns: name === undefined ? undefined : { name },
  });
  return decoded(event);
}

function transportOf(layers: unknown): string | undefined {
  for (const name of ['tcp', 'udp', 'sctp']) if (field(layers, `${name}_srcport`) !== undefined) return name;
  if (field(layers, 'icmp_type') !== undefined) return 'icmp';
  if (field(layers, 'icmpv6_type') !== undefined) return 'icmp6';
  return transportName(field(layers, 'ip_proto') ?? field(layers, 'ipv6_nxt'));
}

function endpoint(layers: unknown, side: 'src' | 'dst', transport: string | undefined): Endpoint | undefined {
  const ip = parseIp(field(layers, `ip_${side}`) ?? field(layers, `ipv6_${side}`) ?? '');
  if (ip === undefined) return undefined;
  return compact({ ip, port: parsePort(field(layers, `${transport ?? ''}_${side}port`)) });
}
