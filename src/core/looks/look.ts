import type { AlertGlance, TrafficGlance } from '../../model/format.ts';
import type { Mutable } from '../../model/mutable.ts';
import type { Micros } from '../../model/time.ts';
import { parseIso } from '../time/time.ts';

/** The decimal digits that stand at a place, as a number; 0 where there are none. */
export function numberAt(line: string, from: number): number {
  let value = 0;
  for (let at = from; ; at++) {
    const digit = line.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return value;
    value = value * 10 + digit;
  }
}

/** The digits from a place up to a space or comma as a number; -1 where another sign follows them. */
export function wholeNumberAt(line: string, from: number): number {
  let at = from;
  for (let digit = line.charCodeAt(at) - 48; digit >= 0 && digit <= 9; digit = line.charCodeAt(at) - 48) at++;
  const sign = line.charCodeAt(at);
  return at > from && (sign === 32 || sign === 44) ? numberAt(line, from) : -1;
}

/** From one place up to a character, or to the end of the line. */
export function upTo(line: string, from: number, end: string): string {
  const to = line.indexOf(end, from);
  return to < 0 ? line.slice(from) : line.slice(from, to);
}

/** One object for all looks at a file. */
export function emptyTraffic(): Mutable<TrafficGlance> {
  return { kind: 'traffic', key: '', clientIp: '', port: 0, natPort: 0, url: undefined, userAgent: undefined };
}

/** Whether a text is an IPv4 address in its one spelling. */
function isIpv4(text: string): boolean {
  let dots = 0;
  let part = -1;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      if (part === 0) return false;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return false;
    } else if (digit === -2 && part >= 0) {
      dots++;
      part = -1;
    } else return false;
  }
  return dots === 3 && part >= 0;
}

/** Decimal digits as a port; 0 for no text, -1 for what is no port. */
export function plainPort(text: string): number {
  let port = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    port = port * 10 + digit;
  }
  return text.length <= 5 && port <= 65535 ? port : -1;
}

/** Decimal digits as a process id; 0 for no text, -1 for what is none. */
export function plainPid(text: string): number {
  let pid = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    pid = pid * 10 + digit;
  }
  return text.length <= 7 ? pid : -1;
}

/** From 1 GiB on rules look at the size of a flow: that is 10 digits. */
const TELLING_DIGITS = 10;

/** Whether no rule looks at either of these counts of bytes, '' for none: below 10^9, in digits. */
export function areFewBytes(sent: string, got: string): boolean {
  return isShortNumber(sent) && isShortNumber(got);
}

function isShortNumber(text: string): boolean {
  if (text.length >= TELLING_DIGITS) return false;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return false;
  }
  return true;
}

/** The path and program of a request to a server, of which rules must be asked; false where the request is no plain one. */
export function noteRequest(
  glance: Pick<Mutable<TrafficGlance>, 'url' | 'userAgent'>,
  url: string,
  userAgent: string,
): boolean {
  glance.url = url;
  glance.userAgent = userAgent;
  return url.startsWith('/') && !url.includes('\\') && !userAgent.includes('\\');
}

/** What the matcher takes for a moment, see `ValueUse`. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)$/;

/** A precise stamp in its plain spelling; undefined for any other. */
export function plainMoment(text: string): Micros | undefined {
  return MOMENT.test(text) ? parseIso(text)?.at : undefined;
}

/** What was cut from the record of a verdict, '' for what it does not have. */
interface CutVerdict {
  readonly key: string;
  readonly stamp: string;
  readonly port: string;
  readonly url: string;
  readonly userAgent: string;
}

/** Undefined where the record is no plain one. */
export function noteAlert({ key, stamp, port: digits, url, userAgent }: CutVerdict): AlertGlance | undefined {
  const at = plainMoment(stamp);
  const port = plainPort(digits);
  if (at === undefined || port < 0 || port === 53) return undefined;
  const texts = { url: undefined as string | undefined, userAgent: undefined as string | undefined };
  if ((url !== '' || userAgent !== '') && !noteRequest(texts, url, userAgent)) return undefined;
  return { kind: 'alert', key, port, at, ...texts };
}

/**
 * Notes the client of a plain record. Port 53 is for the full reading: what comes from there is no client's question. So is IPv6,
 * which has many spellings.
 */
export function noteClient(glance: Mutable<TrafficGlance>, ip: string, port: string): boolean {
  glance.clientIp = ip;
  glance.port = plainPort(port);
  return isIpv4(ip) && glance.port >= 0 && glance.port !== 53;
}
