import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, compact, textOf, tryJson } from '../../core/json/json.ts';
import { parseEpoch } from '../../core/time/time.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { rowEvent, rowsIn } from './rows.ts';

/** osquery result log: events, snapshots and batches of differences about processes and sockets. */
export const osquery: Format = {
  id: 'osquery',
  title: 'osquery results',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: '`columns.time`, whole seconds; the report is some seconds later; of open sockets and ports the report',
  traps: [
    'audited connects carry no local address or port',
    'events expire unread',
    'tables of what is open now miss what was short',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ json }: SniffRecord): Sniff {
  return rowsIn(json) === undefined ? no('no osquery result') : yes(0.97, 'hostIdentifier and columns');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const rows = rowsIn(json);
  if (rows === undefined) return failed('no columns');
  const reported = parseEpoch(textOf(at(json, 'unixTime')) ?? '');
  const host = textOf(at(json, 'hostIdentifier'));
  const base = compact({
    kind: 'process' as const,
    ref: record.ref,
    format: 'osquery',
    clock: host === undefined ? 'columns.time' : `columns.time@${host}`,
    host,
  });
  const events = rows.flatMap((row) => rowEvent(row, reported) ?? []).map((row) => ({ ...base, ...row }));
  return events.length === 0 ? skipped('row of no process event') : decoded(...events);
}
