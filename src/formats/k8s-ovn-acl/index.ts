import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { missing } from '../../core/findings/coverage.ts';
import { numberOf } from '../../core/json/json.ts';
import { parseSyslog } from '../../core/lines/syslog.ts';
import { transportName } from '../../core/network/ip.ts';
import {
  actionOf,
  endpointOf,
  hasPorts,
  networkEvent,
  ruleOf,
  severityOf,
  timeOf,
} from '../../core/network/network.ts';
import { eventTime, timeFromObserved } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

/** `time|sequence|acl_log(thread)|LEVEL|`, VLOG's pattern for files; for syslog it writes `ovs` in place of the time. */
const PREFIX = /(?:^|[\s>])(?:(\d{4}-\d\d-\d\dT[\d:.]+Z?)|ovs)\|(\d+)\|acl_log(?:\(([^)]*)\))?\|(\w+)\|/;
const BODY =
  /^name="([^"\\]*(?:\\.[^"\\]*)*)", verdict=(\w+), severity=(\w+)(?:, direction=([\w-]+))?: ([\w-]+),?(.*)$/;
const BEFORE_US = 1_000_000;

/** OVN ACL audit log as ovn-controller writes it (OVN-Kubernetes, kube-ovn). */
export const k8sOvnAcl: Format = {
  id: 'k8s-ovn-acl',
  title: 'OVN ACL logs',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'prefix time of ovn-controller: ms, UTC',
  traps: [
    'a meter drops records silently when many come at once',
    'from-lport is egress of the pod, to-lport ingress',
    'verdict=pass hands the packet to the next tier and is counted as allowed',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  const prefix = PREFIX.exec(text);
  if (prefix !== null) return yes(0.98, 'acl_log prefix of OVN');
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z?\|\d+\|[a-z_]+(?:\([^)]*\))?\|[A-Z]+\|/.test(text)
    ? yes(0.7, 'log line of an OVN or OVS daemon')
    : no('no acl_log prefix');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const prefix = PREFIX.exec(record.text);
  if (prefix === null)
    return /^\S+\|\d+\|[a-z_]+/.test(record.text)
      ? skipped('other log line of the daemon')
      : failed('no acl_log prefix');
  const body = BODY.exec(record.text.slice(prefix.index + prefix[0].length));
  if (body === null) return droppedLines(record, context, prefix);
  const [, name = '', verdict = '', severity = '', direction, protocol = '', tail = ''] = body;
  const match = matchFields(tail);
  const transport = transportOf(protocol, match);
  const v6 = match['ipv6_src'] !== undefined;
  const ports = hasPorts(transport);
  return decoded(
    networkEvent(record, {
      format: 'k8s-ovn-acl',
      clock: prefix[1] === undefined ? 'syslog' : 'acl_log',
      time: prefix[1] === undefined ? syslogTime(record, context) : prefixTime(record, prefix[1]),
      type: 'packet',
      action: actionOf(verdict),
      actionRaw: verdict,
      src: endpointOf(match[v6 ? 'ipv6_src' : 'nw_src'] ?? match['arp_spa'], ports ? match['tp_src'] : undefined),
      dst: endpointOf(match[v6 ? 'ipv6_dst' : 'nw_dst'] ?? match['arp_tpa'], ports ? match['tp_dst'] : undefined),
      initiator: match['tcp_flags'] === 'syn' ? 'src' : match['tcp_flags'] === 'syn|ack' ? 'dst' : undefined,
      transport,
      direction: direction === 'from-lport' ? 'outbound' : direction === 'to-lport' ? 'inbound' : undefined,
      rule: ruleOf(name === '<unnamed>' ? undefined : name),
      severity: severityOf(severity),
      severityRaw: severity,
      icmp: icmpOf(match),
    }),
  );
}

/** VLOG's rate limit: `Dropped N log messages in last S seconds (most recently, ...)`. */
function droppedLines(record: RawRecord, context: DecodeContext, prefix: RegExpExecArray): Decoded {
  const count = /\bDropped (\d+) log messages in last \d+ seconds/.exec(record.text)?.[1];
  if (count === undefined) return failed('no ACL record');
  const time = prefix[1] === undefined ? syslogTime(record, context) : prefixTime(record, prefix[1]);
  const clock = prefix[1] === undefined ? 'syslog' : 'acl_log';
  return missing(record, { format: 'k8s-ovn-acl', clock, time, reason: 'throttled', count: Number(count) });
}

/** VLOG writes UTC and, in some patterns, no Z. */
function prefixTime(record: RawRecord, text: string): EventTime {
  const utc = text.endsWith('Z') ? text : `${text}Z`;
  return timeOf(utc, record, { basis: 'packet', beforeUs: BEFORE_US });
}

function syslogTime(record: RawRecord, context: DecodeContext): EventTime {
  const header = parseSyslog(record.text, context.reference, context.zoneOffsetMin);
  if (header?.stamp === undefined) return timeFromObserved(record.observed);
  const raw = header.rawTime;
  return eventTime(header.stamp, { raw, basis: 'emit', beforeUs: BEFORE_US, observed: record.observed });
}

function transportOf(protocol: string, match: Readonly<Record<string, string>>): string | undefined {
  if (protocol === 'ip' || protocol === 'ipv6') return transportName(match['nw_proto']);
  // OVS flow syntax: tcp6, udp6, sctp6 and icmp6; only the last is a protocol of its own.
  return transportName(protocol === 'icmp6' ? protocol : protocol.replace(/6$/, ''));
}

function matchFields(tail: string): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const part of tail.split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) out[part.slice(0, equals).trim()] = part.slice(equals + 1).trim();
  }
  return out;
}

function icmpOf(match: Readonly<Record<string, string>>): NetworkEvent['icmp'] {
  const type = numberOf(match['icmp_type']);
  if (type === undefined) return undefined;
  const code = numberOf(match['icmp_code']);
  return code === undefined ? { type } : { type, code };
}
