import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { decoded, failed, skipped } from '../decoded.ts';
import { arrayOf, at, compact, isObject, numberOf, textOf } from '../json/json.ts';
import { domainName, parseIp, parsePort, transportName } from '../network/ip.ts';
import type { Stamp } from '../time/stamp.ts';
import { eventTime, parseEpoch, parseIso, parseMonthDay } from '../time/time.ts';

/** First value of a field of Wireshark, by its dotted name; undefined where the packet has none. */
export type FieldOf = (name: string) => string | undefined;

/**
 * A field in JSON: by its name (`-e`) or under its layer; `-T ek` writes underscores in the place of the dots, and the layer's name
 * twice. Questions of DNS stand one level deeper.
 */
export function fieldIn(layers: unknown): FieldOf {
  return (name) => {
    const layer = name.slice(0, name.indexOf('.'));
    const flat = name.replaceAll('.', '_');
    const within = at(layers, layer);
    const value =
      at(layers, name) ??
      at(layers, flat) ??
      at(within, name) ??
      at(within, `${layer}_${flat}`) ??
      at(within, flat) ??
      (layer === 'dns' ? inQuestion(within, name) : undefined);
    return textOf(Array.isArray(value) ? arrayOf(value)[0] : value);
  };
}

function inQuestion(dns: unknown, name: string): unknown {
  const questions = at(dns, 'Queries');
  return isObject(questions) ? at(Object.values(questions).find(isObject), name) : undefined;
}

/** A packet by its fields. `other` is a stamp beside them. */
export function decodePacket(
  record: RawRecord,
  context: DecodeContext,
  field: FieldOf,
  { format, other = '' }: { readonly format: string; readonly other?: string | undefined },
): Decoded {
  const raw = field('frame.time_epoch') ?? (other || field('frame.time')) ?? '';
  const stamp = parseEpoch(raw) ?? parseIso(raw) ?? parseWords(raw, context);
  if (stamp === undefined) return failed('no capture time');
  const transport = transportOf(field);
  const src = endpoint(field, 'src', transport);
  const dst = endpoint(field, 'dst', transport);
  if (src === undefined || dst === undefined) return skipped('packet without IP addresses');
  const name = domainName(field('dns.qry.name'));
  const flags = Number(field('tcp.flags') ?? Number.NaN);
  const event: NetworkEvent = compact({
    kind: 'network' as const,
    type: 'packet' as const,
    action: 'unknown' as const,
    time: eventTime(stamp, { raw, basis: 'packet', observed: record.observed }),
    ref: record.ref,
    format,
    clock: 'frame_time_epoch',
    host: record.host,
    src,
    dst: serverNamed(dst, field),
    initiator: (flags & 0x12) === 2 ? 'src' : (flags & 0x12) === 0x12 ? 'dst' : undefined,
    transport,
    seq: numberOf(field('tcp.seq_raw')),
    dns: name === undefined ? undefined : { name },
  });
  return decoded(event);
}

/** `Mar  1, 2026 10:00:00.123456000 CET`: zone names but UTC stand for several offsets. */
function parseWords(raw: string, context: DecodeContext): Stamp | undefined {
  const [, words = '', zone] = /^([A-Z][a-z]{2} +\d{1,2}, \d{4} [\d:.]+)(?: (\S.*))?$/.exec(raw) ?? [];
  const isUtc = zone === 'UTC' || zone === 'Coordinated Universal Time';
  const stamp = parseMonthDay(words.replace(',', ''), context.reference, isUtc ? 0 : context.zoneOffsetMin);
  return stamp !== undefined && isUtc ? { ...stamp, zone: 'explicit' } : stamp;
}

/** The name that a client asks a server for. */
function serverNamed(dst: Endpoint, field: FieldOf): Endpoint {
  const domain = domainName(field('tls.handshake.extensions_server_name') ?? field('http.host')?.replace(/:\d+$/, ''));
  return domain === undefined ? dst : { ...dst, domain };
}

function transportOf(field: FieldOf): string | undefined {
  for (const name of ['tcp', 'udp', 'sctp']) if (field(`${name}.srcport`) !== undefined) return name;
  if (field('icmp.type') !== undefined) return 'icmp';
  if (field('icmpv6.type') !== undefined) return 'icmp6';
  return transportName(field('ip.proto') ?? field('ipv6.nxt'));
}

function endpoint(field: FieldOf, side: 'src' | 'dst', transport: string | undefined): Endpoint | undefined {
  const ip = parseIp(field(`ip.${side}`) ?? field(`ipv6.${side}`) ?? '');
  if (ip === undefined) return undefined;
  return compact({ ip, port: transport === undefined ? undefined : parsePort(field(`${transport}.${side}port`)) });
}
