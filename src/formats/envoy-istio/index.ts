import { no, yes } from '../../core/decoded.ts';
import { decodeEnvoy, envoyKind } from '../../core/envoy.ts';
import { isObject } from '../../core/json.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';

/** Istio access log (Envoy sidecar, text or JSON). */
export const envoyIstio: Format = {
  id: 'envoy-istio',
  title: 'Istio access log (Envoy sidecar, text or JSON)',
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
  open: () => ({ decode: (record) => decodeEnvoy(record, 'envoy-istio') }),
};

function claims({ text, json }: SniffRecord): Sniff {
  if (!isObject(json))
    return envoyKind(text) === 'istio'
      ? yes(0.96, 'Envoy line with cluster, addresses and route of Istio')
      : no('no Istio line');
  const own = json['response_flags'] !== undefined && json['downstream_local_address'] !== undefined;
  return own ? yes(0.97, 'response_flags and downstream_local_address of Istio') : no('no response_flags');
}
