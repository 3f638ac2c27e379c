import { no, yes } from '../../core/decoded.ts';
import { decodeEnvoy, envoyKind } from '../../core/envoy.ts';
import { isObject } from '../../core/json.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';

/** Envoy access log (default text, JSON). */
export const envoy: Format = {
  id: 'envoy',
  title: 'Envoy access log (default text, JSON)',
  roles: ['flow', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: 'START_TIME: begin of the request, milliseconds, UTC; written at its end',
  traps: [
    'the format is user-defined',
    'denials are conventions: flags UAEX, RL, NR, details rbac_access_denied, cluster BlackHoleCluster',
    'PassthroughCluster is an allowed host that no policy lists',
  ],
  claims,
  open: () => ({ decode: (record) => decodeEnvoy(record, 'envoy') }),
};

function claims({ text, json }: SniffRecord): Sniff {
  if (!isObject(json))
    return envoyKind(text) === 'envoy' ? yes(0.95, '[START_TIME] "request" code flags') : no('no Envoy line');
  const own = json['response_flags'] !== undefined && json['start_time'] !== undefined;
  return own && json['downstream_local_address'] === undefined
    ? yes(0.9, 'response_flags and start_time of Envoy')
    : no('no response_flags');
}
