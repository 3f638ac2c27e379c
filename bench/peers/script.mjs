// The obvious script: JSON.parse of every line, leases by address, nested loops over the windows.
import { readFileSync } from 'node:fs';
import { readlineOf } from './lines.mjs';

const [, , folder, log, mix] = process.argv;

const alertOf = {
  eve(line) {
    const record = JSON.parse(line);
    if (record.event_type !== 'alert') return undefined;
    return { key: record.flow_id, ip: record.src_ip, time: record.timestamp };
  },
  netfilter(line) {
    const match = /^(\S+) .*EGRESS-DENY .* SRC=(\S+) .* SEQ=(\d+)/.exec(line);
    return match === null ? undefined : { key: match[3], ip: match[2], time: match[1] };
  },
  panos(line) {
    const row = line.split(',');
    if (row[30] !== 'deny') return undefined;
    return { key: row[39], ip: row[7], time: `${row[1].replaceAll('/', '-').replace(' ', 'T')}Z` };
  },
}[mix];

function rows(name) {
  return readFileSync(`${folder}/${name}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const row = JSON.parse(line);
      return { ...row, from: Date.parse(row.start), to: Date.parse(row.end) };
    });
}

const leases = groupBy(rows('leases.jsonl'), 'ip');
const calls = groupBy(rows('tool_calls.jsonl'), 'sandbox_id');

function groupBy(list, field) {
  const groups = new Map();
  for (const row of list) {
    const group = groups.get(row[field]);
    if (group === undefined) groups.set(row[field], [row]);
    else group.push(row);
  }
  return groups;
}

for await (const line of readlineOf(log)) {
  const alert = alertOf(line);
  if (alert === undefined) continue;
  const at = Date.parse(alert.time);
  for (const lease of leases.get(alert.ip) ?? []) {
    if (at < lease.from || at >= lease.to) continue;
    for (const call of calls.get(lease.sandbox_id) ?? []) {
      if (at >= call.from && at <= call.to) console.log(`${alert.key}\t${call.episode_id}\t${call.tool_call_id}`);
    }
  }
}
