import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { parseIp, splitHostPort, transportName } from '../../core/ip.ts';
import { compact } from '../../core/json.ts';
import { eventTime, parseSlashed } from '../../core/time.ts';
import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE =
  /^(\d\d\/\d\d\/\d{4}-\d\d:\d\d:\d\d\.\d{1,6})\s+(?:\[(Drop|wDrop|reject)\] )?\[\*\*\]\s+\[(\d+):(\d+):(\d+)\]\s+(.*?)\s+\[\*\*\]\s+(?:\[Classification: ([^\]]*)\]\s+)?(?:\[Priority: (\d+)\]\s+)?\{([^}]+)\}\s+(\S+) -> (\S+)/;

/** Suricata `fast.log`: four-digit year in the date. */
export const suricataFast: Format = {
  id: 'suricata-fast',
  title: 'Suricata fast.log',
  roles: ['violation'],
  framing: 'auto',
  status: 'real',
  clock: 'packet time in the sensor’s local zone, no zone written',
  traps: ['repeats every alert of eve.json', 'no flow id, no application fields', '[Drop] marks blocked packets'],
  claims: ({ text }: SniffRecord): Sniff =>
    text.includes('[**]') && LINE.test(text)
      ? yes(0.97, 'dated line with [**] [gid:sid:rev] and {PROTO}')
      : no('not a fast.log line'),
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const match = LINE.exec(record.text);
  if (match === null) return failed('not a fast.log line');
  const [, raw = '', mark, gid, sid, rev, name, classification, priority, proto = '', from = '', to = ''] = match;
  const stamp = parseSlashed(raw, context.reference, context.zoneOffsetMin);
  if (stamp === undefined) return failed('the date is none');
  const event: NetworkEvent = compact({
    kind: 'network' as const,
    format: 'suricata-fast',
    clock: 'timestamp',
    time: eventTime(stamp, { raw, basis: 'packet' }),
    ref: record.ref,
    host: record.host,
    type: 'alert' as const,
    action: mark === undefined ? ('alert' as const) : ('deny' as const),
    actionRaw: mark,
    src: endpoint(from),
    dst: endpoint(to),
    transport: transportName(proto),
    rule: compact({ id: `${gid}:${sid}:${rev}`, name, category: classification }),
    severity: priority === undefined ? undefined : Math.max(0, 4 - Number(priority)),
    severityRaw: priority,
  });
  return decoded(event);
}

function endpoint(text: string): Endpoint {
  const { host, port } = splitHostPort(text);
  return compact({ ip: parseIp(host), port });
}
