import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { headed } from '../../core/lines/headed.ts';
import { authorityOf, targetOf } from '../../core/network/forward-proxy.ts';
import { parseIp } from '../../core/network/ip.ts';
import { bytesOf, endpointOf, isPlaced, networkEvent, ruleOf, wordOf } from '../../core/network/network.ts';
import { rowObject } from '../../core/tables/table.ts';
import { eventTime, parseEpoch, parseIso, timeFromObserved } from '../../core/time/time.ts';
import type { Action, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { bareRow, cellsOf, proxyColumns, type Row } from './columns.ts';

/** Access logs of proxies in the W3C extended format, whatever columns they were given. */
export const w3cProxy: Format = headed({
  id: 'w3c-proxy',
  title: 'W3C extended logs of proxies (Blue Coat ProxySG, Forefront TMG, Cisco WSA, Netskope)',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'documented',
  clock: '`date` and `time` are UTC, 1 s, at the END of the transaction; `time-taken` is ms',
  traps: [
    'a tunnel is logged when it closes: its start is as long before as `time-taken` says',
    '`s-ip` is the proxy itself: the far end is `r-ip`, `s-supplier-ip` or the host of the request',
    'status 407 is only an authentication challenge',
    'without its `#Fields:` line only the default columns of ProxySG can be read',
  ],
  claims,
  sniff,
  isInOrder: true,
  open,
});

const SOFTWARE =
  /^#Software:\s*(?:SGOS|Blue Coat|Microsoft (?:Forefront TMG|ISA|Internet Security and Acceleration)|AsyncOS|Netskope)/i;

function claims({ text }: SniffRecord): Sniff {
  if (proxyColumns(text) !== undefined || SOFTWARE.test(text)) return yes(0.97, 'heading of a proxy in the W3C format');
  return bareRow(text) === undefined ? no('no heading of a proxy') : yes(0.93, 'columns of ProxySG around its verdict');
}

/** Rows mean what their heading says. */
function sniff(sample: Sample): Sniff {
  const head = sample.records.find(({ text }) => proxyColumns(text) !== undefined);
  if (head === undefined) return sniffMean(sample, claims);
  const isOther = sample.records.filter(({ text }) => /^\s*[{[<]/.test(text)).length > sample.records.length / 2;
  return isOther ? no('most records are none of a table') : yes(0.97, 'heading of a proxy in the W3C format');
}

function open(): Decoder {
  let columns: readonly string[] | undefined;
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    if (text.startsWith('#')) {
      columns = proxyColumns(text) ?? columns;
      return skipped(text.startsWith('#Fields:') ? 'header' : 'comment');
    }
    const row = columns === undefined ? bareRow(text) : rowUnder(columns, text);
    return row === undefined ? failed('no line under a heading of a proxy') : requestIn(record, row);
  };
  return { decode };
}

function rowUnder(columns: readonly string[], text: string): Row | undefined {
  const cells = cellsOf(text);
  return cells.length === columns.length ? rowObject(columns, cells) : bareRow(text);
}

function requestIn(record: RawRecord, row: Row): Decoded {
  const client = endpointOf(row['c-ip'], wordOf(row['c-port']));
  const method = wordOf(row['cs-method'] ?? row['s-operation'])?.toUpperCase();
  const url = urlOf(row, method);
  const dst = farEnd(row, method, url);
  if (!isPlaced(client) || !isPlaced(dst)) return skipped('request without a client or a host');
  const status = Number(row['sc-status'] ?? resultIn(row)[1]);
  const exception = wordOf(row['x-exception-id']);
  const upstream = parseIp(row['r-ip'] ?? '') ?? parseIp(row['s-supplier-ip'] ?? '');
  const event: NetworkEvent = networkEvent(record, {
    format: 'w3c-proxy',
    clock: 'end',
    time: timeOf(record, row),
    type: 'proxy',
    action: verdictIn(row, exception),
    actionRaw: wordOf(row['s-action']) ?? wordOf(row['action']) ?? wordOf(row['x-policy-action']) ?? resultIn(row)[0],
    src: client,
    dst,
    initiator: 'src',
    transport: 'tcp',
    direction: 'outbound',
    rule: ruleOf(row['rule'] ?? row['x-policy-name'] ?? row['x-acltag'] ?? exception, exception, categoryOf(row)),
    http: compact({
      method,
      url: url ?? '',
      host: dst.domain ?? dst.ip,
      status: status >= 100 && status < 600 ? status : undefined,
      userAgent: wordOf(row['cs(User-Agent)'] ?? row['c-agent'] ?? row['cs-user-agent']),
    }),
    upstream: upstream === undefined ? undefined : compact({ ip: upstream, port: dst.port }),
    bytes: bytesOf(wordOf(row['cs-bytes']), wordOf(row['sc-bytes'])),
    observer: wordOf(row['s-computername'] ?? row['x-bluecoat-appliance-name']),
    state: wordOf(row['sc-filter-result']),
  });
  return decoded(event);
}

const categoryOf = (row: Row): string | undefined =>
  row['cs-categories'] === 'none' ? undefined : row['cs-categories'];

/** `RESULT/status` of AsyncOS, which takes it from Squid. */
function resultIn(row: Row): readonly [string | undefined, string | undefined] {
  const [result, status] = (row['x-resultcode-httpstatus'] ?? row['sc-result-code'] ?? '').split('/');
  return [wordOf(result), status];
}

const DENIED = /DENIED|^BLOCK|^deny$/i;
/** Exceptions of policies, of filters and of scanners; others tell of networks and servers that failed. */
const BY_POLICY = /^(?:policy_|content_filter_|virus_|malware|spoof_|silent_denied|exception_policy|block)/;

function verdictIn(row: Row, exception: string | undefined): Action {
  const words = [
    row['s-action'],
    row['action'],
    row['sc-filter-result'],
    row['x-policy-action'],
    resultIn(row)[0],
    row['x-acltag'],
  ];
  const said = words.flatMap((word) => wordOf(word) ?? []);
  if (said.some((word) => DENIED.test(word)) || (exception !== undefined && BY_POLICY.test(exception))) return 'deny';
  return said.length === 0 ? 'unknown' : 'allow';
}

/** The whole URL where a column holds it, else put together of its parts; of a tunnel its target. */
function urlOf(row: Row, method: string | undefined): string | undefined {
  const whole = wordOf(row['cs-uri'] ?? row['cs-url'] ?? row['c-uri']);
  const host = wordOf(row['cs-host'] ?? row['cs-uri-host'] ?? row['r-host']);
  const port = wordOf(row['cs-uri-port'] ?? row['r-port']);
  const bracketed = host?.includes(':') === true && !host.startsWith('[') ? `[${host}]` : host;
  const authority = bracketed === undefined || port === undefined || port === '0' ? bracketed : `${bracketed}:${port}`;
  if (method === 'CONNECT') return authority ?? whole?.replace(/^[a-z]+:\/\/|\/$/g, '');
  if (whole?.includes('://') === true || authority === undefined) return whole;
  const scheme = wordOf(row['cs-uri-scheme'] ?? row['cs-protocol']) ?? 'http';
  return `${scheme}://${authority}${wordOf(row['cs-uri-path']) ?? ''}${queryOf(row)}`;
}

function queryOf(row: Row): string {
  const query = wordOf(row['cs-uri-query']);
  return query === undefined ? '' : query.startsWith('?') ? query : `?${query}`;
}

function farEnd(row: Row, method: string | undefined, url: string | undefined): Endpoint {
  const target = url === undefined ? {} : method === 'CONNECT' ? authorityOf(url) : targetOf(method ?? '', url);
  const isViaOther = /upstream/i.test(row['s-object-source'] ?? '');
  const asked = isViaOther ? undefined : (parseIp(row['r-ip'] ?? '') ?? parseIp(row['s-supplier-ip'] ?? ''));
  return compact({
    ip: target.ip ?? asked,
    port: target.port ?? endpointOf(undefined, wordOf(row['cs-uri-port'] ?? row['r-port'])).port,
    domain: target.domain ?? endpointOf(wordOf(row['cs-host'] ?? row['r-host'])).domain,
  });
}

function timeOf(record: RawRecord, row: Row): EventTime {
  const date = wordOf(row['date'] ?? row['x-cs-date']);
  const raw =
    date === undefined
      ? (wordOf(row['timestamp'] ?? row['x-timestamp-unix'] ?? row['x-cs-timestamp']) ?? '')
      : `${date} ${row['time'] ?? ''}`;
  const stamp = date === undefined ? parseEpoch(raw) : parseIso(`${date}T${row['time'] ?? ''}Z`);
  if (stamp === undefined) return timeFromObserved(record.observed);
  const tookUs = Math.max(0, Number(row['time-taken'] ?? row['x-elapsed-time']) || 0) * 1000;
  return eventTime(stamp, { raw, basis: 'completion', beforeUs: tookUs + stamp.stepUs, observed: record.observed });
}
