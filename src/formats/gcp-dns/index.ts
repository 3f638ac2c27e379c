import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { arrayOf, at, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { domainName, transportName } from '../../core/network/ip.ts';
import { dnsEvent, endpointOf, nanoTimeOf, wordOf } from '../../core/network/network.ts';
import { type LogEntry, openLogEntry } from '../../core/products/gcp.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Cloud DNS query logs. */
export const gcpDns: Format = {
  id: 'gcp-dns',
  title: 'Google Cloud DNS query logs',
  roles: ['dns'],
  framing: 'auto',
  status: 'real',
  clock: 'timestamp of the log entry: ns, UTC',
  traps: [
    'queries that the internet sends to a public zone name no source, only destinationIP',
    'answers that the VM or a local cache holds are not asked again and not logged',
    'rdata is cut after 260 characters',
  ],
  describesHosts: true,
  claims,
  open: () => ({ decode }),
};

function openQuery(json: unknown, record?: RawRecord): LogEntry | undefined {
  const entry = openLogEntry(json, record);
  if (entry === undefined || typeof entry.payload['queryName'] !== 'string') return undefined;
  return 'responseCode' in entry.payload || 'queryType' in entry.payload ? entry : undefined;
}

function claims({ json }: SniffRecord): Sniff {
  const entry = openQuery(json);
  if (entry === undefined) return no('no queryName with responseCode');
  const signature = 'serverLatency' in entry.payload || 'authAnswer' in entry.payload || entry.log !== undefined;
  return signature ? yes(0.98, 'queryName, responseCode and serverLatency') : yes(0.6, 'queryName and responseCode');
}

function decode(record: RawRecord): Decoded {
  const entry = openQuery(tryJson(record.text), record);
  const name = textOf(entry?.payload['queryName']);
  if (entry === undefined || name === undefined) return failed('no queryName');
  const { payload } = entry;
  const client = endpointOf(payload['sourceIP']);
  const answers = answersOf(payload);
  return decoded(
    dnsEvent(record, {
      format: 'gcp-dns',
      clock: 'timestamp',
      time: nanoTimeOf(entry.timestamp, record, { basis: 'event', beforeUs: 1_000_000, observed: entry.received }),
      op: 'query',
      name: domainName(name) ?? name,
      qtype: wordOf(payload['queryType']),
      client: client.ip === undefined ? undefined : client,
      upstream: endpointOf(payload['destinationIP']).ip,
      answers: answers.length === 0 ? undefined : answers,
      rcode: wordOf(payload['responseCode']),
      transport: transportName(textOf(payload['protocol'])),
      host: wordOf(payload['vmInstanceName']),
    }),
  );
}

/** Values of `structuredRdata[].rvalue`, or of the older `rdata` text: `name ttl IN type value` a line, tabs between. */
function answersOf(payload: JsonObject): readonly string[] {
  const out: string[] = [];
  for (const answer of arrayOf(payload['structuredRdata'])) {
    const value = wordOf(at(answer, 'rvalue'));
    if (value !== undefined) out.push(value);
  }
  if (out.length > 0) return out;
  for (const line of (textOf(payload['rdata']) ?? '').split('\n')) {
    const value = line.split('\t')[4];
    if (value !== undefined && !line.endsWith('...')) out.push(value);
  }
  return out;
}
