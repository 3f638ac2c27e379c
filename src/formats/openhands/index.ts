import { no, yes } from '../../core/decoded.ts';
import { isObject, textOf } from '../../core/json/json.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';
import { openEvents } from './events.ts';

/** OpenHands: event lists and evaluation outputs of version 0, event files of the version 1 SDK. */
export const openhands: Format = {
  id: 'openhands',
  title: 'OpenHands events and evaluation output',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: '`timestamp`, local time of the harness without a zone (read as UTC unless told otherwise)',
  traps: [
    'tool call ids repeat: version 0 pairs by `cause`, version 1 by `action_id`',
    'exit code -1 means still running',
    'the zone is missing in every stamp',
  ],
  claims,
  open: openEvents,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  if (Array.isArray(json['history']) && 'instance_id' in json) return yes(0.95, 'instance with a history');
  if (isTrajectory(json['trajectory'])) return yes(0.95, 'trajectory of events');
  const kind = textOf(json['kind']);
  if (kind !== undefined && /Event$/.test(kind) && 'timestamp' in json && 'source' in json)
    return yes(0.96, `${kind} of the SDK`);
  if (typeof json['id'] !== 'number' || !('timestamp' in json) || !('source' in json)) return no('no event');
  if ('action' in json && 'args' in json) return yes(0.96, 'action with args');
  return 'observation' in json ? yes(0.96, 'observation') : no('neither action nor observation');
}

/** What the server gives for a conversation. Other agents' trajectories have steps without a time and a source. */
function isTrajectory(value: unknown): boolean {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return isObject(first) && typeof first['id'] === 'number' && 'timestamp' in first && 'source' in first;
}
