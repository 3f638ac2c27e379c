import type { Action, Endpoint, NetworkEvent } from '../model/event.ts';
import type { Decoded } from '../model/format.ts';
import type { RawRecord } from '../model/source.ts';
import { decoded, failed } from './decoded.ts';
import { domainName, parseIp, splitHostPort } from './ip.ts';
import { compact, isObject, type JsonObject, numberOf, textOf, tryJson } from './json.ts';
import { eventTime, micros, parseIso, timeFromObserved } from './time.ts';

const START = /^(?:\w+ )?\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\] "([^"]*)" (\d+) (\S+) (.*)$/;
/** Istio puts six more words behind Envoy's default line and three before its counters. */
const ISTIO_WORDS = 12;

/** Whether a text line is an Envoy access line, and whose default format it follows. */
export function envoyKind(text: string): 'envoy' | 'istio' | undefined {
  const match = START.exec(text);
  if (match === null) return undefined;
  return words(match[5] ?? '').length >= ISTIO_WORDS ? 'istio' : 'envoy';
}

interface Facts {
  readonly raw: string;
  readonly request: string;
  readonly status: number | undefined;
  readonly flags: string;
  readonly details: string;
  readonly durationMs: number | undefined;
  readonly authority: string;
  readonly upstream: string;
  readonly cluster: string;
  readonly client: string;
  readonly sni: string;
  readonly userAgent: string;
}

/** Reads one access log record, text or JSON. Envoy documentation, "Access logging"; Istio, "Envoy Access Logs". */
export function decodeEnvoy(record: RawRecord, format: string): Decoded {
  const json = record.text.startsWith('{') ? tryJson(record.text) : undefined;
  const facts = isObject(json) ? fromJson(json) : fromText(record.text);
  if (facts === undefined) return failed('not an Envoy access line');
  const stamp = parseIso(facts.raw);
  const upstream = endpoint(facts.upstream);
  const authority = facts.authority === '-' ? undefined : facts.authority;
  const [method, path, protocol] = facts.request.split(' ');
  const named = authority === undefined ? facts.sni : authority;
  const event: NetworkEvent = compact({
    kind: 'network' as const,
    format,
    clock: 'start_time',
    time:
      stamp === undefined
        ? timeFromObserved(record.observed)
        : eventTime(stamp, {
            raw: facts.raw,
            basis: 'request-start',
            hi: facts.durationMs === undefined ? undefined : micros(stamp.at + facts.durationMs * 1000),
            observed: record.observed,
          }),
    ref: record.ref,
    host: record.host,
    type: 'proxy' as const,
    action: actionOf(facts),
    actionRaw: facts.flags === '-' ? undefined : facts.flags,
    src: endpoint(facts.client),
    dst: compact({ ...upstream, domain: named === '-' ? undefined : domainName(named) }),
    initiator: 'src' as const,
    transport: 'tcp',
    rule: ruleOf(facts.details),
    upstream: upstream.ip === undefined ? undefined : upstream,
    http: compact({
      method: method === '-' ? undefined : method,
      url: path === '-' ? undefined : path,
      host: domainName(named),
      status: facts.status === 0 ? undefined : facts.status,
      userAgent: facts.userAgent === '-' ? undefined : facts.userAgent,
    }),
    state: protocol === '-' ? undefined : protocol,
  });
  return decoded(event);
}

function endpoint(text: string): Endpoint {
  if (text === '' || text === '-') return {};
  const { host, port } = splitHostPort(text);
  return compact({ ip: parseIp(host), port: port === 0 ? undefined : port });
}

/** `response_flags` and details that mean "refused". Envoy access log documentation; Istio outbound traffic policy. */
function actionOf(facts: Facts): Action {
  if (
    /rbac_access_denied/.test(facts.details) ||
    facts.cluster === 'BlackHoleCluster' ||
    /\b(?:UAEX|RL|RLSE)\b/.test(facts.flags)
  )
    return 'deny';
  return facts.cluster === 'PassthroughCluster' ? 'allow' : 'unknown';
}

function ruleOf(details: string): NetworkEvent['rule'] {
  const policy = /rbac_access_denied_matched_policy\[([^\]]*)\]/.exec(details)?.[1];
  return policy === undefined ? undefined : { name: policy };
}

function fromJson(json: JsonObject): Facts {
  const text = (name: string): string => textOf(json[name]) ?? '-';
  return {
    raw: text('start_time'),
    request: `${text('method')} ${text('path')} ${text('protocol')}`,
    status: numberOf(json['response_code']),
    flags: text('response_flags'),
    details: text('response_code_details'),
    durationMs: numberOf(json['duration']),
    authority: text('authority'),
    upstream: text('upstream_host'),
    cluster: text('upstream_cluster'),
    client: text('downstream_remote_address'),
    sni: text('requested_server_name'),
    userAgent: text('user_agent'),
  };
}

/** Words of a line: quoted texts are one word. */
function words(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function fromText(text: string): Facts | undefined {
  const match = START.exec(text);
  if (match === null) return undefined;
  const [, raw = '', request = '', status, flags = '', rest = ''] = match;
  const cells = words(rest);
  const istio = cells.length >= ISTIO_WORDS;
  // Default: received sent duration upstream-time xff user-agent request-id authority upstream.
  // Istio puts details, termination and failure reason before, and cluster, local, downstream local, downstream remote, SNI, route after.
  const at = istio ? 3 : 0;
  const cell = (index: number): string => cells[at + index] ?? '-';
  const forwarded = cell(4).split(',')[0] ?? '-';
  return {
    raw,
    request,
    status: Number(status),
    flags,
    details: istio ? (cells[0] ?? '-') : '-',
    durationMs: /^\d+$/.test(cell(2)) ? Number(cell(2)) : undefined,
    userAgent: cell(5),
    authority: cell(7),
    upstream: cell(8),
    cluster: istio ? cell(9) : '-',
    client: istio ? cell(12) : forwarded,
    sni: istio ? cell(13) : '-',
  };
}
