import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { timeFromObserved } from '../../core/time/time.ts';
import type { ProcessEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { bsdRow, isBsd, linuxRow, type Row, windowsRow } from './rows.ts';

const HEADER = /^Active Internet connections|^Proto\s+Recv-Q\s+Send-Q\s+Local Address|^\s+Proto\s{2,}\p{L}/u;
/** What Windows writes above it, in its language. */
const TITLE = /^\p{L}[\p{L} ]*$/u;
const OTHER =
  /^(?:Active |Proto |unix\s|raw6?\s|\s*$|\(|icm\w*\s|kctl|kevt|Registered kernel|Address\s|[0-9a-f]{8,16}\s)/;
/** Windows, `-b`: the program that has the socket above, below the service that it runs. */
const PROGRAM = /^ \[([^\]]+)\]\s*$/;
const OWNER = /^ {1,2}\S[^:]*$/;

/** `netstat -tunap` of net-tools, `-ano` of Windows, `-an` of BSD and macOS. */
export const netstat: Format = {
  id: 'netstat',
  title: 'netstat socket tables',
  roles: ['socket'],
  framing: 'auto',
  status: 'real',
  clock: 'none',
  traps: [
    'the program name is cut',
    'one owner per socket is shown even when several share it',
    'BSD names no process, macOS only with `-v`',
  ],
  claims,
  sniff,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.98, 'netstat header');
  if (linuxRow(text) !== undefined || isBsd(text)) return yes(0.96, 'protocol, queues and two addresses');
  return windowsRow(text) === undefined ? no('no netstat row') : yes(0.9, 'protocol, two addresses, state and pid');
}

/** Windows may name programs between the rows. */
function sniff(sample: Sample): Sniff {
  const isHeaded = sample.records.some(({ text }) => HEADER.test(text));
  const hasRow = sample.records.some(({ text }) => windowsRow(text) !== undefined);
  return isHeaded && hasRow ? yes(0.95, 'netstat header, and a socket of Windows') : sniffMean(sample, claims);
}

function open(): Decoder {
  let columns: readonly string[] = [];
  /** A row of Windows, whose program may follow. */
  let held: ProcessEvent | undefined;
  const take = (next?: ProcessEvent): readonly ProcessEvent[] => {
    const before = held === undefined ? [] : [held];
    held = next;
    return before;
  };
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    const windows = windowsRow(text);
    if (windows !== undefined) return decoded(...take(eventOf(record, windows)));
    const program = PROGRAM.exec(text)?.[1];
    if (program !== undefined && held !== undefined) held = { ...held, comm: program };
    if (held !== undefined && (program !== undefined || OWNER.test(text))) return skipped('program of a socket');
    if (HEADER.test(text)) {
      columns = /\(state\)\s+(.*)$/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
      return skipped('header');
    }
    if (OTHER.test(text) || TITLE.test(text)) return skipped('header or other socket');
    const row = linuxRow(text) ?? bsdRow(text, columns);
    if (row === 'cut') return skipped('address that is cut');
    if (row === 'named') return skipped('socket without numeric ends');
    return row === undefined ? failed('no netstat row') : decoded(eventOf(record, row));
  };
  return { decode, flush: () => take() };
}

function eventOf(record: RawRecord, { transport, local, remote, ...row }: Row): ProcessEvent {
  return compact({
    kind: 'process' as const,
    op: 'socket' as const,
    time: timeFromObserved(record.observed),
    ref: record.ref,
    format: 'netstat',
    clock: 'snapshot',
    host: record.host,
    ...row,
    socket: { transport, local, remote },
  });
}
