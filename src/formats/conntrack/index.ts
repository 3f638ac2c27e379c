import { missing } from '../../core/coverage.ts';
import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseIp, parsePort, transportName } from '../../core/ip.ts';
import { compact } from '../../core/json.ts';
import { eventTime, parseEpoch, timeFromObserved } from '../../core/time.ts';
import { endOfWord, isWordCode } from '../../core/words.ts';
import type { Endpoint, NatEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { lookAtConntrack } from './look.ts';
import { xmlFlow } from './xml.ts';

const LINE =
  /^(?:\[(\d{9,11}\.\d{1,9})\s*\])?\s*(?:\[(NEW|UPDATE|DESTROY)\])?\s*(?:(?:ipv4|ipv6)\s+\d+\s+)?([a-z][a-z0-9-]*)\s+(\d{1,3})\s+(?:(\d+)\s+)?(?:([A-Z][A-Z_0-9]+)\s+)?(src=.*)$/;
const PHASES = { NEW: 'new', UPDATE: 'update', DESTROY: 'destroy' } as const;
/** `conntrack -E` stamps a line when it reads the event from the socket, up to some 200 ms after the packet. */
const READ_DELAY_US = 300_000;

/** `conntrack -E` (with or without `-o timestamp,id,extended` or `xml`), `conntrack -L` and `/proc/net/nf_conntrack`. */
export const conntrack: Format = {
  id: 'conntrack',
  title: 'conntrack events and listings',
  roles: ['nat', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'with `-o timestamp`: wall clock when the line was read, some ms after the packet; otherwise none',
  traps: [
    'the second tuple is the reply: its destination is the translated source',
    'entry ids are reused; packets and bytes stand there only with accounting on',
    'events are lost under load; only the error output says so (ENOBUFS)',
  ],
  claims,
  open: () => ({ decode }),
  look: lookAtConntrack,
};

function claims({ text }: SniffRecord): Sniff {
  if (text.includes('<flow') && xmlFlow(text) !== undefined) return yes(0.97, 'flow with both tuples in XML');
  if (/^<\/?conntrack>$/.test(text)) return yes(0.9, 'conntrack document');
  if (!text.includes('src=') || !text.includes('dst=')) return no('no src=/dst= tuple');
  return LINE.test(text)
    ? yes(0.97, 'protocol, state and two address tuples of conntrack')
    : no('not a conntrack line');
}

function decode(record: RawRecord): Decoded {
  if (/^conntrack v\d/.test(record.text)) return skipped('conntrack banner');
  if (record.text.includes('ENOBUFS'))
    return missing(record, {
      format: 'conntrack',
      clock: 'none',
      time: timeFromObserved(record.observed),
      reason: 'lost',
    });
  if (/^\s*(?:<\?xml|<\/?conntrack>)/.test(record.text)) return skipped('head or end of the document');
  const match = LINE.exec(record.text);
  const entry = match === null ? xmlFlow(record.text) : undefined;
  if (match === null && entry === undefined) return failed('not a conntrack line');
  const [, stamp, said, protocol = ''] = match ?? [];
  const { phase = said, transport = protocol, state = match?.[6], tail = match?.[7] ?? '' } = entry ?? {};
  const tuples = readTuples(tail);
  if (tuples === undefined) return failed('needs an original and a reply tuple');
  const parsed = stamp === undefined ? undefined : parseEpoch(stamp);
  const time =
    parsed === undefined
      ? timeFromObserved(record.observed)
      : eventTime(parsed, { raw: stamp ?? '', basis: 'event', beforeUs: READ_DELAY_US, observed: record.observed });
  const id = /(?:^|\s)id=(\d+)/.exec(tail)?.[1];
  const event: NatEvent = compact({
    kind: 'nat' as const,
    format: 'conntrack',
    clock: 'read',
    time,
    ref: record.ref,
    phase: phase === undefined ? ('session' as const) : PHASES[phase as keyof typeof PHASES],
    transport: transportName(transport) ?? transport,
    src: tuples.src,
    dst: tuples.dst,
    replySrc: tuples.replySrc,
    replyDst: tuples.replyDst,
    icmp: tuples.icmp,
    id,
    state: state ?? (tail.includes('[UNREPLIED]') ? 'UNREPLIED' : undefined),
    host: record.host,
  });
  return decoded(event);
}

interface Tuples {
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly replySrc: Endpoint;
  readonly replyDst: Endpoint;
  readonly icmp: NatEvent['icmp'];
}

function readTuples(tail: string): Tuples | undefined {
  const values = valuesOf(tail);
  const endpoint = (ipKey: Key, portKey: Key, side: number): Endpoint | undefined => {
    const ip = parseIp(values[ipKey][side] ?? '');
    return ip === undefined ? undefined : compact({ ip, port: parsePort(values[portKey][side]) });
  };
  const src = endpoint('src', 'sport', 0);
  const dst = endpoint('dst', 'dport', 0);
  const replySrc = endpoint('src', 'sport', 1);
  const replyDst = endpoint('dst', 'dport', 1);
  if (src === undefined || dst === undefined || replySrc === undefined || replyDst === undefined) return undefined;
  return { src, dst, replySrc, replyDst, icmp: icmpOf(values) };
}

const KEYS = ['src', 'dst', 'sport', 'dport', 'type', 'code', 'id'] as const;
type Key = (typeof KEYS)[number];

/** Values of each key in their order: those of the original tuple, then of the reply. */
function valuesOf(tail: string): Record<Key, string[]> {
  const values: Record<Key, string[]> = { src: [], dst: [], sport: [], dport: [], type: [], code: [], id: [] };
  for (let from = 0, equals = tail.indexOf('='); equals >= 0; equals = tail.indexOf('=', from)) {
    let start = equals;
    while (start > from && isWordCode(tail.charCodeAt(start - 1))) start--;
    const end = start === equals ? equals + 1 : endOfWord(tail, equals + 1);
    const key = KEYS.find((known) => known.length === equals - start && tail.startsWith(known, start));
    if (key !== undefined && end > equals + 1) values[key].push(tail.slice(equals + 1, end));
    from = Math.max(end, equals + 1);
  }
  return values;
}

function icmpOf(values: Readonly<Record<Key, readonly string[]>>): NatEvent['icmp'] {
  const type = values.type[0];
  if (type === undefined) return undefined;
  const number = (key: Key, side: number): number | undefined => {
    const text = values[key][side];
    return text === undefined ? undefined : Number(text);
  };
  const translated = values.type.length > 1 ? number('id', 1) : undefined;
  return compact({ type: Number(type), code: number('code', 0), id: number('id', 0), replyId: translated });
}
