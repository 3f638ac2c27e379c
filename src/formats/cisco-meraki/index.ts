import { decoded } from '../../core/decoded.ts';
import { timeOr } from '../../core/network/device.ts';
import { givenLease } from '../../core/network/given-lease.ts';
import { urlHost } from '../../core/network/ip.ts';
import { mappedFormat } from '../../core/tables/mapping.ts';
import { nearestEpoch } from '../../core/time/time.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { Decoded, Format } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const EPOCH = /(?:^|[\s>])(\d{10}\.\d{6,9}) /;
const PAIR =
  /\b(local ip|from(?= \d)|Server IP|Server port|Peer IP|Peer port|(?:[a-z_]+(?==)))[= ]'?([0-9A-Za-z][\w.:/-]*|\[[^\]]+\](?::\d+)?)/g;

function read(text: string): Record<string, string> | undefined {
  const epoch = EPOCH.exec(text);
  if (epoch === null) return undefined;
  const out: Record<string, string> = { epoch: epoch[1] ?? '' };
  const body = text.slice(epoch.index + epoch[0].length);
  for (const match of body.matchAll(PAIR)) out[match[1] ?? ''] ??= (match[2] ?? '').replace(/(?<!:):$/, '');
  const verdict = /\b(?:flows|firewall) (allow|deny)\b|\bpattern: (allow|deny|[01])\b/.exec(body);
  const word = verdict?.[1] ?? verdict?.[2];
  if (word !== undefined) out['verdict'] = word === '0' ? 'allow' : word === '1' ? 'deny' : word;
  else if (/^\S+ events content_filtering_block /.test(body)) out['verdict'] = 'blocked';
  else if (/request accepted/.test(body)) out['verdict'] = 'accepted';
  else if (/request rejected/.test(body)) out['verdict'] = 'rejected';
  const message = /\bmessage: (.+)$/.exec(body)?.[1];
  if (message !== undefined) out['message'] = message.trim();
  const url = /\brequest: (?:[A-Z]+ )?'?([^\s']+)/.exec(body)?.[1];
  if (url !== undefined) out['request'] = url;
  return out;
}

/** `a:p`, where an address of version 6 stands without its port unless in brackets. */
function pair(text: string | undefined): readonly (string | undefined)[] {
  if (text === undefined) return [];
  const bracket = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  if (bracket !== null) return [bracket[1], bracket[2]];
  const parts = text.split(':');
  if (parts.length === 2) return parts;
  // Eight groups are a whole address of version 6: a ninth is the port.
  return parts.length === 9 ? [parts.slice(0, 8).join(':'), parts[8]] : [text];
}

const traffic = mappedFormat({
  format: {
    id: 'cisco-meraki',
    title: 'Cisco Meraki MX and MR syslog',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'epoch seconds with nanoseconds',
    traps: ['pattern 0 means allow and 1 means deny; newer firmware writes the words'],
  },
  mark: /(?:^|[\s>])\d{10}\.\d{6,9} \S+ (?:flows|ip_flow_start|ip_flow_end|urls|events|security_event|ids-alerts|firewall|vpn_firewall|cellular_firewall|bridge_anyconnect_client_vpn_firewall|l7_firewall|airmarshal_events)\b/,
  score: 0.97,
  fields: read,
  facts: (f) => ({
    srcIp: pair(f['src'])[0] ?? f['client_ip'] ?? f['Peer IP'] ?? f['from'],
    srcPort: f['sport'] ?? pair(f['src'])[1] ?? f['Peer port'],
    dstIp: pair(f['dst'] ?? f['server'])[0] ?? f['Server IP'],
    dstPort: f['dport'] ?? pair(f['dst'] ?? f['server'])[1] ?? f['Server port'],
    natSrcIp: f['translated_src_ip'] ?? f['local ip'],
    natSrcPort: f['translated_src_ip'] === undefined ? undefined : f['translated_port'],
    natDstIp: f['translated_dst_ip'],
    natDstPort: f['translated_dst_ip'] === undefined ? undefined : f['translated_port'],
    transport: f['protocol']?.split('/')[0],
    actionRaw: f['verdict'] ?? f['decision'] ?? f['action'],
    rule: f['message'] ?? f['signature'],
    ruleId: f['signature'],
    url: f['url'] ?? f['request'],
    domain: urlHost(f['url'] ?? f['request']),
  }),
  type: (f) => (f['signature'] === undefined ? 'flow' : 'alert'),
  stamp: (f) => f['epoch'],
});

const LEASE = /\bdhcp lease of ip (\S+) from server mac \S+ for client mac ([0-9A-Fa-f:]+)(?: with hostname (\S+))?/;

/** What the DHCP server of the appliance says of an address it gave; for how long it does not say. */
function leaseOf(record: RawRecord): LeaseEvent | undefined {
  const [, ip, mac, name] = LEASE.exec(record.text) ?? [];
  if (ip === undefined) return undefined;
  const raw = EPOCH.exec(record.text)?.[1] ?? '';
  const time = timeOr(record, nearestEpoch(raw), raw, 'event', 0);
  return givenLease(record, { format: 'cisco-meraki', clock: 'record', time, ip, mac, name });
}

export const ciscoMeraki: Format = {
  ...traffic,
  open: (context) => {
    const inner = traffic.open(context);
    const decode = (record: RawRecord): Decoded => {
      const lease = leaseOf(record);
      return lease === undefined ? inner.decode(record) : decoded(lease);
    };
    return { decode };
  },
};
