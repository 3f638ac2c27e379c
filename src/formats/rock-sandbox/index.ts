import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { at, isObject, textOf, tryJson } from '../../core/json.ts';
import { sandboxLeases } from '../../core/rock.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Rows of ROCK's `sandbox_record` table, its Redis copies and answers of the admin API. */
export const rockSandbox: Format = {
  id: 'rock-sandbox',
  title: 'ROCK sandbox records',
  roles: ['lease'],
  framing: 'auto',
  status: 'documented',
  clock:
    'ISO 8601 with offset, whole seconds; the history entry pending to running is written when somebody asks, so it may be late',
  traps: [
    'on Docker `host_ip` is the worker, shared by all its sandboxes; on Kubernetes it is the Pod',
    'an empty or `default` host_ip is unknown',
    'restart gives one id several lifetimes, told by state_history only',
    'secrets (auth_token, env) are never read',
  ],
  claims,
  open: () => ({ decode }),
};

/** The record itself, or the `result` of an admin API answer. */
function infoOf(json: unknown): unknown {
  const result = at(json, 'result') ?? at(json, 'data');
  return isObject(result) && result['sandbox_id'] !== undefined ? result : json;
}

function claims({ json }: SniffRecord): Sniff {
  const info = infoOf(json);
  if (textOf(at(info, 'sandbox_id')) === undefined) return no('no sandbox_id');
  const own = ['host_ip', 'phases', 'port_mapping', 'state_history', 'host_name'].filter(
    (key) => at(info, key) !== undefined,
  );
  return own.length >= 2 ? yes(0.96, `sandbox_id with ${own.join(', ')}`) : no('no ROCK sandbox record');
}

function decode(record: RawRecord): Decoded {
  const leases = sandboxLeases(infoOf(tryJson(record.text)), { format: 'rock-sandbox', ref: record.ref });
  return leases.length === 0 ? failed('no sandbox_id') : decoded(...leases);
}
