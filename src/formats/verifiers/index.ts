import { no, yes } from '../../core/decoded.ts';
import { isObject, type JsonObject } from '../../core/json/json.ts';
import { jsonDecoder } from '../../core/tools/session.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';
import { readEpisode } from './episode.ts';
import { readResult } from './result.ts';

/** verifiers and prime-rl: `traces.jsonl` of version 1, `results.jsonl` of version 0. */
export const verifiers: Format = {
  id: 'verifiers',
  title: 'verifiers / prime-rl traces and results',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: 'epoch seconds of the harness: a tool turn runs from the end of one model call to the start of the next',
  traps: [
    "node timestamps are commit times; tool nodes carry the next turn's",
    'branches share prefixes: a node counts once',
    'one episode may stand in both the `all` and the `effective` file',
    "unrestricted Docker runtimes use the host's network: the source address is then the host's",
  ],
  claims,
  open: () =>
    jsonDecoder((doc, record) => {
      if (isTrace(doc)) return readEpisode({ ...doc, traces: [doc] }, record);
      return Array.isArray(doc['traces']) ? readEpisode(doc, record) : readResult(doc, record);
    }),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  const [first] = Array.isArray(json['traces']) ? (json['traces'] as readonly unknown[]) : [];
  if (isTrace(first)) return yes(0.98, 'traces of nodes with timing');
  if (isTrace(json) && isObject(json['task']) && 'rewards' in json) return yes(0.96, 'trace of nodes with timing');
  return 'example_id' in json && Array.isArray(json['completion'])
    ? yes(0.95, 'example_id and completion')
    : no('neither traces nor result');
}

/** Before an episode held the traces of all its agents, a line was the trace of one. */
function isTrace(value: unknown): value is JsonObject {
  if (!isObject(value) || !isObject(value['timing']) || !Array.isArray(value['nodes'])) return false;
  const nodes = value['nodes'] as readonly unknown[];
  return nodes.length === 0 || (isObject(nodes[0]) && isObject(nodes[0]['message']));
}
