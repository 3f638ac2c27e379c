import { no, yes } from '../../core/decoded.ts';
import { isObject, textOf } from '../../core/json/json.ts';
import { jsonDecoder } from '../../core/tools/session.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';
import { readTrajectory } from './trajectory.ts';
import { readTrial } from './trial.ts';

/** Harbor trial folders: `agent/trajectory.json` (ATIF) and `result.json`. */
export const harborAtif: Format = {
  id: 'harbor-atif',
  title: 'Harbor trial: ATIF trajectory and result.json',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock:
    'step `timestamp`, whose meaning depends on the agent: end for terminus-2, start for converted CLIs, worthless where it is the conversion time',
  traps: [
    'mini-swe-agent and swe-agent trajectories are stamped when they are converted: those stamps are dropped',
    'a step copied from an earlier context is no second call',
    '`session_id` belongs to the run and may repeat; `trajectory_id` is the document',
  ],
  claims,
  open: (context) =>
    jsonDecoder((doc, record) =>
      Array.isArray(doc['steps']) ? readTrajectory(doc, record, context) : readTrial(doc, record),
    ),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  if (textOf(json['schema_version'])?.startsWith('ATIF-')) return yes(0.99, 'ATIF schema version');
  return 'trial_name' in json && ('agent_execution' in json || 'agent_info' in json)
    ? yes(0.97, 'trial result')
    : no('neither trajectory nor trial');
}
