import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import {
  firstSlsRow,
  isSlsHeader,
  openSls,
  type SlsReader,
  type SlsRow,
  slsIngested,
  slsRow,
  slsStamp,
  slsText,
  sniffSls,
} from '../../core/products/sls.ts';
import { eventTime, micros } from '../../core/time/time.ts';
import type { Endpoint, NatEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { lookAtNatSessions } from './look.ts';

const HEADER = ['pri_ip', 'pub_ip', 'nat_ip'] as const;

/** Session log of the NAT gateway: the bridge from the shared public address to the private one. */
export const alibabaNatSession: Format = {
  id: 'alibaba-nat-session',
  title: 'Alibaba NAT gateway session log',
  roles: ['nat', 'flow'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`start_time`/`end_time` of the session or of its ten-minute window, whole epoch seconds; delivered minutes later',
  traps: [
    'one long session gives a row for each window; only the first window starts with the flow',
    'older exports spell `intstance` and `portocol`',
    'the gateway is no host of processes: its id is left out',
    'delivery is best effort: a missing row proves nothing',
    'for ICMP the port is the ICMP id',
  ],
  claims,
  sniff: (sample) => sniffSls(sample, claims),
  open: (context) => openSls(HEADER, (record, reader) => decode(record, reader, context)),
  isInOrder: true,
  headings: '',
  look: lookAtNatSessions,
};

function claims({ text, json }: SniffRecord): Sniff {
  const row = json === undefined ? undefined : slsRow(firstSlsRow(json));
  const own = row === undefined ? isSlsHeader(text, HEADER) : HEADER.every((name) => row[name] !== undefined);
  return own ? yes(0.98, 'pri_ip, pub_ip and nat_ip of a NAT session') : no('no NAT session');
}

function decode(record: RawRecord, reader: SlsReader, { zoneOffsetMin }: DecodeContext): Decoded {
  const row = reader.read(record);
  if (row === 'header') return skipped('header');
  if (row === undefined) return failed('neither JSON nor a row under a header');
  const transport = transportName(slsText(row, 'protocol', 'portocol'));
  const src = endpoint(row, 'pri', transport);
  const dst = endpoint(row, 'pub', transport);
  const nat = endpoint(row, 'nat', transport);
  const raw = slsText(row, 'start_time');
  const start = slsStamp(raw, zoneOffsetMin);
  if (src === undefined || dst === undefined || nat === undefined) return failed('needs pri_ip, pub_ip and nat_ip');
  if (start === undefined || raw === undefined) return failed('no start_time');
  const end = slsStamp(slsText(row, 'end_time'), zoneOffsetMin);
  const hi = micros(Math.max(start.at, end?.at ?? 0) + start.stepUs);
  const event: NatEvent = compact({
    kind: 'nat' as const,
    format: 'alibaba-nat-session',
    clock: 'start_time',
    time: eventTime(start, { raw, basis: 'window', hi, observed: slsIngested(row, zoneOffsetMin) }),
    ref: record.ref,
    phase: 'session' as const,
    transport: transport ?? 'unknown',
    src,
    dst,
    replySrc: dst,
    replyDst: nat,
  });
  return decoded(event);
}

function endpoint(row: SlsRow, side: string, transport: string | undefined): Endpoint | undefined {
  const ip = parseIp(slsText(row, `${side}_ip`) ?? '');
  if (ip === undefined) return undefined;
  return transport === 'icmp' ? { ip } : compact({ ip, port: parsePort(row[`${side}_port`]) });
}
