import { areFewBytes, emptyTraffic, noteClient, noteRequest } from '../../core/looks/look.ts';
import { Shapes } from '../../core/looks/shapes.ts';
import { stampOf } from '../../core/network/network.ts';
import type { Glance, Look } from '../../model/format.ts';

const VALUES = [
  ['_path'],
  ['id.orig_h'],
  ['id.orig_p'],
  ['proto'],
  ['uri'],
  ['user_agent'],
  ['orig_bytes'],
  ['resp_bytes'],
  ['ts'],
] as const;
const USES = ['literal', 'client', 'port', 'literal', 'url', 'same', 'few', 'few', 'stamp'] as const;
const COMPARED = [
  ['id.resp_h'],
  ['id.resp_p'],
  ['query'],
  ['qtype_name'],
  ['answers'],
  ['rcode_name'],
  ['host'],
  ['method'],
  ['status_code'],
  ['server_name'],
  ['version'],
  ['local_orig'],
  ['local_resp'],
  ['name'],
] as const;

/** Of the logs that hold verdicts, tunnels and proxied connections; and ends that are nested or named otherwise. */
const REFUSED = [
  ['id'],
  ['src'],
  ['dst'],
  ['note'],
  ['notice'],
  ['seen.indicator'],
  ['tunnel_type'],
  ['client_initial_dcid'],
  ['request.host'],
  ['request.name'],
  ['request_p'],
  ['percent_lost'],
  ['assigned_addr'],
] as const;
const QUIET_LOGS: ReadonlySet<string> = new Set(['', 'conn', 'dns', 'http', 'ssl', 'ssh']);

/** Looks at records of connections, names and requests over TCP and UDP. */
export function lookAtZeekJson(): Look {
  const shapes = new Shapes({ values: VALUES, compared: COMPARED, refused: REFUSED });
  const glance = emptyTraffic();
  const look = (line: string): Glance | undefined => {
    const cut = shapes.cut(line, line.startsWith('{"_path":"') ? line.slice(10, 14) : '');
    if (cut === undefined) return undefined;
    const [key, path = '', client = '', port = '', proto, url = '', userAgent = '', sent = '', got = ''] = cut;
    if (!QUIET_LOGS.has(path) || !noteClient(glance, client, port) || !areFewBytes(sent, got)) return undefined;
    if (stampOf(cut[9]) === undefined) return undefined;
    if (proto !== 'tcp' && proto !== 'udp' && proto !== '') return undefined;
    if (url === '') glance.url = glance.userAgent = undefined;
    else if (!noteRequest(glance, url, userAgent)) return undefined;
    glance.key = `${path} ${proto} ${key}`;
    return glance;
  };
  return Object.assign(look, { templateOf: (line: string) => shapes.template(line, USES) });
}
