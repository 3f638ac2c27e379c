import { decoded, foreign, no, skipped, yes } from '../../core/decoded.ts';
import { headed } from '../../core/lines/headed.ts';
import { timeOr } from '../../core/network/device.ts';
import { authorityOf } from '../../core/network/forward-proxy.ts';
import { networkEvent, ruleOf } from '../../core/network/network.ts';
import { parseIso } from '../../core/time/time.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** `date [from ][network:]client accepted network:target [inbound -> outbound] email: user`; older releases name the outbound alone. */
const ACCESS =
  /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) (?:\[\w+\] )?(?:from )?(?:(?:tcp|udp|unix):)?(\S+) (accepted|rejected) +(\S+)(?: +\[([^\]]{0,200})\])?/;
const TARGET = /^(tcp|udp):(\S+)$/;
const DETOUR = /^(?:(.*?) (?:->|>>|==>) )?(.+)$/;
/** Outbounds are named by whoever wrote the configuration: these names are those of the examples. */
const BLOCKS = /^(?:block(?:ed)?|blackhole|reject|deny)$/i;

const access: Format = {
  id: 'xray',
  title: 'Xray and V2Ray access log',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'local time of the proxy without a zone; microseconds, in older releases seconds',
  traps: [
    'a request that a blackhole swallows is `accepted` too: only the name of the outbound tells',
    'the address that the firewall sees is that of the outbound’s server, which the line does not tell',
    '`rejected` is a client that was not understood or not known, and names no target',
  ],
  claims: ({ text }: SniffRecord): Sniff => {
    const target = text.includes(' accepted ') ? ACCESS.exec(text)?.[4] : undefined;
    return target !== undefined && TARGET.test(target)
      ? yes(0.96, 'client accepted network:target')
      : no('no accepted target');
  },
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

/** Access log of Xray and V2Ray (`common/log/access.go`), as files hold it and behind a syslog header. */
export const xray: Format = headed(access);

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const [line, stamp = '', client = '', verb, place = '', detour = ''] = ACCESS.exec(record.text) ?? [];
  if (line === undefined) return foreign();
  const [, transport, target] = TARGET.exec(place) ?? [];
  if (verb === 'rejected' || target === undefined) return skipped('client that was not served');
  // Port 0 is one that is not known.
  const src = authorityOf(client.replace(/:0$/, ''));
  if (src.ip === undefined) return skipped('connection of the proxy itself');
  const [, inbound, outbound] = DETOUR.exec(detour) ?? [];
  if (outbound === 'api') return skipped('control of the proxy');
  return decoded(
    networkEvent(record, {
      format: 'xray',
      clock: 'date',
      time: timeOr(record, parseIso(stamp.replaceAll('/', '-'), context.zoneOffsetMin), stamp, 'request-start'),
      type: 'proxy',
      action: BLOCKS.test(outbound ?? '') ? 'deny' : 'allow',
      actionRaw: outbound,
      src,
      dst: authorityOf(target),
      initiator: 'src',
      transport,
      direction: 'outbound',
      rule: ruleOf(outbound),
      inIf: inbound,
    }),
  );
}
