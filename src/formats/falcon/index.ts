import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import { instantOf } from '../../core/time/instant.ts';
import { eventTime } from '../../core/time/time.ts';
import { forgetOldest } from '../../core/tools/tool-call.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Events of CrowdStrike Falcon's sensor, as its data replicator stores them. */
export const falcon: Format = {
  id: 'falcon',
  title: 'CrowdStrike Falcon sensor events',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'documented',
  clock:
    "`ContextTimeStamp` or `ProcessStartTime`, epoch seconds with a fraction, of the host; `timestamp` is the cloud's",
  traps: [
    '`TargetProcessId`, `ContextProcessId` and `ParentProcessId` are ids of the sensor; the pid is `RawProcessId` alone',
    'connections name no pid: their process is found by its id',
    'all values are text',
  ],
  claims,
  open: () => {
    const names = new Map<string, string>();
    return { decode: (record) => decode(record, names) };
  },
};

function claims({ json }: SniffRecord): Sniff {
  const isEvent = isObject(json) && typeof json['event_simpleName'] === 'string' && typeof json['aid'] === 'string';
  return isEvent ? yes(0.97, 'event_simpleName and aid') : no('no sensor event');
}

/** `names`: of hosts, by the id of their sensor; not every event has one. */
function decode(record: RawRecord, names: Map<string, string>): Decoded {
  const json = tryJson(record.text);
  if (!isObject(json)) return failed('no sensor event');
  const name = (textOf(json['event_simpleName']) ?? '').replace(/(?:V\d+)?(?:(IP[46])(?:V\d+)?)?$/, '');
  const part = partOf(json, name);
  if (part === undefined) return skipped('event without meaning here');
  const starts = part.op === 'exec' ? instantOf(json['ProcessStartTime']) : undefined;
  const stamp = starts ?? instantOf(json['ContextTimeStamp']) ?? instantOf(json['timestamp']);
  if (stamp === undefined) return failed('no time');
  const sensor = textOf(json['aid']) ?? '';
  const named = textOf(json['ComputerName']);
  if (named !== undefined) names.set(sensor, named);
  forgetOldest(names, 100_000);
  const host = names.get(sensor) ?? sensor;
  const base = {
    kind: 'process' as const,
    time: eventTime(stamp.stamp, { raw: stamp.raw, basis: 'event', observed: instantOf(json['timestamp'])?.stamp.at }),
    ref: record.ref,
    format: 'falcon',
    clock: `sensor@${host}`,
    host,
  };
  return decoded(compact({ ...base, ...part }));
}

type Part = Partial<ProcessEvent> & Pick<ProcessEvent, 'op'>;

function partOf(json: JsonObject, name: string): Part | undefined {
  const word = (key: string): string | undefined => textOf(json[key]);
  switch (name) {
    case 'ProcessRollup2':
    case 'SyntheticProcessRollup2':
      return compact({
        op: 'exec' as const,
        pid: numberOf(json['RawProcessId']),
        entityId: word('TargetProcessId'),
        parentEntityId: word('ParentProcessId'),
        uid: numberOf(json['UID']),
        exe: word('ImageFileName'),
        commandLine: word('CommandLine'),
      });
    case 'EndOfProcess':
    case 'TerminateProcess':
      return compact({
        op: 'exit' as const,
        pid: numberOf(json['RawProcessId']),
        entityId: word('TargetProcessId'),
        exit: numberOf(json['ExitCode']),
      });
    case 'NetworkConnect':
      return connection(json, 'connect');
    case 'NetworkReceiveAccept':
      return connection(json, 'accept');
    case 'NetworkListen':
      return connection(json, 'bind');
    default:
      return undefined;
  }
}

function connection(json: JsonObject, op: ProcessEvent['op']): Part | undefined {
  const end = (side: 'Local' | 'Remote'): Endpoint => {
    const ip = textOf(json[`${side}AddressIP4`]) ?? textOf(json[`${side}AddressIP6`]) ?? '';
    return compact({ ip: parseIp(ip), port: parsePort(json[`${side}Port`]) });
  };
  const [local, remote] = [end('Local'), op === 'bind' ? {} : end('Remote')];
  if (local.ip === undefined && remote.ip === undefined) return undefined;
  return compact({
    op,
    entityId: textOf(json['ContextProcessId']),
    socket: { transport: transportName(textOf(json['Protocol'])) ?? 'ip', local, remote },
  });
}
