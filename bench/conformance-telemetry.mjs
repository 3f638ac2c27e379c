// Scores the telemetry formats against rows with known readings: node bench/conformance-telemetry.mjs [rows.jsonl] [-v]. Needs dist/.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseIp, transportName } from '../dist/core/network/ip.js';
import { parseIso } from '../dist/core/time/time.js';
import { formats } from '../dist/formats/index.js';

const beside = ['../shared/corpus', '../../shared/corpus'].map((p) =>
  fileURLToPath(new URL(`../${p}/telemetry/dev.jsonl`, import.meta.url)),
);
const argv = process.argv.slice(2);
const verbose = argv.includes('-v');
const file = argv.find((a) => a !== '-v') ?? beside.find(existsSync);
if (file === undefined) throw new Error('no rows: name a file');
/** Label of a row -> folder, where they differ. */
const ALIAS = {
  'sysmon-linux-xml': 'sysmon-xml',
  'sysmon-windows-xml': 'sysmon-xml',
  'auditd-auoms': 'auditd',
  'bcc-tcpconnect': 'bcc',
  'bcc-tcptracer': 'bcc',
  'bcc-tcplife': 'bcc',
  'bcc-execsnoop': 'bcc',
  'bcc-exitsnoop': 'bcc',
  'windows-json-nxlog': 'windows-json',
  'windows-security-winlogbeat': 'windows-json',
  'sysmon-windows-winlogbeat': 'windows-json',
  'tracee-v1beta1': 'tracee',
  hubble: 'cilium-hubble',
  'nvidia-smi-dmon': 'nvidia-smi-mon',
  'nvidia-smi-pmon': 'nvidia-smi-mon',
  'prometheus-query_range': 'prometheus-query',
  'bcc-gethostlatency': 'bcc',
};
const KINDS = {
  syscall: ['none', 'exec', 'fork', 'exit', 'socket'],
  'audit-user': ['none'],
  ignore: ['none'],
  kprobe: ['alert', 'connect', 'close', 'accept', 'bind', 'socket'],
  event: ['alert', 'none'],
  flow: ['network', 'nat', 'socket', 'close'],
  packet: ['network', 'socket'],
  dns: ['dns', 'network'],
  nat: ['nat'],
  'container-create': ['lease'],
  'container-stop': ['lease'],
  'net-connect': ['none'],
  'net-disconnect': ['none'],
  'pod-start': ['lease'],
  'pod-completion': ['lease'],
};
const LISTED = [
  'time',
  'kind',
  'pid',
  'ppid',
  'exe',
  'comm',
  'cmdline',
  'argString',
  'args',
  'cwd',
  'uid',
  'host',
  'srcIp',
  'srcPort',
  'dstIp',
  'dstPort',
  'transport',
  'state',
  'cookie',
  'result',
  'processGuid',
  'parentGuid',
  'execId',
  'parentExecId',
  'containerId',
  'rule',
  'query',
  'answers',
  'ip',
  'name',
  'value',
  'gpu',
  'exitCode',
  'start',
  'end',
  'replySrcIp',
  'replySrcPort',
  'replyDstIp',
  'replyDstPort',
];

const kindOf = (e) => (e === undefined ? 'none' : e.kind === 'process' ? e.op : e.kind);

function read(format, text) {
  const decoder = format.open({ path: 'row', zoneOffsetMin: 0, reference: 1_795_454_346_000_000 });
  const whole =
    text.trimStart().startsWith('{') || text.trimStart().startsWith('<') || typeof format.framing === 'object';
  const events = [];
  for (const part of whole ? [text] : text.split('\n'))
    events.push(
      ...(decoder.decode({ text: part, ref: { source: 'row', line: 1, offset: 0, bytes: part.length } }).events ?? []),
    );
  events.push(...(decoder.flush?.() ?? []));
  return events;
}

const ERRNO = {
  '-1': 'EPERM',
  '-2': 'ENOENT',
  '-13': 'EACCES',
  '-101': 'ENETUNREACH',
  '-111': 'ECONNREFUSED',
  '-115': 'EINPROGRESS',
};

/** An exec record is a success by its op; failures are compared by errno where the row names one. */
function outcome(e, want) {
  if (/^E[A-Z]+$/.test(want)) return ERRNO[e.exit];
  const failed = e.op === 'exec-failed' || e.result === 'fail' || e.result === 'in-progress';
  if (want === 'fail') return failed ? 'fail' : undefined;
  return e.op === 'exec' || e.result === 'ok' ? (want === 'ok' ? 'ok' : 'success') : e.result;
}

function actual(e, key, kind) {
  // An accept names the far end as the source.
  const swap = kind === 'accept';
  const src = e.socket ? (swap ? e.socket.remote : e.socket.local) : (e.src ?? e.client);
  const dst = e.socket ? (swap ? e.socket.local : e.socket.remote) : e.dst;
  const map = {
    time: e.time?.at,
    cmdline: e.commandLine ?? e.args?.join(' '),
    args: e.args ?? e.commandLine,
    argString: e.commandLine ?? e.args?.join(' '),
    srcIp: src?.ip,
    srcPort: src?.port,
    dstIp: dst?.ip,
    dstPort: dst?.port,
    transport: e.transport ?? e.socket?.transport,
    processGuid: e.entityId,
    execId: e.entityId,
    parentGuid: e.parentEntityId,
    parentExecId: e.parentEntityId,
    rule: e.rule?.name,
    query: e.name ?? e.dnsName ?? e.dns?.name,
    gpu: e.device,
    exe: e.exe ?? (e.kind === 'metric' ? e.comm : undefined),
    exitCode: e.exit,
    // The stamp of a pod or container bound is the bound itself.
    ...(e.kind === 'lease' && e.time.basis === 'none' ? { time: e.start ?? e.end } : {}),
    name: e.name ?? e.sandboxId,
    pid: e.pid ?? e.sharers?.[0]?.pid,
    replySrcIp: e.replySrc?.ip,
    replySrcPort: e.replySrc?.port,
    replyDstIp: e.replyDst?.ip,
    replyDstPort: e.replyDst?.port,
  };
  return key in map ? map[key] : e[key];
}

function same(key, want, got) {
  if (key === 'result') return want === got || (want === 'unknown' && got === undefined);
  if (key === 'time' || key === 'start' || key === 'end')
    return parseIso(String(want).replace(/Z\+\d+$/, 'Z'))?.at === got;
  // The model scales percent to ratios, MiB to bytes and MHz to hertz.
  if (key === 'value') return [1, 0.01, 1_048_576, 1_000_000].some((k) => Math.abs(want * k - got) < 1e-6);
  // What a sensor writes for "unknown" is no value.
  if (got === undefined && /^(?:<unknown process> ?|\{[0-]+\})$/.test(String(want))) return true;
  if (/Ip$/.test(key)) return got !== undefined && (parseIp(String(want)) ?? want) === got;
  // Windows has one command string: a row's split of it is joined again.
  if (key === 'args' && typeof got === 'string') return want.join(' ') === got.replace(/ +/g, ' ');
  if (key === 'transport') return got !== undefined && transportName(want) === transportName(got);
  if (key === 'query') return String(want).toLowerCase().replace(/\.$/, '') === got;
  if (Array.isArray(want)) return JSON.stringify(want) === JSON.stringify(got);
  return got !== undefined && String(want).toLowerCase() === String(got).toLowerCase();
}

function misses(expect, events) {
  const allowed = KINDS[expect.kind] ?? [expect.kind];
  const event = events.find((e) => allowed.includes(kindOf(e))) ?? events[0];
  if (!allowed.includes(kindOf(event))) return [`kind=${kindOf(event)} for ${expect.kind}`];
  if (event === undefined) return [];
  return LISTED.filter(
    (k) =>
      k !== 'kind' &&
      k in expect &&
      !same(k, expect[k], k === 'result' ? outcome(event, expect.result) : actual(event, k, expect.kind)),
  );
}

// Rows passed because no event was due: their other keys are not compared.
let silent = 0;
const table = new Map();
const byId = new Map(formats.map((f) => [f.id, f]));
for (const row of readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((l) => JSON.parse(l))) {
  const entry = table.get(row.format) ?? { rows: 0, pass: 0, detected: 0, why: new Map() };
  table.set(row.format, entry);
  entry.rows++;
  const text = typeof row.line === 'string' ? row.line : JSON.stringify(row.line);
  const exporter = text.startsWith('DCGM_') ? 'dcgm' : 'nvidia-gpu-exporter';
  const format = byId.get(row.format === 'prometheus-text' ? exporter : (ALIAS[row.format] ?? row.format));
  if (row.expect.kind === 'community-id') {
    // Tuples without time belong to no format: right is that nobody reads them.
    const json = JSON.parse(text);
    const taken = formats.some((f) => f.claims({ text, json }).score >= 0.5);
    entry.pass += taken ? 0 : 1;
    entry.detected += taken ? 0 : 1;
    continue;
  }
  if (format === undefined) continue;
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const parts = json === undefined && typeof format.framing !== 'object' ? text.split('\n') : [text];
  const mean = (f) =>
    parts.reduce((sum, part) => sum + f.claims({ text: part, json: parts.length > 1 ? undefined : json }).score, 0);
  const best = formats.map((f) => [mean(f), f.id]).sort((a, b) => b[0] - a[0])[0];
  if (best[0] > 0 && best[1] === format.id) entry.detected++;
  const wrong = misses(row.expect, read(format, text));
  if (verbose && wrong.length > 0) console.log(row.format, wrong, JSON.stringify(row.expect), text.slice(0, 300));
  if (wrong.length === 0) entry.pass++;
  if (wrong.length === 0 && read(format, text).length === 0) silent++;
  for (const key of wrong) entry.why.set(key, (entry.why.get(key) ?? 0) + 1);
}
let sum = 0,
  rows = 0,
  pass = 0,
  detected = 0;
for (const [name, e] of [...table].sort()) {
  console.log(
    `${name.padEnd(30)} ${e.pass}/${e.rows} detected ${e.detected} ${[...e.why].map(([k, n]) => `${k}:${n}`).join(' ')}`,
  );
  sum += e.pass / e.rows;
  rows += e.rows;
  pass += e.pass;
  detected += e.detected;
}
console.log(
  `mean over formats ${(sum / table.size).toFixed(3)}, rows ${pass}/${rows} (${silent} with no event due, fields not compared), detected ${detected}/${rows}`,
);
