import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, compact, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE =
  /^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d))?(?: [A-Z]{3,4})?) (\S+) (\/(?:tasks|containers|images|snapshot|namespaces|content)\/\S+) (\{.*)$/;

/** `ctr events`: one line per event of containerd. */
export const containerdEvents: Format = {
  id: 'containerd-events',
  title: 'containerd events',
  roles: ['process'],
  framing: 'auto',
  status: 'documented',
  clock: 'envelope time of containerd, nanoseconds with zone',
  traps: ['an empty exec id means the init process', 'pids are those of the host'],
  claims: ({ text }: SniffRecord): Sniff =>
    LINE.test(text) ? yes(0.98, 'time, namespace, topic, JSON') : no('no event'),
  open: () => ({ decode }),
};

function decode(record: RawRecord): Decoded {
  const m = LINE.exec(record.text);
  if (m === null) return failed('no containerd event');
  const [, raw = '', , topic = '', body = ''] = m;
  const stamp = parseIso(raw.replace(/ [A-Z]{3,4}$/, ''));
  const json = tryJson(body);
  const containerId = textOf(at(json, 'container_id')) ?? textOf(at(json, 'containerId'));
  if (stamp === undefined) return failed('no time');
  if (json === undefined) return failed('body is not JSON');
  if (containerId === undefined) return skipped('event without a container');
  const base = compact({
    time: eventTime(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'containerd-events',
    clock: 'envelope',
    host: record.host,
    containerId,
  });
  const part = partOf(topic, json, containerId);
  return part === undefined ? skipped('topic without meaning here') : decoded({ ...base, ...part } as Event);
}

function partOf(topic: string, json: unknown, containerId: string): object | undefined {
  const pid = numberOf(at(json, 'pid'));
  const execId = textOf(at(json, 'exec_id')) ?? textOf(at(json, 'id'));
  const process = compact({ kind: 'process' as const, pid, sandboxId: containerId });
  if (topic === '/tasks/exec-started')
    return compact({ ...process, op: 'runtime-exec' as const, entityId: execId, state: 'exec_start' });
  if (topic === '/tasks/start') return { ...process, op: 'runtime-exec', state: 'task_start' };
  if (topic !== '/tasks/exit') return undefined;
  // The id of the init process is the container's own.
  const entityId = execId === containerId ? undefined : execId;
  const exit = numberOf(at(json, 'exit_status')) ?? 0;
  return compact({ ...process, op: 'exit' as const, entityId, exit });
}
