import { failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, isObject, textOf, tryJson } from '../../core/json/json.ts';
import { decodePacket, fieldIn } from '../../core/products/tshark.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** `tshark -T ek`: bulk lines for Elasticsearch, index line and packet line in turn; `-T json`: an array of hits. */
export const tsharkEk: Format = {
  id: 'tshark-ek',
  title: 'tshark packets as JSON (-T ek, -T json)',
  roles: ['flow', 'dns'],
  framing: 'auto',
  status: 'real',
  clock: 'capture time of the packet (`frame_time_epoch`)',
  traps: ['ICMP errors hold the addresses of the quoted packet too: the first value is the outer one'],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

const isIndex = (json: unknown): boolean => /^packets-/.test(textOf(at(json, 'index', '_index')) ?? '');

function claims({ json }: SniffRecord): Sniff {
  if (isIndex(json)) return yes(0.96, 'bulk index line of tshark');
  const layers = at(json, 'layers');
  if (!isObject(layers)) return no('no layers');
  if (textOf(at(json, 'timestamp')) !== undefined) return yes(0.96, 'timestamp and layers');
  return isObject(layers['frame']) || Object.keys(layers).some((name) => /^(?:frame|ip|ipv6|tcp|udp)\./.test(name))
    ? yes(0.95, 'layers with fields of Wireshark')
    : no('no layers of Wireshark');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const json = tryJson(record.text);
  if (at(json, 'index') !== undefined) return skipped('bulk index line');
  const layers = at(json, 'layers') ?? at(json, '_source', 'layers');
  if (!isObject(layers)) return failed('no layers');
  return decodePacket(record, context, fieldIn(layers), {
    format: 'tshark-ek',
    other: textOf(at(json, 'timestamp')),
  });
}
