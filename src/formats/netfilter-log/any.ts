import { decoded, failed, foreign, skipped } from '../../core/decoded.ts';
import { kernelLoss, missing } from '../../core/findings/coverage.ts';
import { compact } from '../../core/json/json.ts';
import { parseSyslog, type SyslogHeader } from '../../core/lines/syslog.ts';
import { parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import { actionOfPrefix } from '../../core/products/netfilter.ts';
import { parseMonthDay } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { freeText, saidBy } from './prefix.ts';
import { timeOf } from './time.ts';

const BODY = /IN=(\S*) OUT=(\S*)\s(.*?)SRC=(\S+) DST=(\S+) (.*?)PROTO=(\S+)(.*)$/s;
const ARP = /IN=\S* OUT=\S*\s.*\bARP HTYPE=\d/;
/** `dmesg -T`: a guess of the wall clock in the place of the boot stamp. */
const WALL = /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\]\s?/;
/** Facility and level of `dmesg -x`. */
const LEVEL = /^(?:kern|user|daemon|syslog|local\d) *:(?:emerg|alert|crit|err|warn|notice|info|debug) *: */;
const BOOT = /^(?:kernel:\s*)?\[\s*(\d+)\.(\d{1,9})\]\s?/;

/** Flags, from that of CWR to that of FIN, stand before the urgent pointer. A SYN that offers ECN has the first two (RFC 3168, 6.1.1). */
const SYN = /=(?:0x)?[\dA-F]+ (?:CWR )?(?:ECE )?SYN URGP=/;

/** Any line of the kernel's buffer: a time since boot, that of `dmesg -H`, or an empty one in its place. */
const BUFFER = /^\[(?:\s*\d+\.\d{1,9}|\s*\+\d+\.\d{6}|[A-Z][a-z]{2}\s?\d{1,2} \d\d:\d\d)\]\s?/;

const VALUES = {
  SPT: /(?:^|\s)SPT=(\S+)/,
  DPT: /(?:^|\s)DPT=(\S+)/,
  SEQ: /(?:^|\s)SEQ=(\S+)/,
  TYPE: /(?:^|\s)TYPE=(\S+)/,
  CODE: /(?:^|\s)CODE=(\S+)/,
  ID: /(?:^|\s)ID=(\S+)/,
  UID: /(?:^|\s)UID=(\S+)/,
};

/** A packet under any syslog header, or what else a kernel's line says. */
export function anyPacket(record: RawRecord, context: DecodeContext): Decoded {
  const text = record.text.replace(LEVEL, '');
  const header = parseSyslog(text, context.reference, context.zoneOffsetMin) ?? wallHeader(text, context);
  const message = header === undefined ? text : text.slice(text.length - header.message.length);
  const boot = BOOT.exec(message) ?? BUFFER.exec(message);
  const body = plainBody(boot === null ? message : message.slice(boot[0].length));
  const match = BODY.exec(body);
  if (match === null) {
    if (ARP.test(body)) return skipped('ARP packet');
    const isKernels = (header !== undefined || BUFFER.test(text)) && !text.includes('SRC=');
    return isKernels ? kernelLine(header ?? { rawTime: '', message: body }, record) : failed('not a netfilter line');
  }
  const [, inIf = '', outIf = '', , srcText = '', dstText = '', middle = '', proto = '', tail = ''] = match;
  const src = parseIp(srcText);
  const dst = parseIp(dstText);
  if (src === undefined || dst === undefined) return failed('SRC or DST is no address');
  const prefix = prefixOf(body, match.index, header);
  const { action, rule, text: actionRaw } = saidBy(prefix);
  const outer = tail.split('[')[0] ?? '';
  const value = (key: keyof typeof VALUES): string | undefined => VALUES[key].exec(outer)?.[1];
  const number = (key: keyof typeof VALUES): number | undefined => {
    const text = value(key);
    return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
  };
  const ipId = /(?:^|\s)ID=(\d+)/.exec(middle)?.[1];
  const transport = transportName(proto);
  const type = number('TYPE');
  const event: NetworkEvent = compact({
    kind: 'network' as const,
    format: 'netfilter-log',
    clock: header?.stamp === undefined ? 'observed' : 'header',
    time: timeOf(header, record),
    ref: record.ref,
    host: hostOf(header) ?? record.host,
    type: 'packet' as const,
    action,
    actionRaw,
    src: compact({ ip: src, port: parsePort(value('SPT')) }),
    dst: compact({ ip: dst, port: parsePort(value('DPT')) }),
    transport,
    rule: rule && { ...rule },
    count: record.repeats,
    seq: transport === 'tcp' ? number('SEQ') : undefined,
    isSyn: transport === 'tcp' && SYN.test(outer) ? (true as const) : undefined,
    ipId: ipId === undefined ? undefined : Number(ipId),
    icmp: type === undefined ? undefined : compact({ type, code: number('CODE'), id: number('ID') }),
    inIf: inIf === '' ? undefined : inIf,
    outIf: outIf === '' ? undefined : outIf,
    uid: number('UID'),
  });
  return decoded(event);
}

/** A packet as ebtables logs it (`--log-ip`, `--log-ip6`), in the words of the others: `IP SRC=.. IP DST=.., IP tos=.., IP proto=6 SPT=..`. */
function plainBody(body: string): string {
  if (!body.includes('MAC source = ')) return body;
  return body
    .replace(/MAC source = (\S+) MAC dest = (\S+) proto = \S+/, 'MAC=$2:$1')
    .replace(/IP(?:v6)? SRC=(\S+) IP(?:v6)? DST=([^\s,]+),/, 'SRC=$1 DST=$2')
    .replace(/(?:IP proto|Next Header)=/, 'PROTO=');
}

/** What bridges log of address resolution names no packet of an attempt. */
export const isPacket = (text: string): boolean => BODY.test(plainBody(text)) || ARP.test(text);

function wallHeader(text: string, context: DecodeContext): SyslogHeader | undefined {
  const match = WALL.exec(text);
  const rawTime = match?.[1] ?? '';
  const stamp = parseMonthDay(rawTime, context.reference, context.zoneOffsetMin);
  return match === null || stamp === undefined ? undefined : { stamp, rawTime, message: text.slice(match[0].length) };
}

/** The free text before IN=. Dmesg and some LOGEMU lines have no tag: what the header reader took for one belongs to the prefix. */
function prefixOf(body: string, index: number, header: SyslogHeader | undefined): string {
  const free = freeText(body.slice(0, index));
  const own = header?.tag === undefined || isProgram(header, free) ? '' : `${header.tag}: `;
  const host = header?.host !== undefined && hostOf(header) === undefined ? `${header.host} ` : '';
  return `${host}${own}${free}`.trim().replace(/:$/, '');
}

/** A tag with a pid, in an RFC 5424 header or in small letters before the prefix names the program that logged, not the rule. */
function isProgram({ tag = '', pid, version }: SyslogHeader, free: string): boolean {
  if (tag === 'kernel' || tag === 'ulogd' || pid !== undefined || version !== undefined) return true;
  return free !== '' && /^[a-z][\w.-]*$/.test(tag) && actionOfPrefix(tag) === 'unknown';
}

/** Relays and dmesg leave the tag out. */
function isKernels({ tag, pid }: SyslogHeader): boolean {
  return pid === undefined && (tag === undefined || tag === 'kernel' || tag === 'ulogd');
}

function kernelLine(header: SyslogHeader, record: RawRecord): Decoded {
  const loss = kernelLoss(record.text);
  if (loss === undefined) return isKernels(header) ? skipped('kernel line without a packet') : foreign();
  return missing(record, {
    ...loss,
    format: 'netfilter-log',
    clock: 'header',
    time: timeOf(header, record),
    host: hostOf(header),
  });
}

/** With an ISO header of dmesg the word after the time is the prefix, not a host. */
function hostOf(header: SyslogHeader | undefined): string | undefined {
  return header?.rawTime.includes(',') ? undefined : header?.host;
}
