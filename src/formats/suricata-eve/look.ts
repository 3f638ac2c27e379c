import { emptyTraffic, numberAt, valueAfter } from '../../core/look.ts';
import type { Glance, Look } from '../../model/format.ts';

/** Records without a verdict of their own, by far the most of a sensor's file. */
const QUIET_TYPES: ReadonlySet<string> = new Set(['flow', 'netflow', 'dns', 'tls', 'http', 'ssh', 'fileinfo']);
/** Below 1 GiB no rule looks at the bytes of a flow: that is 10 digits. */
const TELLING_DIGITS = 10;

/**
 * Looks at lines as Suricata itself writes them: time stamp first, addresses together, and of IPv4, which has one spelling. Quotes inside a JSON string are escaped,
 * so a name with its quotes can only be a member.
 */
export function lookAtEve(): Look {
  const glance = emptyTraffic();
  return (line): Glance | undefined => {
    if (!line.startsWith('{"timestamp":"') || !line.endsWith('}')) return undefined;
    const type = valueAfter(line, '"event_type":"', 40);
    if (type === undefined || !QUIET_TYPES.has(type)) return undefined;
    const src = line.indexOf('"src_ip":"', 60);
    const port = line.indexOf('","src_port":', src);
    const dest = line.indexOf(',"dest_ip":"', port);
    const proto = line.indexOf(',"proto":"', dest);
    if (src < 0 || port < 0 || port - src > 60 || dest < 0 || dest - port > 20 || proto < 0 || proto - dest > 80)
      return undefined;
    // A verdict, or a record of the answering side: for the full reading. Searched by their rarest letter.
    if (line.indexOf('verdict":', proto) >= 0 || line.indexOf('lert":{', proto) >= 0) return undefined;
    if (line.indexOf('_client","', proto) >= 0 || line.indexOf('_client"}', proto) >= 0) return undefined;
    const rest = restOf(line, type, proto);
    if (rest === undefined) return undefined;
    glance.key = type + line.slice(dest, proto + 14) + rest;
    glance.clientIp = line.slice(src + 10, port);
    if (glance.clientIp.includes(':')) return undefined;
    glance.port = numberAt(line, port + 13);
    const isRequest = type === 'http' || type === 'fileinfo';
    glance.url = isRequest ? valueAfter(line, '"url":"', proto) : undefined;
    glance.userAgent = isRequest ? valueAfter(line, '"http_user_agent":"', proto) : undefined;
    // What goes to a proxy, or a line whose address has an escape in it.
    return isRequest && glance.url?.startsWith('/') !== true ? undefined : glance;
  };
}

/** What else of the record rules look at or what names its far end; undefined when that is more than a look can tell. */
function restOf(line: string, type: string, from: number): string | undefined {
  switch (type) {
    case 'dns': {
      const name = line.indexOf('"rrname":"', from);
      const head = line.indexOf('"dns":{', from);
      return name < 0 || head < 0 ? undefined : `${valueAfter(line, '"type":"', head)}${answersOf(line, name)}`;
    }
    case 'tls':
      return valueAfter(line, '"sni":"', from) ?? '';
    case 'http':
    case 'fileinfo':
      return valueAfter(line, '"hostname":"', from) ?? '';
    case 'flow':
    case 'netflow':
      return hasLongNumber(line, from) ? undefined : '';
    default:
      return '';
  }
}

/** From the name to the end, without the community id, which differs by port. */
function answersOf(line: string, name: number): string {
  const id = line.indexOf(',"community_id":', name);
  return id < 0 ? line.slice(name) : line.slice(name, id);
}

/** A number of bytes that a rule may look at. */
function hasLongNumber(line: string, from: number): boolean {
  for (let at = line.indexOf('bytes', from); at >= 0; at = line.indexOf('bytes', at + 5)) {
    const colon = line.indexOf(':', at);
    let end = colon + 1;
    while (line.charCodeAt(end) >= 48 && line.charCodeAt(end) <= 57) end++;
    if (end - colon > TELLING_DIGITS) return true;
  }
  return false;
}
