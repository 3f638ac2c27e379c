import { tryJson } from '../../core/json.ts';
import { stringOf } from '../../core/json-grammar.ts';
import { Shapes } from '../../core/shapes.ts';

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
const CHOICE = {
  values: [...TEXTS, ['port_mapping']],
  compared: [],
  texts: TEXTS,
  loose: [['labels'], ['spec'], ['metadata'], ['env']],
  refused: [['status'], ['state_history']],
} as const;

/**
 * Reads sandbox records: of most only what leases are made of, without parsing them. Undefined when a text is not JSON. One with a history
 * is read in full.
 */
export function sandboxReader(): (text: string) => unknown {
  const shapes = new Shapes(CHOICE);
  return (text) => {
    const cut = shapes.cut(text);
    if (cut === undefined) return tryJson(text);
    const [, id, ip, name, created, started, stopped, deleted, ran, ports = ''] = cut;
    return {
      sandbox_id: textOf(id),
      host_ip: textOf(ip),
      host_name: textOf(name),
      create_time: textOf(created),
      start_time: textOf(started),
      stop_time: textOf(stopped),
      delete_time: textOf(deleted),
      phases: { docker_run: { completed_at: textOf(ran) } },
      port_mapping: ports === '' ? undefined : portsOf(ports),
    };
  };
}

const FIRST_PORT = /^\{[ \t]*"(\d{1,15})"[ \t]*:[ \t]*"?(\d{1,15})"?[ \t]*[,}]/;
const ELSEWHERE = { '22': 40103 };

/** The first tells that ports are published elsewhere, and nothing else is asked of them. */
function portsOf(text: string): unknown {
  const first = FIRST_PORT.exec(text);
  const [begin = '', inner, outer] = first ?? [];
  const isAgain = text.includes(`"${inner}"`, begin.length) || text.includes('\\');
  const isElsewhere = inner !== outer && !isAgain;
  return isElsewhere ? ELSEWHERE : tryJson(text);
}

function textOf(body = ''): string {
  return stringOf(body);
}
