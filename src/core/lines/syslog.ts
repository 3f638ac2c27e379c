import type { Mutable } from '../../model/mutable.ts';
import type { Micros } from '../../model/time.ts';
import type { Stamp } from '../time/stamp.ts';
import { parseEpoch, parseIso, parseMonthDay } from '../time/time.ts';

export interface SyslogHeader {
  readonly stamp?: Stamp;
  /** The stamp as written. */
  readonly rawTime: string;
  readonly host?: string;
  readonly tag?: string;
  readonly pid?: number;
  /** 0 emergency .. 7 debug, from `<PRI>`. */
  readonly level?: number;
  /** RFC 5424 only. */
  readonly version?: 1;
  readonly structured?: string;
  /** What follows the header. */
  readonly message: string;
}

const PRI = /^<(\d{1,3})>/;
const RFC5424 = /^1 (\S+) (\S+) (\S+) (\S+) (\S+) ?/;
const RFC3164 =
  /^((?:[A-Z][a-z]{2}\s+\d{1,2}\s+(?:\d{4}\s+)?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:\s+\d{4}(?=\s))?)|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)(?::?\s+|:?$)/;
const TAG = /^([^\s:[\]=]{1,64})(?:\[(\d+)\])?:\s?/;

/** How a device's own header begins that a relay has put behind its: `<PRI>`, a month, an ISO date. */
const HEADER_START = /^(?:<\d{1,3}>|[A-Z][a-z]{2}\s+\d{1,2}\s+(?:\d{4}\s+)?\d\d:\d\d:|\d{4}-\d\d-\d\dT\d\d:)/;
const MAX_RELAYS = 3;

/**
 * Reads a syslog header and those of the devices that a relay has left behind its own: time, host and tag are the innermost's.
 * Undefined when the text starts with no header.
 */
export function parseSyslog(text: string, reference: Micros, zoneOffsetMin = 0): SyslogHeader | undefined {
  const start = text.trimStart();
  let header = parseHeader(start, reference, zoneOffsetMin) ?? parseOther(start, reference, zoneOffsetMin);
  for (let relays = 0; relays < MAX_RELAYS && header !== undefined && HEADER_START.test(header.message); relays++) {
    const inner = parseHeader(header.message, reference, zoneOffsetMin);
    if (inner === undefined) return header;
    const rawTime = inner.stamp === undefined ? header.rawTime : inner.rawTime;
    const { version: _outer, ...outer } = header;
    header = { ...outer, ...inner, rawTime };
  }
  return header;
}

/**
 * Reads `<PRI>`, RFC 5424, RFC 3164 (year missing, before or after) and rsyslog/dmesg ISO headers.
 * Returns undefined when the text starts with none of them. RFC 5424 and RFC 3164, sections 6 and 4.1.
 */
function parseHeader(text: string, reference: Micros, zoneOffsetMin: number): SyslogHeader | undefined {
  const pri = PRI.exec(text);
  const level = pri?.[1] === undefined ? undefined : Number(pri[1]) & 7;
  // Some devices leave a blank behind it.
  const rest = pri === null ? text : text.slice(pri[0].length).trimStart();
  const withLevel = level === undefined ? {} : { level };
  const five = RFC5424.exec(rest);
  if (five !== null) return { ...parse5424(rest.slice(five[0].length), five, zoneOffsetMin), ...withLevel };
  const three = RFC3164.exec(rest);
  if (three?.[1] === undefined) return pri === null ? undefined : { rawTime: '', message: rest, ...withLevel };
  const rawTime = three[1];
  const stamp = parseIso(rawTime, zoneOffsetMin) ?? parseMonthDay(rawTime, reference, zoneOffsetMin);
  const header: Mutable<SyslogHeader> = { ...hostAndTag(rest.slice(three[0].length)), rawTime };
  if (stamp !== undefined) header.stamp = stamp;
  if (level !== undefined) header.level = level;
  return header;
}

/**
 * `Tue 2024-03-05 09:10:11 UTC` of `journalctl -o short-full`, `Tue Mar  5 09:10:11 2024` of OpenWrt's logread, `2024 Mar  5 09:10:11`,
 * and an ISO date with a blank where host and tag follow it.
 */
const OTHER =
  /^(?:[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) ([A-Z]{2,5}|[+-]\d\d(?::?\d\d)?) |[A-Z][a-z]{2} ([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) (?:[a-z]+\d?\.([a-z]+) )?|(\d{4}) ([A-Z][a-z]{2} [ \d]\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) |(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(?: ?(Z|[+-]\d\d:?\d\d))? (?=[\w.-]+ [\w./-]+(?:\[\d+\])?: ))/;
/** `journalctl -o short-unix`. */
const UNIX = /^(\d{9,10}\.\d{1,9}) (?=[\w.-]+ [\w./-]+(?:\[\d+\])?: )/;
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];

/** Headers that tools print in the place of those that are sent. Zone names but UTC stand for several offsets: the user's is taken. */
function parseOther(text: string, reference: Micros, zoneOffsetMin: number): SyslogHeader | undefined {
  const match = OTHER.exec(text);
  if (match === null) return parseUnix(text);
  const [whole, full, named, read, level = '', year, day, clock, blank, offset] = match;
  const zone = named ?? offset ?? '';
  const own = /^(?:UTC|GMT)$/.test(zone) ? 'Z' : /^[Z+-]/.test(zone) ? zone : '';
  const iso = full ?? blank;
  const rawTime = iso === undefined ? (read ?? `${day} ${year} ${clock}`) : `${iso}${own}`;
  const stamp = parseIso(rawTime, zoneOffsetMin) ?? parseMonthDay(rawTime, reference, zoneOffsetMin);
  if (stamp === undefined) return undefined;
  const at = LEVELS.indexOf(level);
  return { ...hostAndTag(text.slice(whole.length)), rawTime, stamp, ...(at < 0 ? {} : { level: at }) };
}

function parseUnix(text: string): SyslogHeader | undefined {
  const [whole = '', rawTime = ''] = UNIX.exec(text) ?? [];
  const stamp = parseEpoch(rawTime);
  return stamp === undefined ? undefined : { ...hostAndTag(text.slice(whole.length)), rawTime, stamp };
}

function parse5424(body: string, header: RegExpExecArray, zoneOffsetMin: number): SyslogHeader {
  const stamp = parseIso(header[1] ?? '', zoneOffsetMin);
  const end = body.startsWith('[') ? structuredEnd(body) : body.startsWith('-') ? 1 : 0;
  const structured = body.startsWith('[') ? body.slice(0, end) : undefined;
  const dash = (value: string | undefined): string | undefined => (value === '-' ? undefined : value);
  const host = dash(header[2]);
  const tag = dash(header[3]);
  const pid = Number(header[4]);
  return {
    version: 1,
    rawTime: header[1] ?? '',
    message: body.slice(end).replace(/^ ?\uFEFF?/, ''),
    ...(stamp === undefined ? {} : { stamp }),
    ...(host === undefined ? {} : { host }),
    ...(tag === undefined ? {} : { tag }),
    ...(Number.isInteger(pid) ? { pid } : {}),
    ...(structured === undefined ? {} : { structured }),
  };
}

function structuredEnd(body: string): number {
  let i = 0;
  while (body[i] === '[') {
    let quoted = false;
    for (i++; i < body.length; i++) {
      const c = body[i];
      if (c === '\\') i++;
      else if (c === '"') quoted = !quoted;
      else if (c === ']' && !quoted) break;
    }
    i++;
  }
  return i;
}

function hostAndTag(rest: string): Pick<SyslogHeader, 'host' | 'tag' | 'pid' | 'message'> {
  const direct = TAG.exec(rest);
  if (direct !== null) return { ...tagOf(direct), message: rest.slice(direct[0].length) };
  const space = rest.indexOf(' ');
  if (space <= 0 || rest.slice(0, space).includes('=')) return { message: rest };
  const after = rest.slice(space + 1);
  // A relay's header may be followed by the device's own, whose stamp has colons.
  const tag = HEADER_START.test(after) ? null : TAG.exec(after);
  return {
    host: rest.slice(0, space),
    ...(tag === null ? {} : tagOf(tag)),
    message: tag === null ? after : after.slice(tag[0].length),
  };
}

function tagOf(match: RegExpExecArray): { tag: string; pid?: number } {
  const tag = match[1] ?? '';
  return match[2] === undefined ? { tag } : { tag, pid: Number(match[2]) };
}
