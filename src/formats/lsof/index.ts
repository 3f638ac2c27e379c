import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact, numberOf } from '../../core/json/json.ts';
import { printedEndpoint } from '../../core/network/sockaddr.ts';
import { timeFromObserved } from '../../core/time/time.ts';
import type { ProcessEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEADER = /^COMMAND\s+PID\s+(?:TID\s+(?:TASKCMD\s+)?)?(?:PPID\s+)?(?:PGID\s+)?USER\s+FD\s+TYPE\s/;
const ROW =
  /^(\S+)\s+(\d+)\s+(?:.*\s)?(\S+)\s+(?:\d+[a-z]?[A-Zu]?|NOFD)\s+(IPv[46])\s+\S+\s+(?:\S+\s+)?(TCP|UDP|SCTP|UDPLITE)\s+(\S+)(?:\s+\((\w+)\))?\s*$/;
const OTHER = /^\S+\s+\d+\s+.*\s(?:\d+[a-z ]?[A-Zu]?|cwd|rtd|txt|mem|DEL|NOFD|err)\s+\S+\s/;
/** One field of `lsof -F`: its letter, then the value. */
const FIELD = /^[acCdDfFgGikKlLmMnNoPprRsStTuz]/;

/** Sockets as `lsof -i -nP` lists them, as a table or as fields (`-F`). */
export const lsof: Format = {
  id: 'lsof',
  title: 'lsof socket tables',
  roles: ['socket'],
  framing: 'auto',
  status: 'documented',
  clock: 'none',
  traps: [
    'command names are cut to nine letters',
    'without -nP names stand where addresses and ports should: such ends are left out',
    'a shared socket is listed once for each of its processes',
  ],
  claims,
  sniff,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.98, 'lsof header');
  if (text.includes('IPv') && ROW.test(text)) return yes(0.96, 'command, pid, descriptor, IPv4 or IPv6, protocol');
  return / (?:REG|DIR|CHR|FIFO|unix|a_inode|sock|netlink) /.test(text) && OTHER.test(text)
    ? yes(0.7, 'open file of lsof')
    : no('no lsof row');
}

/** Fields stand one a line: only the head as a whole tells them from other short lines. */
function sniff(sample: Sample): Sniff {
  if (isFieldOutput(sample)) return yes(0.95, 'process and file sets of lsof -F');
  const scores = sample.records.map(claims);
  const total = scores.reduce((sum, { score }) => sum + score, 0);
  const best = scores.find(({ score }) => score > 0) ?? no('no lsof row');
  return { score: scores.length === 0 ? 0 : total / scores.length, reason: best.reason };
}

/** A process comes first, then its files. */
function isFieldOutput({ records }: Sample): boolean {
  const first = records.find(({ text }) => /[^\0\s]/.test(text));
  if (first === undefined || !/^[\s\0]*p\d/.test(first.text)) return false;
  const lines = records.flatMap(({ text }) => fieldsOf(text));
  const hasFiles = lines.some((line) => /^f(?:\d+|cwd|rtd|txt|mem|NOFD|err|DEL)/.test(line));
  return /^p\d+$/.test(lines[0] ?? '') && hasFiles && lines.every((line) => FIELD.test(line));
}

/** `-F0` ends fields with NUL and sets with a line break. */
const fieldsOf = (text: string): readonly string[] => text.split('\0').filter((field) => field.trim() !== '');

interface Holder {
  pid?: number | undefined;
  ppid?: number | undefined;
  uid?: number | undefined;
  comm?: string | undefined;
}

interface OpenFile {
  family?: string | undefined;
  protocol?: string | undefined;
  name?: string | undefined;
  state?: string | undefined;
  record: RawRecord;
}

function open(): Decoder {
  let holder: Holder = {};
  let file: OpenFile | undefined;
  let fields = false;
  const close = (): readonly ProcessEvent[] => {
    const event = file === undefined ? undefined : socketEvent(holder, file);
    file = undefined;
    return event === undefined ? [] : [event];
  };
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    if (!fields && /^p\d+(?:\0|$)/.test(text)) fields = true;
    if (!fields) return rowOf(record);
    const events: ProcessEvent[] = [];
    for (const field of fieldsOf(text)) {
      if (!FIELD.test(field)) return failed('no field of lsof -F');
      const value = field.slice(1);
      if (field[0] === 'p') {
        events.push(...close());
        holder = { pid: numberOf(value) };
      } else if (field[0] === 'f') {
        events.push(...close());
        file = { record };
      } else read(field, value, holder, file);
    }
    return decoded(...events);
  };
  return { decode, flush: close };
}

function read(field: string, value: string, holder: Holder, file: OpenFile | undefined): void {
  if (field[0] === 'c') holder.comm = value;
  else if (field[0] === 'u') holder.uid = numberOf(value);
  else if (field[0] === 'R') holder.ppid = numberOf(value);
  else if (file === undefined) return;
  else if (field[0] === 't') file.family = value;
  else if (field[0] === 'P') file.protocol = value;
  else if (field[0] === 'n') file.name = value;
  else if (field.startsWith('TST=')) file.state = value.slice(3);
}

function rowOf(record: RawRecord): Decoded {
  const { text } = record;
  if (text.trim() === '' || HEADER.test(text) || /^(?:lsof: WARNING|\s+Output information)/.test(text))
    return skipped('header or warning');
  const m = ROW.exec(text);
  if (m === null) return OTHER.test(text) ? skipped('not an internet socket') : failed('no lsof row');
  const [, comm, pid, user, family, protocol, name, state] = m;
  const event = socketEvent(
    {
      pid: numberOf(pid),
      uid: /^\d+$/.test(user ?? '') ? numberOf(user) : undefined,
      comm: comm?.replace(/\\x20/g, ' '),
    },
    { family, protocol, name, state, record },
  );
  return event === undefined ? skipped('socket without numeric ends') : decoded(event);
}

function socketEvent(holder: Holder, file: OpenFile): ProcessEvent | undefined {
  if (file.family !== 'IPv4' && file.family !== 'IPv6') return undefined;
  const [left = '', right] = (file.name ?? '').split('->');
  const local = printedEndpoint(left);
  const remote = right === undefined ? {} : printedEndpoint(right);
  if (local === undefined || remote === undefined) return undefined;
  const { record } = file;
  return compact({
    kind: 'process' as const,
    op: 'socket' as const,
    time: timeFromObserved(record.observed),
    ref: record.ref,
    format: 'lsof',
    clock: 'snapshot',
    host: record.host,
    ...holder,
    state: file.state,
    socket: { transport: (file.protocol ?? 'ip').toLowerCase(), local, remote },
  });
}
