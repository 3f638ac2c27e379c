// The ClickHouse engine in the process: the same plan as DuckDB's, explicit columns and two ASOF joins.
import { query } from 'chdb';

const [, , folder, log, mix, threads] = process.argv;
const text = (value) => `'${value.replaceAll("'", "\\'")}'`;
const panosColumns = Array.from({ length: 75 }, (_, i) => `c${i} String`).join(', ');
const moment = (column) => `parseDateTime64BestEffort(${column}, 6, 'UTC')`;

/** Mix -> SELECT of key, address and time of each alert. */
const alerts = {
  eve: `SELECT toString(flow_id) AS key, src_ip AS ip, ${moment("concat(substring(timestamp, 1, 26), 'Z')")} AS at
    FROM file(${text(log)}, JSONEachRow, 'timestamp String, flow_id UInt64, event_type String, src_ip String')
    WHERE event_type = 'alert'`,
  netfilter: `SELECT extract(line, ' SEQ=([0-9]+)') AS key, extract(line, ' SRC=([^ ]+)') AS ip,
      ${moment('substring(line, 1, 32)')} AS at
    FROM file(${text(log)}, LineAsString, 'line String') WHERE position(line, 'EGRESS-DENY ') > 0`,
  panos: `SELECT c39 AS key, c7 AS ip, ${moment("concat(replaceAll(c1, '/', '-'), 'Z')")} AS at
    FROM file(${text(log)}, CSV, '${panosColumns}') WHERE c30 = 'deny'`,
}[mix];

const leases = `SELECT ip, sandbox_id, ${moment('start')} AS since, ${moment('`end`')} AS until
  FROM file(${text(`${folder}/leases.jsonl`)}, JSONEachRow, 'ip String, sandbox_id String, start String, \`end\` String')`;

const calls = `SELECT sandbox_id, episode_id, tool_call_id, ${moment('start')} AS since, ${moment('`end`')} AS until
  FROM file(${text(`${folder}/tool_calls.jsonl`)}, JSONEachRow,
    'sandbox_id String, episode_id String, tool_call_id String, start String, \`end\` String')`;

process.stdout.write(
  query(
    `WITH held AS (SELECT a.key AS key, a.at AS at, l.sandbox_id AS sandbox_id
      FROM (${alerts}) AS a ASOF JOIN (${leases}) AS l ON a.ip = l.ip AND a.at >= l.since WHERE a.at < l.until)
    SELECT h.key, c.episode_id, c.tool_call_id
    FROM held AS h ASOF JOIN (${calls}) AS c ON h.sandbox_id = c.sandbox_id AND h.at >= c.since WHERE h.at <= c.until
    SETTINGS max_threads = ${threads}, input_format_skip_unknown_fields = 1,
      input_format_csv_allow_variable_number_of_columns = 1`,
    'TabSeparated',
  ),
);
