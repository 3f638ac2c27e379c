import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { numberOf } from '../../core/json/json.ts';
import { headed } from '../../core/lines/headed.ts';
import { transportName } from '../../core/network/ip.ts';
import { actionOf, directionOf, endpointOf, networkEvent, ruleOf, timeOf, wordOf } from '../../core/network/network.ts';
import { wordTable } from '../../core/word-table.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEAD = '^(\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?) (\\w+) (\\S+) ';
const TAIL = '(?: \\[(\\d+) packets? in ([\\d.]+)(ms|s|m)\\])?';
/** Since v1.13: table policy rule direction action priority applied-to sip sport dip dport protocol length label. */
const CURRENT = new RegExp(
  `${HEAD}(\\S+) (Ingress|Egress|<nil>) (\\w+) (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) (\\d+)(?: (.+?))?${TAIL}$`,
);
/** Before: table policy action priority sip sport dip dport protocol length. */
const BEFORE_RULES = new RegExp(`${HEAD}(\\w+) (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) (\\S+) (\\d+)${TAIL}$`);
/** First releases: table policy action priority SRC: sip DEST: dip length protocol. */
const FIRST = new RegExp(`${HEAD}(\\w+) (\\S+) SRC: (\\S+) DEST: (\\S+) (\\d+) (\\S+)${TAIL}$`);
const UNITS = wordTable<number>({ ms: 1000, s: 1_000_000, m: 60_000_000 });
const DEDUPLICATION_US = 1_000_000;

/** Antrea's `np.log`: traffic that met a policy rule with logging on. */
export const k8sAntrea: Format = headed({
  id: 'k8s-antrea',
  title: 'Antrea network policy log',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'leading date and time: us, the zone of the node, which is not written',
  traps: ['equal packets within 1 s become one line with a count', 'ICMP has <nil> ports', 'one file per node'],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
});

interface Line {
  readonly stamp: string;
  readonly policy: string | undefined;
  readonly rule: string | undefined;
  readonly direction: string | undefined;
  readonly action: string;
  readonly src: readonly [string, string | undefined];
  readonly dst: readonly [string, string | undefined];
  readonly pod: string | undefined;
  readonly protocol: string;
  readonly repeats: readonly (string | undefined)[];
}

function readLine(text: string): Line | undefined {
  let m = CURRENT.exec(text);
  if (m !== null) {
    const [
      ,
      stamp = '',
      ,
      policy,
      rule,
      direction,
      action = '',
      ,
      pod,
      sip = '',
      sport,
      dip = '',
      dport,
      protocol = '',
    ] = m;
    const repeats = m.slice(16, 19);
    return { stamp, policy, rule, direction, action, pod, src: [sip, sport], dst: [dip, dport], protocol, repeats };
  }
  m = BEFORE_RULES.exec(text);
  const none = { rule: undefined, pod: undefined };
  if (m !== null) {
    const [, stamp = '', table = '', policy, action = '', , sip = '', sport, dip = '', dport, protocol = ''] = m;
    const direction = directionOfTable(table);
    const repeats = m.slice(12, 15);
    return { ...none, stamp, policy, direction, action, src: [sip, sport], dst: [dip, dport], protocol, repeats };
  }
  m = FIRST.exec(text);
  if (m === null) return undefined;
  const [, stamp = '', table = '', policy, action = '', , sip = '', dip = '', , protocol = ''] = m;
  const direction = directionOfTable(table);
  const repeats = m.slice(10, 13);
  return { ...none, stamp, policy, direction, action, src: [sip, undefined], dst: [dip, undefined], protocol, repeats };
}

/** The OpenFlow table names its side: AntreaPolicyEgressRule, IngressDefaultRule. */
function directionOfTable(table: string): string | undefined {
  return table.includes('Egress') ? 'Egress' : table.includes('Ingress') ? 'Ingress' : undefined;
}

function claims({ text }: SniffRecord): Sniff {
  if (!/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/.test(text)) return no('no leading date');
  return /^\S+ \S+ \w*(?:Ingress|Egress)\w* \S+/.test(text) && readLine(text) !== undefined
    ? yes(0.97, 'policy table, policy and tuple of Antrea')
    : no('no policy table of Antrea');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const line = readLine(record.text.trimEnd());
  if (line === undefined) return failed('not a policy line');
  const [packets, spread, unit] = line.repeats;
  const spreadUs = spread === undefined ? 0 : Number(spread) * (UNITS[unit ?? 's'] ?? 0);
  const beforeUs = Math.max(DEDUPLICATION_US, Math.ceil(spreadUs));
  const policy = wordOf(line.policy);
  const rule = wordOf(line.rule);
  return decoded(
    networkEvent(record, {
      format: 'k8s-antrea',
      clock: 'np.log',
      time: timeOf(line.stamp, record, { basis: 'packet', beforeUs }, context.zoneOffsetMin),
      type: 'packet',
      action: actionOf(line.action),
      actionRaw: line.action,
      src: endpointOf(line.src[0], wordOf(line.src[1])),
      dst: endpointOf(line.dst[0], wordOf(line.dst[1])),
      transport: transportName(line.protocol),
      direction: directionOf(line.direction),
      rule: ruleOf(rule ?? policy, policy),
      count: numberOf(packets),
      srcPod: line.direction === 'Egress' ? wordOf(line.pod) : undefined,
      dstPod: line.direction === 'Ingress' ? wordOf(line.pod) : undefined,
    }),
  );
}
