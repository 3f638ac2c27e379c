import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import { eventTime, parseEpoch, parseIso } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Actions on a flow by what they mean for the socket; a message shows only that it was open. */
const FLOW = wordTable<'open' | 'socket' | 'close'>({
  START: 'open',
  OPEN: 'open',
  CONNECT: 'open',
  MESSAGE: 'socket',
  END: 'close',
  TERMINATE: 'close',
});

/** Extended Cyber Analytics Repository records (OpTC), also those joined with Zeek's uids. */
export const ecar: Format = {
  id: 'ecar',
  title: 'eCAR host records',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'documented',
  clock: '`timestamp`, milliseconds: epoch or ISO 8601 with zone',
  traps: [
    'pid -1 or 0 means that it is not known: the ids of process and creator remain',
    'the source of a flow is the end that opened it, also on inbound flows',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ json }: SniffRecord): Sniff {
  const fits = ['object', 'action', 'objectID', 'actorID'].every((key) => typeof at(json, key) === 'string');
  return fits && isObject(at(json, 'properties'))
    ? yes(0.97, 'object, action and the ids of both')
    : no('no object and actor id');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const part = partOf(json);
  if (part === undefined)
    return isObject(json) && 'object' in json
      ? skipped('object or action without meaning here')
      : failed('no eCAR record');
  const raw = textOf(at(json, 'timestamp')) ?? textOf(at(json, 'timestamp_ms')) ?? '';
  const stamp = parseIso(raw) ?? parseEpoch(raw);
  if (stamp === undefined) return failed('no time');
  const host = textOf(at(json, 'hostname')) ?? record.host;
  return decoded(
    compact({
      time: eventTime(stamp, { raw, basis: 'event', observed: record.observed }),
      ref: record.ref,
      format: 'ecar',
      clock: host === undefined ? 'timestamp' : `timestamp@${host}`,
      host,
      kind: 'process' as const,
      ...part,
    }),
  );
}

type Part = Partial<ProcessEvent> & Pick<ProcessEvent, 'op'>;

const NO_ID = /^[0-]+$/;
const idOf = (value: unknown): string | undefined => {
  const id = textOf(value);
  return id === undefined || NO_ID.test(id) ? undefined : id;
};
const pidOf = (value: unknown): number | undefined => {
  const pid = numberOf(value);
  return pid === undefined || pid <= 0 ? undefined : pid;
};

function partOf(json: unknown): Part | undefined {
  const object = textOf(at(json, 'object'));
  const action = textOf(at(json, 'action')) ?? '';
  const properties = at(json, 'properties');
  const who = compact({
    pid: pidOf(at(json, 'pid')),
    tid: pidOf(at(json, 'tid')),
    ppid: pidOf(at(json, 'ppid')),
    exe: textOf(at(properties, 'image_path')),
  });
  if (object === 'FLOW') return flowPart(FLOW[action], { ...who, entityId: idOf(at(json, 'actorID')) }, properties);
  if (object !== 'PROCESS') return undefined;
  // The object is the new process, the actor the one that made it.
  const self = { ...who, entityId: idOf(at(json, 'objectID')) };
  if (action === 'TERMINATE') return compact({ ...self, op: 'exit' as const });
  if (action !== 'CREATE') return undefined;
  return compact({
    ...self,
    op: 'exec' as const,
    parentEntityId: idOf(at(json, 'actorID')),
    commandLine: textOf(at(properties, 'command_line')),
  });
}

function flowPart(what: (typeof FLOW)[string] | undefined, who: object, properties: unknown): Part | undefined {
  const end = (ip: unknown, port: unknown): Endpoint =>
    compact({ ip: parseIp(textOf(ip) ?? ''), port: parsePort(port) });
  const src = end(at(properties, 'src_ip'), at(properties, 'src_port'));
  const dst = end(
    at(properties, 'dest_ip') ?? at(properties, 'dst_ip'),
    at(properties, 'dest_port') ?? at(properties, 'dst_port'),
  );
  if (what === undefined || src.ip === undefined || dst.ip === undefined) return undefined;
  const inbound = /^inbound$/i.test(textOf(at(properties, 'direction')) ?? '');
  const transport = transportName(textOf(at(properties, 'l4protocol') ?? at(properties, 'protocol'))) ?? 'ip';
  return compact({
    ...who,
    op: what !== 'open' ? what : inbound ? ('accept' as const) : ('connect' as const),
    socket: { transport, local: inbound ? dst : src, remote: inbound ? src : dst },
  });
}
