import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { headed } from '../../core/lines/headed.ts';
import { type Alert, alertEvent, endpointOfCells, endpointOfPair } from '../../core/network/ids.ts';
import { splitRow } from '../../core/tables/table.ts';
import { eventTime, parseSlashed } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const DATE = '\\d\\d\\/\\d\\d(?:\\/\\d\\d)?-\\d\\d:\\d\\d:\\d\\d\\.\\d{1,9}';
/** Snort 2: time, generator, sid, rev, "message", protocol. */
const SECOND = new RegExp(`^${DATE}\\s*,\\d+,\\d+,\\d+,(?:"[^"]*"|[^,"]*),[\\w:-]*,`);
/** Snort 3: time, packet number, protocol, generator, length, direction, src_ap, dst_ap, rule, action. */
const THIRD = new RegExp(`^${DATE},\\s*\\d+,\\s*[\\w:-]+,\\s*\\w+,\\s*\\d+,\\s*\\w+,[^,]*,[^,]*,\\s*\\d+:\\d+:\\d+,`);

/** Snort `alert_csv` in the default columns of Snort 2, of pfSense and of Snort 3. */
export const snortCsv: Format = headed({
  id: 'snort-csv',
  title: 'Snort alert_csv',
  roles: ['violation'],
  framing: 'auto',
  status: 'real',
  clock: 'packet time in the sensor’s local zone; no zone, the year missing or in two digits',
  traps: [
    'columns are set by configuration and there is no header: only the three default orders are read',
    'pfSense ends a row with what the rule does and what became of the packet',
  ],
  claims: ({ text }: SniffRecord): Sniff =>
    SECOND.test(text) || THIRD.test(text) ? yes(0.96, 'columns of Snort alert_csv') : no('not alert_csv'),
  open: (context) => ({ decode: (record) => decode(record, context) }),
});

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const cells = splitRow(record.text).map((cell) => cell.trim());
  const raw = cells[0] ?? '';
  if (raw === 'timestamp') return skipped('header');
  const stamp = parseSlashed(raw, context.reference, context.zoneOffsetMin);
  const row = stamp === undefined ? undefined : THIRD.test(record.text) ? readThird(cells) : readSecond(cells);
  if (stamp === undefined || row === undefined || row.alert.src.ip === undefined) return failed('not alert_csv');
  return decoded(
    alertEvent(record, row.alert, {
      format: 'snort-csv',
      clock: 'timestamp',
      time: eventTime(stamp, { raw, basis: 'packet', observed: record.observed }),
      actionRaw: row.action,
      ruleId: row.alert.sid,
      more: row.more,
    }),
  );
}

interface Row {
  readonly alert: Alert;
  readonly action: string | undefined;
  readonly more: Partial<NetworkEvent>;
}

const some = (cell: string | undefined): string | undefined => (cell === '' ? undefined : cell);
const count = (cell: string | undefined): number | undefined =>
  cell !== undefined && /^\d+$/.test(cell) ? Number(cell) : undefined;

function readSecond(cells: readonly string[]): Row | undefined {
  const [, gid = '', sid = '', rev = '', name, transport, src, srcPort, dst, dstPort] = cells;
  if (!/^\d+$/.test(sid)) return undefined;
  const base = {
    gid,
    sid,
    rev,
    name: some(name),
    transport: some(transport),
    src: endpointOfCells(src, srcPort),
    dst: endpointOfCells(dst, dstPort),
  };
  // pfSense: id, classification, priority, action, disposition.
  if (cells.length <= 16) {
    const alert = { ...base, category: some(cells[11]), priority: some(cells[12]) };
    return { alert, action: some(cells[14]) ?? some(cells[13]), more: compact({ ipId: count(cells[10]) }) };
  }
  const seq = /^0x([0-9A-Fa-f]{1,8})$/.exec(cells[14] ?? '')?.[1];
  const type = count(cells[23]);
  const icmp = type === undefined ? undefined : compact({ type, code: count(cells[24]), id: count(cells[25]) });
  const more = compact({ seq: seq === undefined ? undefined : Number.parseInt(seq, 16), ipId: count(cells[20]), icmp });
  return { alert: base, action: undefined, more };
}

function readThird(cells: readonly string[]): Row {
  const [, , transport, , , direction, src = '', dst = '', rule = '', action] = cells;
  const [gid = '', sid = '', rev = ''] = rule.split(':');
  const alert = { gid, sid, rev, transport, src: endpointOfPair(src, transport), dst: endpointOfPair(dst, transport) };
  const initiator = direction === 'C2S' ? ('src' as const) : direction === 'S2C' ? ('dst' as const) : undefined;
  return { alert, action: some(action), more: compact({ initiator }) };
}
