import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { isObject, tryJson } from '../../core/json/json.ts';
import { headed } from '../../core/lines/headed.ts';
import {
  DEFAULT_ORDER,
  envoyCells,
  envoyEvent,
  fieldsOf,
  isDefaultOrder,
  isEnvoyJson,
} from '../../core/products/envoy.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Envoy access log in the default text format, or JSON with Envoy's names. */
export const envoy: Format = headed({
  id: 'envoy',
  title: 'Envoy access log',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'START_TIME: request start, ms, UTC; the line is written when the request or connection ends',
  traps: [
    'the format is configuration: only the default order and JSON with default names are read',
    'no verdict field: denials show as flags (UAEX, RL)',
    'the client is the last address of X-Forwarded-For; tunnels name none',
  ],
  claims,
  open: () => ({ decode }),
});

function claims({ text, json }: SniffRecord): Sniff {
  if (isObject(json)) {
    if (!isEnvoyJson(json)) return no('other keys');
    return 'route_name' in json
      ? yes(0.7, 'Envoy names')
      : yes(0.96, 'start_time, response_flags and upstream of Envoy');
  }
  const cells = envoyCells(text);
  if (cells === undefined) return no('no [time] "request"');
  return isDefaultOrder(cells) ? yes(0.95, 'cells of the default format') : no('other cells');
}

function decode(record: RawRecord): Decoded {
  const cells = envoyCells(record.text);
  const json = cells === undefined ? tryJson(record.text) : undefined;
  const fields = cells === undefined ? json : isDefaultOrder(cells) ? fieldsOf(cells, DEFAULT_ORDER) : undefined;
  const event = isObject(fields) ? envoyEvent('envoy', record, fields) : undefined;
  return event === undefined ? failed('not an Envoy access log line') : decoded(event);
}
