import { tryJson } from '../../core/json/json.ts';
import { stringOf } from '../../core/json/json-grammar.ts';
import { Shapes } from '../../core/looks/shapes.ts';
import { isPublished, leasesOf, sandboxLeases } from '../../core/products/rock.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { parseIso } from '../../core/time/time.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';

const TEXTS = [
  ['sandbox_id'],
  ['host_ip'],
  ['host_name'],
  ['create_time'],
  ['start_time'],
  ['stop_time'],
  ['delete_time'],
  ['phases', 'docker_run', 'completed_at'],
] as const;
export const CHOICE = {
  values: [...TEXTS, ['port_mapping']],
  compared: [],
  texts: TEXTS,
  loose: [['labels'], ['spec'], ['metadata'], ['env']],
  refused: [['status'], ['state_history']],
} as const;

export type ReadLeases = (
  text: string,
  origin: { format: string; ref: SourceRef },
) => readonly LeaseEvent[] | undefined;

/**
 * Leases of sandbox records in JSON: of most only what leases are made of is read, without parsing them; one with a history is parsed.
 * Undefined when a text is not JSON.
 */
export function leaseReader(): ReadLeases {
  const shapes = new Shapes(CHOICE);
  return (text, origin) => {
    const cut = shapes.cut(text);
    if (cut !== undefined) return leasesOfMembers(cut, origin);
    const info = tryJson(text);
    return info === undefined ? undefined : sandboxLeases(info, origin);
  };
}

function leasesOfMembers(
  [, id, ip, name, created, started, stopped, deleted, ran, ports = '']: readonly string[],
  origin: { format: string; ref: SourceRef },
): readonly LeaseEvent[] {
  const sandboxId = textOf(id);
  if (sandboxId === undefined) return [];
  const start = stampOf(started);
  const record = {
    sandboxId,
    hostIp: textOf(ip),
    hostName: textOf(name),
    // It stands in for a start that is not told.
    created: start === undefined ? stampOf(created) : undefined,
    ran: stampOf(ran),
    started: start,
    ended: stampOf(stopped) ?? stampOf(deleted),
    isPublished: ports !== '' && arePublished(ports),
  };
  return leasesOf(record, origin);
}

const FIRST_PORT = /^\{[ \t]*"(\d{1,15})"[ \t]*:[ \t]*"?(\d{1,15})"?[ \t]*[,}]/;

/** The first tells it mostly, where it does not come again. */
function arePublished(text: string): boolean {
  const first = FIRST_PORT.exec(text);
  const [begin = '', inner, outer] = first ?? [];
  const isAgain = text.includes(`"${inner}"`, begin.length) || text.includes('\\');
  return (inner !== outer && !isAgain) || isPublished(tryJson(text));
}

function textOf(body = ''): string | undefined {
  return body === '' ? undefined : stringOf(body);
}

function stampOf(body: string | undefined): Stamp | undefined {
  const text = textOf(body);
  return text === undefined ? undefined : parseIso(text);
}
