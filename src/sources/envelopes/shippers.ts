import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { parseEpoch, parseIso } from '../../core/time/time.ts';
import type { Micros } from '../../model/time.ts';
import { type Layer, SHIPPER_FIELDS, underHeader } from './carriers.ts';

/** Takes a line out of what a shipper or a store of logs has put around it; undefined for any other object. */
export function peelShipped(value: JsonObject): Layer | undefined {
  return (
    loki(value) ??
    fluentBit(value) ??
    vector(value) ??
    beats(value) ??
    datadog(value) ??
    cloudLogging(value) ??
    graylog(value) ??
    victoriaLogs(value) ??
    fluentd(value) ??
    rsyslog(value) ??
    syslogNg(value) ??
    wazuh(value)
  );
}

/** `logcli query -o jsonl`, and the lines that Grafana's Explore downloads. */
function loki(value: JsonObject): Layer | undefined {
  const text = value['line'];
  const labels = value['labels'] ?? value['fields'];
  if (typeof text !== 'string' || !isObject(labels) || value['timestamp'] === undefined) return undefined;
  return { text, observed: momentOf(value['timestamp']), host: hostIn(labels) };
}

/** The streams that Loki's API answers a query with. */
export function lokiStreams(value: JsonObject): readonly Layer[] | undefined {
  const data = value['data'];
  const streams = at(data, 'resultType') === 'streams' ? at(data, 'result') : undefined;
  if (!Array.isArray(streams) || streams.length === 0) return undefined;
  return streams.flatMap((stream) => {
    const host = hostIn(at(stream, 'stream'));
    const values = at(stream, 'values');
    return (Array.isArray(values) ? values : []).flatMap((pair): Layer[] =>
      Array.isArray(pair) && typeof pair[1] === 'string' ? [{ text: pair[1], observed: momentOf(pair[0]), host }] : [],
    );
  });
}

/** Lines that the OpenTelemetry Collector's filelog receiver read and its file exporter wrote; any other batch is a trace's. */
export function otelLines(value: JsonObject): readonly Layer[] | undefined {
  const out: Layer[] = [];
  for (const resource of arrayOf(value['resourceLogs'])) {
    const about = attributesOf(at(resource, 'resource'));
    const records = arrayOf(at(resource, 'scopeLogs')).flatMap((scope) => arrayOf(at(scope, 'logRecords')));
    for (const record of records) {
      const text = at(record, 'body', 'stringValue');
      const own = attributesOf(record);
      const isLine = Object.keys(own).some((key) => key.startsWith('log.file.') || key === 'log.iostream');
      if (typeof text !== 'string' || !isLine) return undefined;
      const observed = momentOf(at(record, 'timeUnixNano')) ?? momentOf(at(record, 'observedTimeUnixNano'));
      out.push({ text, observed, host: about['host.name'], containerId: about['container.id'] });
    }
  }
  return out.length === 0 ? undefined : out;
}

function attributesOf(value: unknown): Readonly<Record<string, string | undefined>> {
  const pairs = arrayOf(at(value, 'attributes'));
  return Object.fromEntries(pairs.map((pair) => [textOf(at(pair, 'key')), textOf(at(pair, 'value', 'stringValue'))]));
}

/** `json_lines` of Fluent Bit: `date` is when it read the line. */
function fluentBit(value: JsonObject): Layer | undefined {
  const text = value['log'];
  if (typeof text !== 'string' || value['date'] === undefined) return undefined;
  return {
    text: text.replace(/\r?\n$/, ''),
    observed: momentOf(value['date']),
    host: textOf(at(value, 'kubernetes', 'host')),
    containerId: textOf(at(value, 'kubernetes', 'docker_id')),
  };
}

/** vector.dev, sources file, journald, syslog, docker_logs and kubernetes_logs: syslog lines are taken apart. */
function vector(value: JsonObject): Layer | undefined {
  const text = value['message'];
  if (typeof text !== 'string' || typeof value['source_type'] !== 'string') return undefined;
  const observed = momentOf(value['timestamp']);
  const host = textOf(value['hostname']) ?? textOf(value['host']) ?? textOf(at(value, 'kubernetes', 'pod_node_name'));
  const sender = { program: value['appname'], pid: value['procid'] };
  const containerId = textOf(value['container_id']) ?? withoutScheme(at(value, 'kubernetes', 'container_id'));
  return { text: underHeader(text, { observed, host, ...sender }), observed, host, containerId };
}

/** Filebeat and Logstash, where nothing was made of the line yet. */
function beats(value: JsonObject): Layer | undefined {
  const text = textOf(at(value, 'event', 'original')) ?? value['message'];
  const isShipped = value['@timestamp'] !== undefined && (value['@version'] ?? value['@metadata']) !== undefined;
  if (typeof text !== 'string' || !isShipped || !Object.keys(value).every((key) => SHIPPER_FIELDS.has(key)))
    return undefined;
  return {
    text,
    observed: momentOf(value['@timestamp']),
    host: textOf(at(value, 'host', 'name')) ?? textOf(at(value, 'host', 'hostname')) ?? textOf(value['host']),
    containerId: textOf(at(value, 'container', 'id')),
  };
}

/** Datadog's log archives. */
function datadog(value: JsonObject): Layer | undefined {
  const text = value['message'];
  if (typeof text !== 'string' || value['_id'] === undefined || !Array.isArray(value['tags'])) return undefined;
  return { text, observed: momentOf(value['date']), host: textOf(value['host']) };
}

/** What the agents of Cloud Logging put beside a line that they have not parsed. */
const PLAIN_PAYLOAD: ReadonlySet<string> = new Set(['message', 'log', 'ident', 'host', 'pid', 'localhost', 'tag']);

/** `LogEntry` of Google Cloud Logging with a line as its payload. */
function cloudLogging(value: JsonObject): Layer | undefined {
  if (value['logName'] === undefined && value['insertId'] === undefined) return undefined;
  const payload = value['jsonPayload'];
  const isPlain = isObject(payload) && Object.keys(payload).every((key) => PLAIN_PAYLOAD.has(key));
  const text = value['textPayload'] ?? (isPlain ? (payload['message'] ?? payload['log']) : undefined);
  if (typeof text !== 'string') return undefined;
  const observed = momentOf(value['timestamp']);
  const host = textOf(at(value, 'labels', 'compute.googleapis.com/resource_name')) ?? textOf(at(payload, 'host'));
  const sender = { program: at(payload, 'ident'), pid: at(payload, 'pid') };
  const line = text.replace(/\r?\n$/, '');
  return { text: underHeader(line, { observed, host, ...sender }), observed, host };
}

/** GELF 1.1: `full_message` is the line where it is told. */
function graylog(value: JsonObject): Layer | undefined {
  const text = value['full_message'] ?? value['short_message'];
  if (typeof text !== 'string' || value['short_message'] === undefined || value['host'] === undefined) return undefined;
  return {
    text,
    observed: momentOf(value['timestamp']),
    host: textOf(value['host']),
    containerId: textOf(value['_container_id']),
  };
}

/** Answers of VictoriaLogs, a line each. */
function victoriaLogs(value: JsonObject): Layer | undefined {
  const text = value['_msg'];
  if (typeof text !== 'string' || value['_time'] === undefined) return undefined;
  return { text, observed: momentOf(value['_time']), host: hostIn(value) };
}

/** Fluentd's and Fluent Bit's syslog sources have taken the header apart. */
function fluentd(value: JsonObject): Layer | undefined {
  const text = value['message'];
  if (typeof text !== 'string' || typeof value['ident'] !== 'string' || value['host'] === undefined) return undefined;
  const observed = momentOf(value['time'] ?? value['date'] ?? value['@timestamp']);
  const host = textOf(value['host']);
  return {
    text: underHeader(text, { observed, host, program: value['ident'], pid: value['pid'] }),
    observed,
    host,
  };
}

/** `%jsonmesg%` of rsyslog keeps the line as it came. */
function rsyslog(value: JsonObject): Layer | undefined {
  const text = value['rawmsg'];
  if (typeof text !== 'string' || value['syslogtag'] === undefined) return undefined;
  return { text, observed: momentOf(value['timereported']), host: textOf(value['hostname']) };
}

/** `$(format-json --scope rfc5424)` of syslog-ng: the header's parts, whose date may have neither year nor zone. */
function syslogNg(value: JsonObject): Layer | undefined {
  const text = value['MESSAGE'];
  const program = textOf(value['PROGRAM']);
  const host = textOf(value['HOST']);
  if (typeof text !== 'string' || program === undefined || host === undefined) return undefined;
  const stamp = textOf(value['ISODATE']) ?? textOf(value['DATE']);
  const pid = textOf(value['PID']);
  const head = `${stamp} ${host} ${program}${pid === undefined ? '' : `[${pid}]`}: `;
  return { text: stamp === undefined || text.startsWith('{') ? text : head + text, observed: momentOf(stamp), host };
}

/** A moment with its zone, or an epoch of any unit; a local time is none. */
function momentOf(value: unknown): Micros | undefined {
  const text = textOf(value) ?? '';
  const stamp = parseIso(text) ?? parseEpoch(text);
  return stamp?.zone === 'assumed' ? undefined : stamp?.at;
}

function hostIn(labels: unknown): string | undefined {
  return textOf(at(labels, 'host')) ?? textOf(at(labels, 'hostname')) ?? textOf(at(labels, 'node_name'));
}

function withoutScheme(id: unknown): string | undefined {
  return textOf(id)?.replace(/^[\w.-]+:\/\//, '');
}

/**
 * `alerts.json` and `archives.json` of Wazuh. The manager (agent 000) also receives the lines of devices, whose own host they name.
 * A JSON line stands taken apart under `data`, its numbers as text; `full_log` is there where the archive keeps it.
 */
function wazuh(value: JsonObject): Layer | undefined {
  const agent = value['agent'];
  if (!isObject(agent) || value['location'] === undefined || value['timestamp'] === undefined) return undefined;
  const data = at(value, 'decoder', 'name') === 'json' ? value['data'] : undefined;
  const text = value['full_log'] ?? (isObject(data) ? JSON.stringify(data) : undefined);
  if (typeof text !== 'string') return undefined;
  const host = agent['id'] === '000' ? undefined : textOf(agent['name']);
  return { text, observed: momentOf(value['timestamp']), host };
}
