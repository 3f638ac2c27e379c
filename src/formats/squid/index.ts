import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { headed } from '../../core/lines/headed.ts';
import { targetOf } from '../../core/network/forward-proxy.ts';
import { parseIp } from '../../core/network/ip.ts';
import { bytesOf } from '../../core/network/network.ts';
import {
  type CommonLine,
  clientOf,
  commonLine,
  commonStamp,
  proxied,
  proxiedEvent,
} from '../../core/products/common-log.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { eventTime, micros, parseEpoch, parseIso } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** `%ts.%03tu`, and what stands there where people want to read it: `%tl`, `[%tl]`, an ISO date. */
const STAMP = String.raw`\d{9,10}(?:\.\d{3})?|\[[^\]\n]{8,40}\]|\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?: ?(?:Z|[+-]\d\d:?\d\d))?`;
const LINE = new RegExp(
  String.raw`^(${STAMP})\s+(-?\d+)\s+(\S+)\s+([A-Z_]+(?:\+[A-Z_]+)*)\/(\d{3})\s+-?(\d+)\s+(\S+)\s+(\S+)\s+(\S+)\s+([A-Z_0-9]+)\/(\S+)\s+(\S+)`,
);

/** `RESULT:HIERARCHY`, the last cell of `logformat common` and `combined` (squid.conf, logformat). */
const RESULT = /(?:^|\s)([A-Z][A-Z_]+):[A-Z_]+(?:\s|$)/;

/** Squid's native access.log, and its `common` and `combined` formats. */
export const squid: Format = headed({
  id: 'squid',
  title: 'Squid access.log (native, common)',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'epoch ms at the END of the transaction; start = stamp - elapsed',
  traps: [
    'a CONNECT tunnel is logged when it closes, hours later',
    'no client port',
    'TCP_DENIED/407 is only an authentication challenge',
    'the common format tells the verdict only in its last cell, and all-digit dates are ambiguous: they are not read',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
});

function claims({ text }: SniffRecord): Sniff {
  if (LINE.test(text)) return yes(0.96, 'epoch elapsed client RESULT/status ... HIERARCHY/peer');
  const line = commonLine(text);
  // Without its result a log tells no verdict: nothing in it would not mean that nothing was refused.
  return line !== undefined && (RESULT.test(line.rest) || isOwnLayout(line))
    ? yes(0.92, 'common log format of a proxied request, with its result or a stamp of its own')
    : no('no Squid line');
}

/** Web servers write one kind of stamp; `logformat` takes any. */
function isOwnLayout({ raw, request }: CommonLine): boolean {
  return !/^\d\d\/[A-Z][a-z]{2}\/\d{4}:/.test(raw) && proxied(request) !== undefined;
}

function stampOf(raw: string, zoneOffsetMin: number): Stamp | undefined {
  if (/^\d+(?:\.|$)/.test(raw)) return parseEpoch(raw);
  const text = raw.replace(/^\[|\]$/g, '');
  return commonStamp(text, zoneOffsetMin) ?? parseIso(text.replace(/ (?=Z|[+-]\d\d)/, ''), zoneOffsetMin);
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const match = LINE.exec(record.text);
  if (match === null) return decodeCommon(record, context);
  const [
    ,
    raw = '',
    elapsed = '0',
    client = '',
    result = '',
    status = '',
    size,
    method = '',
    url = '',
    ,
    hierarchy = '',
    peer = '',
  ] = match;
  const stamp = stampOf(raw, context.zoneOffsetMin);
  if (stamp === undefined) return failed('the time is none');
  const target = targetOf(method, url);
  const peerIp = parseIp(peer);
  const denied = result.includes('DENIED');
  const event: NetworkEvent = compact({
    kind: 'network' as const,
    format: 'squid',
    clock: 'end',
    time: eventTime(stamp, {
      raw,
      basis: 'completion',
      lo: micros(stamp.at - Math.max(0, Number(elapsed)) * 1000 - stamp.stepUs),
      hi: micros(stamp.at + stamp.stepUs),
    }),
    ref: record.ref,
    host: record.host,
    type: 'proxy' as const,
    action: denied ? ('deny' as const) : /^(?:NONE|TAG_NONE)/.test(result) ? ('unknown' as const) : ('allow' as const),
    actionRaw: `${result}/${status}`,
    src: clientOf(client),
    dst: compact({
      ip: target.ip ?? (hierarchy.includes('PARENT') ? undefined : peerIp),
      port: target.port,
      domain: target.domain,
    }),
    initiator: 'src' as const,
    transport: 'tcp',
    direction: 'outbound' as const,
    http: compact({ method, url, host: target.domain ?? target.ip, status: Number(status) }),
    upstream: peerIp === undefined ? undefined : compact({ ip: peerIp, port: target.port }),
    bytes: bytesOf(undefined, size),
    state: hierarchy,
  });
  return decoded(event);
}

function decodeCommon(record: RawRecord, context: DecodeContext): Decoded {
  const line = commonLine(record.text);
  if (line === undefined) return failed('no Squid line');
  const actionRaw = RESULT.exec(line.rest)?.[1];
  const action = actionRaw === undefined ? 'unknown' : actionRaw.includes('DENIED') ? 'deny' : 'allow';
  const event = proxiedEvent(record, line, context, { format: 'squid', action, actionRaw });
  return event === undefined ? skipped('request without a host') : decoded(event);
}
