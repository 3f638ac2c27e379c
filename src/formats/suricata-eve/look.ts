import { areFewBytes, emptyTraffic, noteClient, noteRequest } from '../../core/looks/look.ts';
import { Shapes } from '../../core/looks/shapes.ts';
import { parseIso } from '../../core/time/time.ts';
import type { Glance, Look } from '../../model/format.ts';
import { lookAtVerdicts } from './verdict-look.ts';

/** Records without a verdict of their own, by far the most of a sensor's file. */
const QUIET_TYPES: ReadonlySet<string> = new Set(['flow', 'netflow', 'dns', 'tls', 'http', 'ssh', 'fileinfo']);

const VALUES = [
  ['event_type'],
  ['src_ip'],
  ['src_port'],
  ['direction'],
  ['http', 'url'],
  ['http', 'http_user_agent'],
  ['flow', 'bytes_toserver'],
  ['flow', 'bytes_toclient'],
  ['netflow', 'bytes'],
  ['timestamp'],
] as const;
const USES = ['literal', 'client', 'port', 'literal', 'url', 'same', 'few', 'few', 'few', 'stamp'] as const;
const COMPARED = [
  ['dest_ip'],
  ['dest_port'],
  ['proto'],
  ...['type', 'rrname', 'rrtype', 'rdata', 'answers', 'grouped', 'queries', 'query'].map(
    (name) => ['dns', name] as const,
  ),
  ['tls', 'sni'],
  ['quic', 'sni'],
  ['sni'],
  ['http', 'hostname'],
  ['http', 'http_method'],
  ['http', 'status'],
] as const;

/** The time stamp takes more. */
const BEFORE_TYPE = 40;

/** Verdicts, and flows that name their opener. */
const REFUSED = [
  ['alert'],
  ['verdict'],
  ['revocation_check'],
  ['tls_error'],
  ['http', 'request_headers'],
  ['flow', 'action'],
  ['flow', 'src_ip'],
  ['netflow', 'src_ip'],
] as const;

/** Looks at records of the asking side, of IPv4, which has one spelling. */
export function lookAtEve(): Look {
  const shapes = new Shapes({ values: VALUES, compared: COMPARED, refused: REFUSED });
  const glance = emptyTraffic();
  const look = (line: string): Glance | undefined => {
    const named = line.indexOf('"event_type":"', BEFORE_TYPE) + 14;
    const cut = shapes.cut(line, line.slice(named, named + 3));
    if (cut === undefined) return undefined;
    const type = cut[1] ?? '';
    if (!QUIET_TYPES.has(type) || cut[4] === 'to_client' || !noteClient(glance, cut[2] ?? '', cut[3] ?? ''))
      return undefined;
    // Without a time it is no event.
    if (parseIso(cut[10] ?? '') === undefined) return undefined;
    if (!areFewBytes(cut[7] ?? '', cut[8] ?? '') || !areFewBytes(cut[9] ?? '', '')) return undefined;
    if (type !== 'http' && type !== 'fileinfo') glance.url = glance.userAgent = undefined;
    else if (!noteRequest(glance, cut[5] ?? '', cut[6] ?? '')) return undefined;
    glance.key = `${type} ${cut[0]}`;
    return glance;
  };
  const templateOf = (line: string) => shapes.template(line, USES);
  return Object.assign(look, { templateOf, verdicts: lookAtVerdicts() });
}
