import { decoded, foreign, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseSyslog } from '../../core/lines/syslog.ts';
import { domainName, parseIp, parsePort } from '../../core/network/ip.ts';
import { bytesOf, natOf, networkEvent } from '../../core/network/network.ts';
import { eventTime, micros, parseEpoch, timeFromObserved } from '../../core/time/time.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

/** `Jan 10 10:00:00 (1767225600.123456) sockd[948]: info: `: the second stamp is the epoch; syslog has its own header. */
const OWN = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \((\d{9,11}(?:\.\d{1,9})?)\) (?:sockd|danted)\[\d+\]: /;
/** `pass(1): tcp/connect [: ...`: rule, protocol, command, and whether it begins, goes on or ends. */
const RULED = /\b(pass|block)\((\d+)\): (tcp|udp)\/([a-z]+) ([[\]-]): ?(.*)$/;
/** Errors and the end of a session are told behind the ends. */
const SAID = /^(.*?[\d\]])(?:: (.*))?$/;
const COUNTED = /^(\d+) -> (.*) -> (\d+), (\d+) -> (.*) -> (\d+)$/;
const LASTED = /Session duration: (\d+)s/;

/** Dante, a SOCKS server. sockd.conf(5), "log"; the layout of its lines is that of the server's "Logging" manual, version 1.4. */
export const dante: Format = {
  id: 'dante',
  title: 'Dante SOCKS server',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'epoch in parentheses, microseconds; in syslog the header alone',
  traps: [
    'addresses end in a dot and the port',
    'a line of the client alone (`accept`) says that it reached the server, not where it wants to go',
    '`block` at the end of a session is a fault of the client or of its login, no rule',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (!/\b(?:sockd|danted)\[\d+\]: /.test(text)) return no('no tag of Dante');
  return RULED.test(text) ? yes(0.97, 'rule, protocol and command of Dante') : yes(0.85, 'tag of Dante');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  if (!/\b(?:sockd|danted)\[\d+\]: /.test(record.text)) return foreign();
  const [line, verdict, number = '', transport = '', command = '', phase, said = ''] = RULED.exec(record.text) ?? [];
  if (line === undefined) return skipped('message that names no rule');
  // Data that passed between both: their connection is told where it begins and ends.
  if (phase === '-') return skipped('data of a session');
  const [, ends = '', why] = SAID.exec(said) ?? [];
  const isBlocked = verdict === 'block';
  if (command.endsWith('accept') && !isBlocked) return skipped('client that reached the server');
  if (isBlocked && phase === ']' && why !== undefined) return skipped('session that failed');
  const legs = legsOf(ends, command);
  if (legs === undefined) return skipped('session without ends');
  const { client, target, own, bytes } = legs;
  return decoded(
    networkEvent(record, {
      format: 'dante',
      ...whenAndWhere(record, context, LASTED.exec(why ?? '')?.[1]),
      type: 'proxy',
      action: isBlocked ? 'deny' : 'allow',
      actionRaw: verdict,
      src: client,
      dst: target,
      nat: own === undefined ? undefined : natOf(own, {}),
      upstream: target.ip === undefined || isBlocked ? undefined : target,
      initiator: 'src',
      transport,
      direction: 'outbound',
      rule: { id: number },
      bytes,
      state: why?.replace(/\.?\s+Session duration.*/, ''),
    }),
  );
}

interface Legs {
  readonly client: Endpoint;
  readonly target: Endpoint;
  /** The address with which the server goes out. */
  readonly own: Endpoint | undefined;
  readonly bytes: NetworkEvent['bytes'];
}

/** `client server -> own target`, before version 1.3 `client -> target`; at the end with the bytes of both ways between. */
function legsOf(text: string, command: string): Legs | undefined {
  const counted = COUNTED.exec(text);
  const [near = '', far = ''] = counted === null ? text.split(' -> ') : [counted[2] ?? '', counted[5] ?? ''];
  const [client] = near.trim().split(/\s+/).map(endOf);
  const beyond = far.trim().split(/\s+/).map(endOf);
  if (client?.ip === undefined) return undefined;
  // A client that was not let in names no target yet.
  const target = command.endsWith('accept') ? {} : (beyond.at(-1) ?? {});
  const own = beyond.length > 1 ? beyond[0] : undefined;
  return { client, target, own: own?.ip === '0.0.0.0' ? undefined : own, bytes: bytesOf(counted?.[1], counted?.[4]) };
}

/** `user%name@10.0.0.5.40000`, `host.example.443`, `2001:db8::1.443`; only of the client a user stands before it. */
function endOf(text: string): Endpoint {
  const place = text.slice(text.lastIndexOf('@') + 1);
  const dot = place.lastIndexOf('.');
  const host = place.slice(0, dot);
  const ip = parseIp(host);
  return compact({
    ip,
    domain: ip === undefined ? domainName(host) : undefined,
    port: parsePort(place.slice(dot + 1)),
  });
}

function whenAndWhere(
  record: RawRecord,
  context: DecodeContext,
  lasted: string | undefined,
): { clock: string; time: EventTime; host?: string } {
  const raw = OWN.exec(record.text)?.[1];
  const header = raw === undefined ? parseSyslog(record.text, context.reference, context.zoneOffsetMin) : undefined;
  const stamp = raw === undefined ? header?.stamp : parseEpoch(raw);
  const clock = raw === undefined ? 'header' : 'epoch';
  const host = header?.host === undefined ? {} : { host: header.host };
  if (stamp === undefined) return { clock, time: timeFromObserved(record.observed), ...host };
  const basis = lasted === undefined ? 'request-start' : 'flow-end';
  const lo = lasted === undefined ? undefined : micros(stamp.at - (Number(lasted) + 1) * 1_000_000);
  const time = eventTime(stamp, { raw: raw ?? header?.rawTime ?? '', basis, lo, observed: record.observed });
  return { clock, time, ...host };
}
