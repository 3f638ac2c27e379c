import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact, numberOf } from '../../core/json/json.ts';
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
import { wordTable } from '../../core/word-table.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { lookAtVpcFlows } from './look.ts';

const HEADER = ['eni-id', 'srcaddr', 'dstaddr', 'log-status'] as const;
const ACTIONS = wordTable<NetworkEvent['action']>({ ACCEPT: 'allow', REJECT: 'deny' });

/** VPC flow log of Alibaba Cloud: one row for a flow and window. */
export const alibabaVpcFlow: Format = {
  id: 'alibaba-vpc-flow',
  title: 'Alibaba VPC flow log',
  roles: ['flow', 'violation'],
  framing: 'auto',
  status: 'documented',
  clock: '`start`: first packet in the window, `end`: end of the window, whole epoch seconds',
  traps: [
    'keys have hyphens; one page prints `rafficPath` for `traffic_path`',
    'a long flow gives a row for each window of 1, 5 or 10 minutes; later rows do not start with the flow',
    'the address is that of the network interface: the worker host or the Pod',
  ],
  describesHosts: true,
  claims,
  sniff: (sample) => sniffSls(sample, claims),
  open: (context) => openSls(HEADER, (record, reader) => decode(record, reader, context)),
  isInOrder: true,
  headings: '',
  look: lookAtVpcFlows,
};

function claims({ text, json }: SniffRecord): Sniff {
  const row = json === undefined ? undefined : slsRow(firstSlsRow(json));
  const own =
    row === undefined ? isSlsHeader(text, HEADER) : row['eni-id'] !== undefined && row['log-status'] !== undefined;
  if (!own) return no('no VPC flow');
  // Other clouds have hyphenated flow logs too; `vm-id` and `vswitch-id` are Alibaba's.
  return row?.['__topic__'] === 'flow_log' || /(?:^|[",;\t])(?:vm-id|vswitch-id)(?:[",;\t]|$)/.test(text)
    ? yes(0.99, 'hyphenated keys with vm-id or vswitch-id')
    : yes(0.6, 'hyphenated keys of a VPC flow');
}

function decode(record: RawRecord, reader: SlsReader, { zoneOffsetMin }: DecodeContext): Decoded {
  const row = reader.read(record);
  if (row === 'header') return skipped('header');
  if (row === undefined) return failed('neither JSON nor a row under a header');
  const status = slsText(row, 'log-status');
  if (status === 'NODATA') return skipped('window without traffic');
  const raw = slsText(row, 'start');
  const start = slsStamp(raw, zoneOffsetMin);
  if (start === undefined || raw === undefined) return failed('no start');
  const end = slsStamp(slsText(row, 'end'), zoneOffsetMin);
  const hi = micros(Math.max(start.at, end?.at ?? 0) + start.stepUs);
  const time = eventTime(start, { raw, basis: 'window', hi, observed: slsIngested(row, zoneOffsetMin) });
  if (status === 'SKIPDATA') {
    const from = start.at;
    return decoded({
      kind: 'coverage',
      format: 'alibaba-vpc-flow',
      clock: 'start',
      time,
      ref: record.ref,
      reason: 'lost',
      from,
      to: hi,
    });
  }
  const event = flowEvent(row, record.ref, time);
  return event === undefined ? failed('no addresses') : decoded(event);
}

function flowEvent(row: SlsRow, ref: SourceRef, time: EventTime): NetworkEvent | undefined {
  const src = parseIp(slsText(row, 'srcaddr') ?? '');
  const dst = parseIp(slsText(row, 'dstaddr') ?? '');
  if (src === undefined || dst === undefined) return undefined;
  const transport = transportName(slsText(row, 'protocol'));
  const ported = transport === 'tcp' || transport === 'udp' || transport === 'sctp';
  const port = (key: string): number | undefined => (ported ? parsePort(slsText(row, key)) : undefined);
  const actionRaw = slsText(row, 'action');
  const bytes = numberOf(slsText(row, 'bytes'));
  const direction = slsText(row, 'direction');
  return compact({
    kind: 'network' as const,
    format: 'alibaba-vpc-flow',
    clock: 'start',
    time,
    ref,
    type: 'flow' as const,
    action: ACTIONS[(actionRaw ?? '').toUpperCase()] ?? 'unknown',
    actionRaw,
    src: compact({ ip: src, port: port('srcport') }),
    dst: compact({ ip: dst, port: port('dstport') }),
    // Only SYN was seen from this side in the window: it opened the flow.
    initiator: transport === 'tcp' && slsText(row, 'tcp-flags') === '2' ? ('src' as const) : undefined,
    transport,
    direction: direction === 'out' ? ('outbound' as const) : direction === 'in' ? ('inbound' as const) : undefined,
    observer: slsText(row, 'eni-id'),
    host: slsText(row, 'vm-id'),
    bytes: bytes === undefined ? undefined : { toDst: bytes },
  });
}
