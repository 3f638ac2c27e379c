import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, textOf, tryJson } from '../../core/json/json.ts';
import { domainName, parseIp } from '../../core/network/ip.ts';
import { eventTime, parseEpoch, parseIso } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Egress sidecar of OpenSandbox: allowed lookups as log lines, denials as webhook bodies. */
export const opensandboxEgress: Format = {
  id: 'opensandbox-egress',
  title: 'OpenSandbox egress sidecar',
  roles: ['dns', 'flow', 'violation'],
  framing: 'auto',
  status: 'documented',
  clock: '`ts`: ISO 8601 ms with zone, or epoch seconds, when the lookup was answered; webhooks: RFC 3339 seconds',
  traps: ['only allowed lookups are logged; denials exist as webhook bodies or as a counter', 'names, not connections'],
  claims,
  open: () => ({ decode }),
};

function claims({ json }: SniffRecord): Sniff {
  if (at(json, 'logger') === 'opensandbox.egress' || textOf(at(json, 'opensandbox.event')) !== undefined)
    return yes(0.98, 'logger opensandbox.egress');
  return isDenial(json) ? yes(0.9, 'denial webhook with hostname and sandboxId') : no('no OpenSandbox record');
}

function isDenial(json: unknown): boolean {
  return ['hostname', 'timestamp', 'sandboxId', 'source'].every((key) => textOf(at(json, key)) !== undefined);
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const denied = isDenial(json);
  const event = textOf(at(json, 'opensandbox.event'));
  if (!denied && event === undefined)
    return at(json, 'logger') === undefined ? failed('no OpenSandbox record') : skipped('other message');
  if (!denied && event !== 'egress.outbound') return skipped('policy change');
  const raw = textOf(at(json, denied ? 'timestamp' : 'ts')) ?? '';
  const stamp = parseIso(raw) ?? parseEpoch(raw);
  if (stamp === undefined) return failed('no time');
  const name = domainName(textOf(at(json, denied ? 'hostname' : 'target.host')));
  const answers = arrayOf(at(json, 'target.ips'))
    .map((ip) => parseIp(textOf(ip) ?? ''))
    .filter((ip) => ip !== undefined);
  const peer = parseIp(textOf(at(json, 'peer')) ?? '') ?? (answers.length === 1 ? answers[0] : undefined);
  const error = textOf(at(json, 'error'));
  const lookup: NetworkEvent = compact({
    kind: 'network' as const,
    format: 'opensandbox-egress',
    clock: denied ? 'timestamp' : 'ts',
    time: eventTime(stamp, { raw, basis: 'event', beforeUs: 1_000_000 }),
    ref: record.ref,
    type: name === undefined ? ('flow' as const) : ('dns' as const),
    action: denied ? ('deny' as const) : ('allow' as const),
    actionRaw: error,
    src: {},
    dst: compact({ ip: peer, domain: name }),
    direction: 'outbound' as const,
    dns: name === undefined ? undefined : compact({ name, answers: answers.length > 0 ? answers : undefined }),
    sandboxId: textOf(at(json, denied ? 'sandboxId' : 'sandbox_id')),
  });
  return decoded(lookup);
}
