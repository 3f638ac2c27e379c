import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { missing } from '../../core/findings/coverage.ts';
import { compact } from '../../core/json/json.ts';
import { parseSyslog, type SyslogHeader } from '../../core/lines/syslog.ts';
import { parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import { endOfWord, isWordCode } from '../../core/text/words.ts';
import { eventTime, micros, parseEpoch, timeFromObserved } from '../../core/time/time.ts';
import type { Endpoint, NatEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { HEAD } from './head.ts';
import { localTimes } from './local-times.ts';
import { lookAtConntrack } from './look.ts';
import { ovsFlow } from './ovs.ts';
import { printedFlow } from './printed.ts';
import { xmlFlow } from './xml.ts';

/** The timeouts of GRE stand before its addresses. */
const LINE = new RegExp(`${HEAD.source}(?:timeout=\\d+, ?stream_timeout=\\d+ )?(src=.*)$`);
const PHASES = { NEW: 'new', UPDATE: 'update', DESTROY: 'destroy' } as const;
/** `conntrack -E` stamps a line when it reads the event from the socket, up to some 200 ms after the packet. */
const READ_DELAY_US = 300_000;

/** `conntrack -E` (with or without `-o timestamp,id,extended` or `xml`), `conntrack -L`, `/proc/net/nf_conntrack`, what ulogd2 prints of flows, and
 * listings of Open vSwitch. */
export const conntrack: Format = {
  id: 'conntrack',
  title: 'conntrack events and listings',
  roles: ['nat', 'flow'],
  framing: 'auto',
  status: 'real',
  clock:
    'with `-o timestamp`: wall clock when the line was read, some ms after the packet; with `-o ktimestamp` start and stop, local, whole seconds; otherwise none',
  traps: [
    'the second tuple is the reply: its destination is the translated source',
    'entry ids are reused; packets and bytes stand there only with accounting on',
    'events are lost under load; only the error output says so (ENOBUFS)',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
  look: lookAtConntrack,
};

function claims({ text }: SniffRecord): Sniff {
  if (text.includes('<flow') && xmlFlow(text) !== undefined) return yes(0.97, 'flow with both tuples in XML');
  if (/^<\/?conntrack>$/.test(text)) return yes(0.9, 'conntrack document');
  if (text.includes('ORIG: SRC=') && printedFlow(text) !== undefined) return yes(0.97, 'flow as ulogd2 prints it');
  if (text.includes(',orig=(') && ovsFlow(text) !== undefined) return yes(0.97, 'entry of the tracker of Open vSwitch');
  if (!text.includes('src=') || !text.includes('dst=')) return no('no src=/dst= tuple');
  return LINE.test(text) || LINE.test(behindHeader(text))
    ? yes(0.97, 'protocol, state and two address tuples of conntrack')
    : no('not a conntrack line');
}

/** What a logger was told, behind the header that it put before. */
const behindHeader = (text: string): string => parseSyslog(text, micros(0))?.message ?? '';

function decode(record: RawRecord, context: DecodeContext): Decoded {
  if (record.text.startsWith('conntrack v') && /^conntrack v\d/.test(record.text)) return skipped('conntrack banner');
  if (record.text.includes('ENOBUFS'))
    return missing(record, {
      format: 'conntrack',
      clock: 'none',
      time: timeFromObserved(record.observed),
      reason: 'lost',
    });
  if (record.text.includes('<') && /^\s*(?:<\?xml|<\/?conntrack>)/.test(record.text))
    return skipped('head or end of the document');
  const bare = LINE.exec(record.text);
  const header = bare === null ? parseSyslog(record.text, context.reference, context.zoneOffsetMin) : undefined;
  const match = bare ?? LINE.exec(header?.message ?? '');
  const entry = match === null ? (xmlFlow(record.text) ?? printedFlow(record.text) ?? ovsFlow(record.text)) : undefined;
  if (match === null && entry === undefined) return failed('not a conntrack line');
  const stamp = match?.[1];
  const { phase = match?.[2], transport = match?.[3] ?? '', state = match?.[6], tail = match?.[7] ?? '' } = entry ?? {};
  const tuples = readTuples(tail);
  if (tuples === undefined) return failed('needs an original and a reply tuple');
  const id = tail.includes('id=') ? entryId(tail, tuples.icmp !== undefined) : undefined;
  const event: NatEvent = compact({
    kind: 'nat' as const,
    format: 'conntrack',
    ...timeOf(record, context, { stamp, header, tail }),
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
    host: header?.host ?? record.host,
  });
  return decoded(event);
}

/** What says when: the stamp of `-o timestamp`, a logger's header, or what the entry says of its own times. */
interface Said {
  readonly stamp: string | undefined;
  readonly header: SyslogHeader | undefined;
  readonly tail: string;
}

function timeOf(
  record: RawRecord,
  context: DecodeContext,
  { stamp, header, tail }: Said,
): Pick<NatEvent, 'clock' | 'time'> {
  const parsed = stamp === undefined ? header?.stamp : parseEpoch(stamp);
  const own = parsed === undefined ? localTimes(record.text, context) : undefined;
  const { observed } = record;
  if (own !== undefined) return { clock: own.clock, time: eventTime(own.stamp, { ...own, basis: 'event', observed }) };
  if (parsed === undefined) return { clock: 'read', time: timeFromObserved(observed) };
  const beforeUs = (stamp === undefined ? 1_000_000 : READ_DELAY_US) + livedUs(tail);
  const time = eventTime(parsed, { raw: stamp ?? header?.rawTime ?? '', basis: 'event', beforeUs, observed });
  return { clock: stamp === undefined ? 'header' : 'read', time };
}

/** How long an entry had lived when it was destroyed, in whole seconds, where the kernel keeps account of it. */
function livedUs(tail: string): number {
  const seconds = tail.includes('delta-time=') ? /\bdelta-time=(\d{1,9})\b/.exec(tail)?.[1] : undefined;
  return seconds === undefined ? 0 : (Number(seconds) + 1) * 1_000_000;
}

/** Both tuples of an ICMP entry have an id of their own. */
function entryId(tail: string, isIcmp: boolean): string | undefined {
  const ids = [...tail.matchAll(/(?:^|\s)id=(\d+)/g)];
  return ids[isIcmp ? 2 : 0]?.[1];
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
  const src = endpointOf(values, SRC, SPORT);
  const dst = endpointOf(values, DST, DPORT);
  const replySrc = endpointOf(values, SRC + REPLY, SPORT + REPLY);
  const replyDst = endpointOf(values, DST + REPLY, DPORT + REPLY);
  if (src === undefined || dst === undefined || replySrc === undefined || replyDst === undefined) return undefined;
  return { src, dst, replySrc, replyDst, icmp: icmpOf(values) };
}

function endpointOf(values: Values, ipAt: number, portAt: number): Endpoint | undefined {
  const ip = parseIp(values[ipAt] ?? '');
  if (ip === undefined) return undefined;
  const port = parsePort(values[portAt]);
  return port === undefined ? { ip } : { ip, port };
}

const KEYS = ['src', 'dst', 'sport', 'dport', 'type', 'code', 'id'];
const [SRC, DST, SPORT, DPORT, TYPE, CODE, ID] = [0, 1, 2, 3, 4, 5, 6];
/** Where the values of the second tuple begin. */
const REPLY = KEYS.length;

/** Of each key its value in the original tuple, then of each in the reply. */
type Values = readonly (string | undefined)[];

function valuesOf(tail: string): Values {
  const values = new Array<string | undefined>(REPLY * 2).fill(undefined);
  for (let from = 0, equals = tail.indexOf('='); equals >= 0; equals = tail.indexOf('=', from)) {
    let start = equals;
    while (start > from && isWordCode(tail.charCodeAt(start - 1))) start--;
    const end = start === equals ? equals + 1 : endOfWord(tail, equals + 1);
    const key = end > equals + 1 ? keyAt(tail, start, equals - start) : -1;
    if (key >= 0) {
      const place = values[key] === undefined ? key : key + REPLY;
      values[place] ??= tail.slice(equals + 1, end);
    }
    from = Math.max(end, equals + 1);
  }
  return values;
}

function keyAt(tail: string, start: number, length: number): number {
  for (let i = 0; i < KEYS.length; i++) {
    const key = KEYS[i] ?? '';
    if (key.length === length && tail.startsWith(key, start)) return i;
  }
  return -1;
}

function icmpOf(values: Values): NatEvent['icmp'] {
  const type = values[TYPE];
  if (type === undefined) return undefined;
  const number = (at: number): number | undefined => {
    const text = values[at];
    return text === undefined ? undefined : Number(text);
  };
  const translated = values[TYPE + REPLY] === undefined ? undefined : number(ID + REPLY);
  return compact({ type: Number(type), code: number(CODE), id: number(ID), replyId: translated });
}
