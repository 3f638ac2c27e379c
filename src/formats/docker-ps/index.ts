import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { type TextColumns, textCell, textColumns } from '../../core/text/aligned-table.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { parseEpoch, parseIso, timeOrObserved } from '../../core/time/time.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEADER = /^CONTAINER ID {2,}IMAGE {2,}COMMAND {2,}CREATED {2,}STATUS {2,}PORTS {2,}NAMES\b/;
const ID = /^[0-9a-f]{12}(?:[0-9a-f]{52})?$/;

/** Containers as `docker ps`, `podman ps` and `nerdctl ps` list them, as a table or as JSON: which name stands for which id. */
export const dockerPs: Format = {
  id: 'docker-ps',
  title: 'Docker and Podman container lists',
  roles: ['lease'],
  framing: 'auto',
  status: 'real',
  clock: '`CreatedAt` (Docker), `StartedAt` (Podman), whole seconds; a table tells none',
  traps: [
    'no address stands here: `docker inspect` and `docker network inspect` name them',
    'a container that had ended and was removed is missing',
  ],
  claims,
  sniff,
  open,
};

function claims({ text, json }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.97, 'column header of docker ps');
  return isObject(json) && idOf(json) !== undefined
    ? yes(0.95, 'id, names, image and status of a container')
    : no('no list');
}

/** Rows mean something under their header. */
function sniff(sample: Sample): Sniff {
  const own = sample.records.slice(0, 3).map(claims);
  return own.find(({ score }) => score > 0) ?? no('neither header nor container');
}

function idOf(json: JsonObject): string | undefined {
  const id = textOf(json['ID']) ?? textOf(json['Id']) ?? '';
  const isListed = 'Names' in json && 'Image' in json && ('Status' in json || 'State' in json);
  return ID.test(id) && isListed && !('NetworkSettings' in json && 'HostConfig' in json) ? id : undefined;
}

function open(): Decoder {
  let columns: TextColumns | undefined;
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    if (text.startsWith('{')) return ofJson(record, tryJson(text));
    if (HEADER.test(text)) {
      columns = textColumns(text);
      return skipped('header');
    }
    if (columns === undefined || text.trim() === '')
      return text.trim() === '' ? skipped('blank') : failed('row before any header');
    const containerId = textCell(columns, text, 'CONTAINER ID');
    // A container may have several names: aliases of its links follow.
    const name = textCell(columns, text, 'NAMES')?.split(',')[0];
    if (containerId === undefined || !ID.test(containerId) || name === undefined) return failed('no container');
    return decoded(leaseOf(record, { containerId, sandboxId: name, state: textCell(columns, text, 'STATUS') }));
  };
  return { decode };
}

function ofJson(record: RawRecord, json: unknown): Decoded {
  const containerId = isObject(json) ? idOf(json) : undefined;
  if (!isObject(json) || containerId === undefined) return failed('no container');
  const name = (textOf(arrayOf(json['Names'])[0]) ?? textOf(json['Names']) ?? containerId)
    .replace(/^\//, '')
    .split(',')[0];
  const start = momentOf(json['StartedAt']) ?? momentOf(json['CreatedAt']) ?? momentOf(json['Created']);
  const pid = numberOf(json['Pid']);
  return decoded(
    leaseOf(record, {
      containerId,
      sandboxId: name ?? containerId,
      start,
      end: json['Exited'] === true ? momentOf(json['ExitedAt'])?.stamp.at : undefined,
      state: textOf(json['State']) ?? textOf(json['Status']),
      rootPid: pid === 0 ? undefined : pid,
    }),
  );
}

interface Moment {
  readonly stamp: Stamp;
  readonly raw: string;
}

/** Docker writes `2026-11-23 17:00:00 +0000 UTC`, Podman and its API seconds since the epoch. */
function momentOf(value: unknown): Moment | undefined {
  const raw = textOf(value) ?? '';
  const stamp = parseEpoch(raw) ?? parseIso(raw.replace(/^(\S+) (\S+) ([+-]\d{4}) .*$/, '$1T$2$3'));
  return stamp === undefined || stamp.at <= 0 ? undefined : { stamp, raw };
}

type Held = Pick<LeaseEvent, 'sandboxId' | 'containerId'> & {
  readonly start?: Moment | undefined;
  readonly end?: LeaseEvent['end'] | undefined;
  readonly state?: string | undefined;
  readonly rootPid?: number | undefined;
};

function leaseOf(record: RawRecord, { start, ...held }: Held): LeaseEvent {
  return compact({
    kind: 'lease' as const,
    time: timeOrObserved(start?.stamp, { raw: start?.raw ?? '', basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'docker-ps',
    clock: start === undefined ? 'none' : 'created',
    host: record.host,
    ...held,
    start: start?.stamp.at,
  });
}
