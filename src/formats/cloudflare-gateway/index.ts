import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { isObject, type JsonObject, tryJson } from '../../core/json/json.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { httpEvent, networkPolicyEvent, queryEvent, sessionEvent } from './datasets.ts';

/** Cloudflare Zero Trust Gateway: Logpush datasets gateway_network, gateway_http, gateway_dns and zero_trust_network_sessions. */
export const cloudflareGateway: Format = {
  id: 'cloudflare-gateway',
  title: 'Cloudflare Gateway logs',
  roles: ['violation', 'flow', 'dns'],
  framing: 'auto',
  status: 'real',
  clock: 'Datetime (sessions: SessionStartTime): ISO, epoch s, ms or ns as the job is set, UTC',
  traps: [
    'SourceIP is the public address of the site or of the client; SourceInternalIP names the device where it is sent',
    'empty text and port 0 mean that a field does not apply',
    'timestamps are 19-digit numbers when the job asks for unixnano',
  ],
  describesHosts: true,
  claims,
  open: () => ({ decode }),
};

type Dataset = (record: RawRecord, json: JsonObject) => ReturnType<typeof httpEvent>;

function datasetOf(json: unknown): Dataset | undefined {
  if (!isObject(json)) return undefined;
  if ('QueryName' in json && ('ResolverDecision' in json || 'SrcIP' in json)) return queryEvent;
  if ('SessionStartTime' in json && 'SourceIP' in json) return sessionEvent;
  if (!('SourceIP' in json) || !('Datetime' in json) || !('Action' in json)) return undefined;
  return 'HTTPHost' in json || 'HTTPMethod' in json || 'URL' in json ? httpEvent : networkPolicyEvent;
}

function claims({ json }: SniffRecord): Sniff {
  return datasetOf(json) === undefined
    ? no('no dataset of Cloudflare Gateway')
    : yes(0.97, 'field names of a Cloudflare Gateway dataset');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const dataset = datasetOf(json);
  if (dataset === undefined || !isObject(json)) return failed('no dataset of Cloudflare Gateway');
  const event = dataset(record, json);
  return event === undefined ? failed('no address') : decoded(event);
}
