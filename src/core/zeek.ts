import type { Action, NetworkEvent } from '../model/event.ts';
import type { RawRecord } from '../model/source.ts';
import { domainName, parseIp, parsePort, transportName } from './ip.ts';
import { arrayOf, compact, isObject, type JsonObject, numberOf, textOf } from './json.ts';
import { eventTime, micros, parseEpoch, parseIso, type Stamp } from './time.ts';

const TYPES: Readonly<Record<string, NetworkEvent['type']>> = {
  conn: 'flow',
  dns: 'dns',
  http: 'http',
  ssl: 'tls',
  ssh: 'ssh',
  notice: 'alert',
  intel: 'alert',
};
/** Transport of logs that do not write it: fixed by their protocol. */
const TCP_LOGS: ReadonlySet<string> = new Set([
  'http',
  'ssl',
  'ssh',
  'ftp',
  'rdp',
  'smtp',
  'irc',
  'socks',
  'files',
  'mysql',
  'rfb',
  'smb_files',
  'smb_mapping',
  'smb_cmd',
]);

/** Field names of Zeek logs, flat (`id.orig_h`) or nested (`id: {orig_h}`), one accessor for both. */
export type ZeekFields = (name: string) => unknown;

export function zeekFields(json: JsonObject): ZeekFields {
  return (name) => {
    const flat = json[name];
    if (flat !== undefined) return flat;
    const dot = name.indexOf('.');
    const parent = dot < 0 ? undefined : json[name.slice(0, dot)];
    return isObject(parent) ? parent[name.slice(dot + 1)] : undefined;
  };
}

/** Reads one record of any Zeek log; `log` is its `#path` or `_path`. Undefined without a time. Zeek script reference, Log Files. */
export function zeekEvent(get: ZeekFields, log: string, record: RawRecord, format: string): NetworkEvent | undefined {
  const rawTime = textOf(get('ts')) ?? '';
  const stamp = stampOf(rawTime);
  if (stamp === undefined) return undefined;
  const text = (name: string): string | undefined => present(textOf(get(name)));
  const name = log === '' ? guessLog(get) : log;
  const duration = numberOf(get('duration'));
  const hi = duration === undefined ? undefined : micros(stamp.at + duration * 1e6);
  const src = text('id.orig_h') ?? text('src');
  const dst = text('id.resp_h') ?? text('dst');
  const rule = ruleOf(name, text);
  const observed = stampOf(text('_write_ts') ?? '')?.at;
  return compact({
    kind: 'network' as const,
    format,
    clock: 'ts',
    time: eventTime(stamp, {
      raw: rawTime,
      basis:
        name === 'conn'
          ? 'flow-start'
          : name === 'notice' || name === 'weird' || name === 'intel'
            ? 'event'
            : 'request-start',
      beforeUs: name === 'notice' || name === 'weird' || name === 'intel' ? 1_000_000 : 0,
      hi,
      observed: observed ?? record.observed,
    }),
    ref: record.ref,
    host: record.host,
    observer: text('_system_name') ?? text('peer') ?? text('peer_descr'),
    type: TYPES[name] ?? 'flow',
    action: actionOf(name),
    actionRaw: text('action') ?? (name === 'http' ? text('method') : undefined),
    src: compact({ ip: parseIp(src ?? ''), port: parsePort(get('id.orig_p')) }),
    dst: compact({
      ip: parseIp(dst ?? ''),
      port: parsePort(get('id.resp_p')) ?? parsePort(get('p')),
      domain: domainOf(name, text),
    }),
    initiator: 'src' as const,
    transport: transportName(text('proto')) ?? (TCP_LOGS.has(name) ? 'tcp' : undefined),
    direction: directionOf(get),
    rule,
    flowId: text('uid'),
    communityId: text('community_id'),
    dns: dnsOf(name, get, text),
    http:
      name === 'http'
        ? compact({
            method: text('method'),
            url: text('uri'),
            host: domainName(text('host')) ?? text('host'),
            status: numberOf(get('status_code')),
            userAgent: text('user_agent'),
          })
        : undefined,
    bytes:
      name === 'conn' ? compact({ toDst: numberOf(get('orig_bytes')), toSrc: numberOf(get('resp_bytes')) }) : undefined,
    state: text('conn_state'),
  });
}

function stampOf(text: string): Stamp | undefined {
  return /^\d+(?:\.\d+)?$/.test(text) ? parseEpoch(text) : parseIso(text);
}

function present(value: string | undefined): string | undefined {
  return value === '-' || value === '(empty)' ? undefined : value;
}

function actionOf(log: string): Action {
  return log === 'notice' || log === 'intel' ? 'alert' : 'unknown';
}

function ruleOf(log: string, text: (name: string) => string | undefined): NetworkEvent['rule'] {
  if (log === 'notice') return compact({ name: text('note'), category: text('msg') });
  if (log === 'weird') return compact({ name: text('name') });
  if (log === 'intel') return compact({ name: text('seen.indicator') });
  return undefined;
}

function domainOf(log: string, text: (name: string) => string | undefined): string | undefined {
  if (log === 'ssl') return domainName(text('server_name'));
  return log === 'http' ? domainName(text('host')?.replace(/:\d+$/, '')) : undefined;
}

function directionOf(get: ZeekFields): NetworkEvent['direction'] {
  const orig = get('local_orig');
  const resp = get('local_resp');
  const isTrue = (value: unknown): boolean => value === true || value === 'T';
  const isFalse = (value: unknown): boolean => value === false || value === 'F';
  if (isTrue(orig) && isTrue(resp)) return 'internal';
  if (isTrue(orig) && isFalse(resp)) return 'outbound';
  return isFalse(orig) && isTrue(resp) ? 'inbound' : undefined;
}

function dnsOf(log: string, get: ZeekFields, text: (name: string) => string | undefined): NetworkEvent['dns'] {
  const name = text('query');
  if (log !== 'dns' || name === undefined) return undefined;
  const listed = get('answers');
  const values = typeof listed === 'string' ? listed.split(',') : arrayOf(listed);
  const answers = values.flatMap((value) => {
    const ip = parseIp(textOf(value) ?? '');
    return ip === undefined ? [] : [ip];
  });
  return compact({
    name: name.toLowerCase().replace(/\.$/, ''),
    type: text('qtype_name'),
    id: numberOf(get('trans_id')),
    answers: answers.length === 0 ? undefined : answers,
  });
}

/** JSON logs without `_path` are told by the fields that only they have. */
function guessLog(get: ZeekFields): string {
  if (get('note') !== undefined) return 'notice';
  if (get('seen.indicator') !== undefined) return 'intel';
  if (get('conn_state') !== undefined) return 'conn';
  if (
    get('query') !== undefined ||
    get('qtype_name') !== undefined ||
    get('rcode_name') !== undefined ||
    get('trans_id') !== undefined
  )
    return 'dns';
  if (get('uri') !== undefined || (get('method') !== undefined && get('host') !== undefined)) return 'http';
  if (get('server_name') !== undefined || get('cipher') !== undefined || get('established') !== undefined) return 'ssl';
  if (get('auth_attempts') !== undefined || get('kex_alg') !== undefined) return 'ssh';
  if (get('tunnel_type') !== undefined) return 'tunnel';
  if (get('bound.host') !== undefined || get('request.name') !== undefined || get('bound_p') !== undefined)
    return 'socks';
  if (get('name') !== undefined && get('peer') !== undefined) return 'weird';
  return '';
}
