import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { isObject, tryJson } from '../../core/json/json.ts';
import { headed } from '../../core/lines/headed.ts';
import { envoyCells, envoyEvent, fieldsOf, isEnvoyJson, istioOrderOf } from '../../core/products/envoy.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Istio's Envoy access log, text or JSON. */
export const envoyIstio: Format = headed({
  id: 'envoy-istio',
  title: 'Istio access log (Envoy)',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'START_TIME: request start, ms, UTC; the line is written when the request or connection ends',
  traps: [
    'BlackHoleCluster is a denial, PassthroughCluster an unlisted host that was let through',
    'downstream ports of 0 come from a header, not from the socket',
    'an inbound line is the same request as the caller’s outbound line',
  ],
  claims,
  open: () => ({ decode }),
});

function claims({ text, json }: SniffRecord): Sniff {
  if (isObject(json))
    return isEnvoyJson(json) && 'route_name' in json && 'requested_server_name' in json
      ? yes(0.97, 'Envoy names with Istio’s route_name and requested_server_name')
      : no('other keys');
  return istioOrderOf(envoyCells(text) ?? []) !== undefined
    ? yes(0.97, 'cells of Istio’s default format')
    : no('another number of cells');
}

function decode(record: RawRecord): Decoded {
  const cells = envoyCells(record.text);
  const fields = cells === undefined ? tryJson(record.text) : fieldsOf(cells, istioOrderOf(cells) ?? []);
  const event = isObject(fields) ? envoyEvent('envoy-istio', record, fields) : undefined;
  return event === undefined ? failed('not an Istio access log line') : decoded(event);
}
