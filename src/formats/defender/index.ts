import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { domainName, parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Rows of Microsoft Defender's tables of devices, as hunting exports them or as they are streamed. */
export const defender: Format = {
  id: 'defender',
  title: 'Microsoft Defender device events',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'documented',
  clock: '`Timestamp`, 100 ns, UTC, of the device',
  traps: [
    'of a new process `InitiatingProcessId` is the parent; of a connection it is the process itself',
    'the hour in `time` of a streamed row is when it was sent',
    'alike connections of an hour may be told once',
  ],
  claims,
  open: () => ({ decode }),
};

type Op = ProcessEvent['op'];
const OPS = wordTable<Op>({
  ProcessCreated: 'exec',
  ConnectionSuccess: 'connect',
  ConnectionAttempt: 'connect',
  ConnectionRequest: 'connect',
  ConnectionFailed: 'connect',
  ConnectionFound: 'socket',
  InboundConnectionAccepted: 'accept',
  ListeningConnectionCreated: 'bind',
});
const RESULTS = wordTable<ProcessEvent['result']>({ ConnectionSuccess: 'ok', ConnectionFailed: 'fail' });

/** A query may leave any column out: one of these is left of a row. */
const MARKS = ['DeviceId', 'ReportId', 'InitiatingProcessId', 'InitiatingProcessFileName'] as const;

/** A row as it is, or with an envelope around it. */
function rowIn(json: unknown): JsonObject | undefined {
  const row = isObject(at(json, 'properties')) ? at(json, 'properties') : json;
  if (!isObject(row) || stampOf(row) === '') return undefined;
  const isNamed = ['ActionType', 'DeviceName'].every((key) => typeof row[key] === 'string');
  return isNamed && MARKS.some((key) => key in row) ? row : undefined;
}

const stampOf = (row: JsonObject): string => textOf(row['Timestamp']) ?? textOf(row['TimeGenerated']) ?? '';

function claims({ json }: SniffRecord): Sniff {
  return rowIn(json) === undefined ? no('no device event') : yes(0.96, 'ActionType and DeviceName');
}

function decode(record: RawRecord): Decoded {
  const row = rowIn(tryJson(record.text));
  if (row === undefined) return failed('no device event');
  const raw = stampOf(row);
  const stamp = parseIso(raw);
  if (stamp === undefined) return failed('no time');
  const op = OPS[textOf(row['ActionType']) ?? ''];
  const part = op === undefined ? undefined : op === 'exec' ? execOf(row) : connectionOf(row, op);
  if (part === undefined) return skipped('event without meaning here');
  const host = textOf(row['DeviceName']);
  const base = {
    kind: 'process' as const,
    time: eventTime(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'defender',
    clock: `Timestamp@${host}`,
    host,
  };
  return decoded(compact({ ...base, ...part }));
}

type Part = Partial<ProcessEvent> & Pick<ProcessEvent, 'op'>;

function execOf(row: JsonObject): Part {
  return compact({
    op: 'exec' as const,
    pid: numberOf(row['ProcessId']),
    ppid: numberOf(row['InitiatingProcessId']),
    start: parseIso(textOf(row['ProcessCreationTime']) ?? '')?.at,
    exe: textOf(row['FolderPath']),
    comm: textOf(row['FileName']),
    commandLine: textOf(row['ProcessCommandLine']),
  });
}

function connectionOf(row: JsonObject, op: Op): Part | undefined {
  const end = (side: 'Local' | 'Remote'): Endpoint =>
    compact({
      ip: parseIp(textOf(row[`${side}IP`]) ?? ''),
      port: parsePort(row[`${side}Port`]),
      domain: side === 'Remote' ? domainOf(textOf(row['RemoteUrl'])) : undefined,
    });
  const [local, remote] = [end('Local'), op === 'bind' ? {} : end('Remote')];
  if (local.ip === undefined && remote.ip === undefined) return undefined;
  return compact({
    op,
    pid: numberOf(row['InitiatingProcessId']),
    ppid: numberOf(row['InitiatingProcessParentId']),
    start: parseIso(textOf(row['InitiatingProcessCreationTime']) ?? '')?.at,
    exe: textOf(row['InitiatingProcessFolderPath']),
    comm: textOf(row['InitiatingProcessFileName']),
    commandLine: textOf(row['InitiatingProcessCommandLine']),
    result: RESULTS[textOf(row['ActionType']) ?? ''],
    socket: { transport: transportName(textOf(row['Protocol'])?.toLowerCase()) ?? 'ip', local, remote },
  });
}

/** A name, or an address of the web that begins with it. */
function domainOf(url: string | undefined): string | undefined {
  const host = url?.replace(/^[a-z]+:\/\//i, '').split(/[/:?]/, 1)[0];
  return domainName(host);
}
