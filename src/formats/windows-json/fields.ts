import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { wordTable } from '../../core/word-table.ts';

/** A Windows event out of whichever wrapping its shipper chose. */
export interface WindowsRecord {
  readonly id: string;
  readonly source: 'sysmon' | 'security' | 'other';
  readonly host?: string | undefined;
  readonly data: Record<string, string>;
  /** Creation of the event, by its own host. */
  readonly created?: string | undefined;
  /** Reception by the collector. */
  readonly received?: string | undefined;
  /** Local time of the host, without zone. */
  readonly local?: string | undefined;
}

const SYSMON_LINE = /^(\w+): (.+)$/;
/** Labels of the Security messages -> names of the event data. */
const LABELS = wordTable<string>({
  'New Process ID': 'NewProcessId',
  'New Process Name': 'NewProcessName',
  'Creator Process ID': 'ProcessId',
  'Process ID': 'ProcessID',
  'Process Name': 'ProcessName',
  'Process Command Line': 'CommandLine',
  'Application Name': 'Application',
  'Source Address': 'SourceAddress',
  'Source Port': 'SourcePort',
  'Destination Address': 'DestAddress',
  'Destination Port': 'DestPort',
  Direction: 'Direction',
  Protocol: 'Protocol',
});
/** ECS names that Winlogbeat's modules fill. */
const ECS: readonly (readonly [string, readonly string[]])[] = [
  ['ProcessId', ['process', 'pid']],
  ['ProcessGuid', ['process', 'entity_id']],
  ['Image', ['process', 'executable']],
  ['CommandLine', ['process', 'command_line']],
  ['CurrentDirectory', ['process', 'working_directory']],
  ['ParentProcessId', ['process', 'parent', 'pid']],
  ['ParentProcessGuid', ['process', 'parent', 'entity_id']],
  ['Protocol', ['network', 'transport']],
  ['SourceIp', ['source', 'ip']],
  ['SourcePort', ['source', 'port']],
  ['DestinationIp', ['destination', 'ip']],
  ['DestinationPort', ['destination', 'port']],
  ['QueryName', ['dns', 'question', 'name']],
];

/** The record in `json`, or undefined when it is no Windows event. */
export function windowsRecord(json: unknown): WindowsRecord | undefined {
  if (!isObject(json)) return undefined;
  if (isObject(json['winlog'])) return beatRecord(json, json['winlog']);
  if (isObject(json['Event']) && isObject(json['Event']['System']))
    return evtxRecord(json['Event'], json['Event']['System']);
  return flatRecord(json);
}

function sourceOf(...names: readonly unknown[]): WindowsRecord['source'] {
  for (const name of names) {
    if (typeof name !== 'string') continue;
    if (/sysmon/i.test(name)) return 'sysmon';
    if (name === 'Security' || name === 'Microsoft-Windows-Security-Auditing') return 'security';
  }
  return 'other';
}

function put(data: Record<string, string>, object: unknown): void {
  if (!isObject(object)) return;
  for (const [key, value] of Object.entries(object)) {
    const text = textOf(value);
    if (text !== undefined && text !== '-') data[key] = text;
  }
}

function beatRecord(json: JsonObject, winlog: JsonObject): WindowsRecord | undefined {
  const id = textOf(winlog['event_id']) ?? textOf(at(json, 'event', 'code'));
  if (id === undefined) return undefined;
  const data: Record<string, string> = {};
  const source = sourceOf(winlog['channel'], winlog['provider_name']);
  put(data, winlog['event_data']);
  if (source === 'sysmon') for (const [name, path] of ECS) data[name] ??= textOf(at(json, ...path)) ?? '';
  return {
    id,
    source,
    data,
    host: textOf(winlog['computer_name']) ?? textOf(at(json, 'host', 'name')),
    created: textOf(winlog['time_created']) ?? textOf(json['@timestamp']),
  };
}

/** evtx_dump and its relatives: the XML tree as JSON. */
function evtxRecord(event: JsonObject, system: JsonObject): WindowsRecord | undefined {
  const id = textOf(system['EventID']) ?? textOf(at(system, 'EventID', '#text'));
  if (id === undefined) return undefined;
  const data: Record<string, string> = {};
  put(data, event['EventData']);
  for (const item of arrayOf(at(event, 'EventData', 'Data'))) {
    const name = textOf(at(item, '@Name')) ?? textOf(at(item, '#attributes', 'Name'));
    if (name !== undefined) put(data, { [name]: at(item, '#text') });
  }
  const time = system['TimeCreated'];
  return {
    id,
    source: sourceOf(system['Channel'], at(system, 'Provider', '#attributes', 'Name')),
    data,
    host: textOf(system['Computer']),
    created:
      textOf(at(time, '#attributes', 'SystemTime')) ??
      textOf(at(time, '@SystemTime')) ??
      textOf(at(time, 'SystemTime')),
  };
}

/** NXLog, and exporters that put the event data beside the header. */
function flatRecord(json: JsonObject): WindowsRecord | undefined {
  const id = textOf(json['EventID']) ?? textOf(json['EventId']) ?? textOf(json['event_id']);
  const named = json['Channel'] ?? json['SourceName'] ?? json['channel'] ?? json['log_name'];
  if (id === undefined || typeof named !== 'string') return undefined;
  const source = sourceOf(json['Channel'], json['SourceName'], json['channel'], json['log_name'], json['source_name']);
  const data: Record<string, string> = {};
  // The shipper's own ProcessID is that of the event log service: only the message may name one.
  put(data, { ...json, ProcessID: undefined });
  put(data, json['EventData']);
  put(data, json['event_data']);
  fromMessage(data, textOf(json['Message']) ?? '', source);
  return {
    id,
    source,
    data,
    host: textOf(json['Hostname']) ?? textOf(json['Computer']) ?? textOf(json['computer_name']),
    // Winlogbeat 6 stamps the event's own creation; shippers that keep it apart stamp the reception.
    created:
      textOf(json['TimeCreated']) ??
      textOf(json['SystemTime']) ??
      (json['log_name'] === undefined ? undefined : textOf(json['@timestamp'])),
    received: textOf(json['@timestamp']),
    local: textOf(json['EventTime']),
  };
}

/** Some feeds drop event data that still stands in the rendered message. */
function fromMessage(data: Record<string, string>, message: string, source: WindowsRecord['source']): void {
  for (const line of message.slice(0, 20_000).split(/\r?\n/)) {
    if (source === 'sysmon') {
      const m = SYSMON_LINE.exec(line);
      if (m?.[1] !== undefined && m[2] !== undefined && m[2] !== '-') data[m[1]] ??= m[2];
      continue;
    }
    const colon = line.indexOf(':');
    const name = LABELS[line.slice(0, Math.max(0, colon)).trim()];
    const value = line.slice(colon + 1).trim();
    if (name !== undefined && value !== '' && value !== '-') data[name] ??= value;
  }
}
