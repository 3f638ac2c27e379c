import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import type { SyslogHeader } from '../../core/lines/syslog.ts';
import { headerOf, networkEvent, severityOf, timeOr, verdictOf } from '../../core/network/device.ts';
import { urlHost } from '../../core/network/ip.ts';
import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { wordTable } from '../../core/word-table.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const NAME =
  /\b((?:RT_FLOW|FLOW|RT_IDP|RT_UTM|RT_IDS|RT_AAMW|RT_SECINTEL|APPTRACK|IDP|WEBFILTER|AV|ANTISPAM|CONTENT_FILTERING|(?:SRX_)?AAMW|SECINTEL)_[A-Z0-9_]{3,60}|RT_SCREEN_[A-Z_]+|RT_IDS(?=:? [A-Z][\w ]{1,50}! source: )|KMD_[A-Z_]+|SSHD_[A-Z_]+|UI_LOGIN_EVENT|PFE_FW_SYSLOG_(?:ETH_)?IP6?)\b/;
const PROSE = /session (created|denied|closed[^:]{0,60}:?) ?(\S+)\/(\d+)->(\S+)\/(\d+),? (?:0x[0-9a-f]+ )?(\S+)(.*)$/;
/** The translated tuple; AppTrack puts the applications before it. */
const TUPLE = /^(?:(?: [\w.-]+){0,2} (\S+)\/(\d+)->(\S+)\/(\d+),?)?(.*)$/;

/** Firewall filter with `log`: interface, verdict letter, protocol, addresses, ports (ICMP type and code), packets. */
const FILTER =
  /\bFW: (?<if>\S+) +(?<verdict>[ADR]) +(?:[0-9a-f]{4} +\S+ +-> +\S+ +)?(?<proto>\S+) +(?<src>[0-9a-fA-F.:]+) +(?<dst>[0-9a-fA-F.:]+)(?: +(?<sport>\d+) +(?<dport>\d+))?(?: \((?<count>\d+) packets?\))?/;
const LOGIN = /\bssh-connection '(?<src>[0-9a-fA-F.:]+) (?<sport>\d+) (?<dst>[0-9a-fA-F.:]+) (?<dport>\d+)'/;
/** Screens and web filtering as prose. */
const SCREEN =
  /(?:RT_SCREEN_\w+:|RT_IDS:?) (?<rule>[^:]{1,60}!) (?:source: (?<src>[0-9.]+)(?::(?<sport>\d+))?, )?destination: (?<dst>[0-9.]+)(?::(?<dport>\d+))?, (?:protocol-id: (?<proto>\d+), )?(?:.*?zone name: (?<zone>[^,]+), )?(?:.*?interface name: (?<if>[^,]+), )?.*?action: (?<action>[\w-]+)/;
const WEB =
  /ACTION="(?<action>[^"]+)" (?<src>[0-9a-fA-F.:]+)\((?<sport>\d+)\)->(?<dst>[0-9a-fA-F.:]+)\((?<dport>\d+)\)(?: CATEGORY="(?<category>[^"]*)")?.*? URL=(?<url>\S+)/;
const PROSES = [FILTER, LOGIN, SCREEN, WEB];
/** Counters of a closed session: `id 10(1000) 9(900) seconds`, packets and octets of either side. */
const COUNTERS = /^ (\d+)(?: \d+\((\d+)\) \d+\((\d+)\) (\d+))?/;
const VERDICTS = wordTable<NetworkEvent['action']>({ A: 'allow', D: 'deny', R: 'deny' });

export const juniperSrx: Format = {
  id: 'juniper-srx',
  title: 'Juniper SRX (RT_FLOW, RT_IDP, RT_UTM, RT_IDS)',
  roles: ['violation', 'flow', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header, ms, sometimes without a zone; close: start = header - elapsed-time',
  traps: ['alarm-without-drop is no denial', 'the same message comes structured or as prose'],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  return NAME.test(text) &&
    /\bjunos@|source-address=|RT_(?:FLOW|IDP|UTM|IDS|AAMW|SECINTEL|SCREEN)|PFE_FW_SYSLOG_(?:ETH_)?IP6?: FW:|UI_LOGIN_EVENT: User/.test(
      text,
    )
    ? yes(0.97, 'Junos message name')
    : no('no Junos message name');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const name = NAME.exec(record.text)?.[1];
  if (name === undefined) return failed('no Junos message name');
  const header = headerOf(record, context);
  if (/source-address=|destination-address=|client-ip=|remote-address=|peer-/.test(record.text))
    return decoded(structured(record, header, name));
  const prose = PROSE.exec(record.text);
  if (prose !== null) return decoded(proseEvent(record, header, name, prose));
  for (const pattern of PROSES) {
    const groups = pattern.exec(record.text)?.groups;
    if (groups !== undefined) return decoded(wordedEvent(record, header, name, groups));
  }
  return skipped('Junos message without a session');
}

function actionOf(name: string, action: string | undefined): NetworkEvent['action'] | undefined {
  if (/_DENY|_BLOCKED|_DROP/.test(name)) return 'deny';
  if (action !== undefined && /without|none/i.test(action)) return 'alert';
  if (action !== undefined && /^(?:CLOSE|RECOMMENDED)/i.test(action)) return 'deny';
  const verdict = verdictOf(action);
  if (verdict !== undefined) return verdict;
  return /SESSION_(?:CREATE|CLOSE)|PERMITTED|VOL_UPDATE|APPTRACK/.test(name) ? 'allow' : undefined;
}

function structured(record: RawRecord, header: SyslogHeader, name: string): NetworkEvent {
  const f = parseKeyValues(record.text.slice(record.text.indexOf(name)).replace(/[“”]/g, '"'));
  const elapsed = Number(f['elapsed-time'] ?? 0) || 0;
  const action = actionOf(name, f['action']);
  // What a filter or the cloud let pass is no alert; an attack that passed is.
  const alert =
    /IDP|IDS|SCREEN/.test(name) ||
    (/UTM|AAMW|SECINTEL|WEBFILTER|AV_|ANTISPAM|CONTENT/.test(name) && action !== 'allow');
  return networkEvent('juniper-srx', record, {
    time: timeOr(record, header.stamp, header.rawTime, elapsed > 0 ? 'flow-end' : 'event', (elapsed + 1) * 1_000_000),
    clock: 'syslog',
    type: alert ? 'alert' : 'flow',
    action,
    actionRaw: f['action'] ?? name,
    srcIp: f['source-address'] ?? f['client-ip'] ?? f['local-address'],
    srcPort: f['source-port'],
    dstIp: f['destination-address'] ?? f['remote-address'],
    dstPort: f['destination-port'],
    natSrcIp: f['nat-source-address'],
    natSrcPort: f['nat-source-port'],
    natDstIp: f['nat-destination-address'],
    natDstPort: f['nat-destination-port'],
    transport: f['protocol-id'] ?? f['protocol-name'] ?? /^RT_SCREEN_(TCP|UDP|ICMP)$/.exec(name)?.[1],
    domain: /WEBFILTER|UTM/.test(name)
      ? f['url']?.replace(/^[a-z]+:\/\//i, '').replace(/[:/?].*$/, '')
      : (f['http-host'] ?? f['hostname']),
    rule: (/IDP/.test(name) ? f['rule-name'] : undefined) ?? f['policy-name'] ?? f['attack-name'],
    ruleId: f['attack-name'],
    ruleCategory: f['category'],
    severity: severityOf(f['threat-severity']),
    severityRaw: f['threat-severity'],
    zoneIn: f['source-zone-name'] ?? f['source-zone'],
    zoneOut: f['destination-zone-name'] ?? f['destination-zone'],
    inIf: f['packet-incoming-interface'] ?? f['source-interface-name'] ?? f['interface-name'],
    outIf: f['destination-interface-name'],
    flowId: f['session-id-32'] ?? f['session-id'],
    bytesToDst: f['bytes-from-client'],
    bytesToSrc: f['bytes-from-server'],
    host: header.host,
    initiator: alert ? undefined : 'src',
    state: f['reason'],
  });
}

function wordedEvent(
  record: RawRecord,
  header: SyslogHeader,
  name: string,
  f: Record<string, string | undefined>,
): NetworkEvent {
  const ports = f['proto'] === undefined || /^(?:tcp|udp|sctp|6|17|132)$/i.test(f['proto']);
  const count = Number(f['count']);
  return networkEvent('juniper-srx', record, {
    time: timeOr(record, header.stamp, header.rawTime, 'event'),
    clock: 'syslog',
    type: f['verdict'] !== undefined ? 'packet' : f['action'] === undefined ? 'flow' : 'alert',
    action: VERDICTS[f['verdict'] ?? ''] ?? actionOf(name, f['action']),
    actionRaw: f['verdict'] ?? f['action'] ?? name,
    rule: f['rule'],
    ruleCategory: f['category'],
    zoneIn: f['zone'],
    url: f['url'],
    domain: urlHost(f['url']),
    srcIp: f['src'],
    srcPort: ports ? f['sport'] : undefined,
    dstIp: f['dst'],
    dstPort: ports ? f['dport'] : undefined,
    transport: f['proto'],
    inIf: f['if'],
    host: header.host,
    initiator: 'src',
    count: count > 1 ? count : undefined,
  });
}

function proseEvent(record: RawRecord, header: SyslogHeader, name: string, match: RegExpExecArray): NetworkEvent {
  const [, , srcIp, srcPort, dstIp, dstPort, , rest = ''] = match;
  const nat = TUPLE.exec(rest);
  const tail = ` ${(nat?.[5] ?? '').trim()}`;
  const protocol = /\s(\d{1,3})(?:\(\d+\))? (\S+) (\S+) (\S+)/.exec(tail);
  const after = protocol === null ? '' : tail.slice(protocol.index + protocol[0].length);
  const [, session, toDst, toSrc, seconds] = (name.endsWith('_DENY') ? null : COUNTERS.exec(after)) ?? [];
  const elapsed = Number(seconds ?? 0);
  return networkEvent('juniper-srx', record, {
    time: timeOr(record, header.stamp, header.rawTime, elapsed > 0 ? 'flow-end' : 'event', (elapsed + 1) * 1_000_000),
    flowId: session,
    bytesToDst: toDst,
    bytesToSrc: toSrc,
    clock: 'syslog',
    action: actionOf(name, undefined),
    actionRaw: name,
    srcIp,
    srcPort,
    dstIp,
    dstPort,
    natSrcIp: nat?.[1],
    natSrcPort: nat?.[2],
    natDstIp: nat?.[3],
    natDstPort: nat?.[4],
    transport: protocol?.[1],
    rule: protocol?.[2],
    zoneIn: protocol?.[3],
    zoneOut: protocol?.[4],
    host: header.host,
    initiator: 'src',
  });
}
