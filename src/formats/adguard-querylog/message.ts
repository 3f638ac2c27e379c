import { parseIp } from '../../core/network/ip.ts';

/** What a resolver answered. */
export interface Reply {
  readonly rcode: string;
  readonly answers: readonly string[];
}

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
const HEADER = 12;
const [A, AAAA] = [1, 28];
/** No name has more labels. */
const MOST_LABELS = 128;

/** Code and addresses of a DNS message in base64; undefined for what is none. RFC 1035, section 4.1. */
export function readReply(base64: string): Reply | undefined {
  const message = Buffer.from(base64, 'base64');
  if (message.length < HEADER) return undefined;
  const code = message.readUInt8(3) & 15;
  const answers: string[] = [];
  let at: number | undefined = HEADER;
  for (let i = message.readUInt16BE(4); i > 0 && at !== undefined; i--) at = behind(message, at, 4);
  for (let i = message.readUInt16BE(6); i > 0 && at !== undefined; i--) {
    const fixed: number | undefined = behind(message, at, 10);
    if (fixed === undefined) break;
    const size = message.readUInt16BE(fixed - 2);
    const ip = addressOf(message.readUInt16BE(fixed - 10), message.subarray(fixed, fixed + size));
    if (ip !== undefined) answers.push(ip);
    at = fixed + size;
  }
  return { rcode: RCODES[code] ?? String(code), answers: [...new Set(answers)] };
}

/** The place behind a name and as many octets; undefined where the message ends before. */
function behind(message: Buffer, from: number, octets: number): number | undefined {
  let at = from;
  for (let labels = 0; labels < MOST_LABELS && at < message.length; labels++) {
    const length = message[at] ?? 0;
    if (length === 0 || length >= 0xc0) {
      const end = at + (length === 0 ? 1 : 2) + octets;
      return end <= message.length ? end : undefined;
    }
    at += length + 1;
  }
  return undefined;
}

function addressOf(type: number, data: Buffer): string | undefined {
  if (type === A && data.length === 4) return data.join('.');
  if (type !== AAAA || data.length !== 16) return undefined;
  return parseIp((data.toString('hex').match(/.{4}/g) ?? []).join(':'));
}
