// Scores the network formats against rows with known readings: node bench/conformance-firewall.mjs [--misses LABEL] [rows.jsonl]. Needs dist/.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sniffMean } from '../dist/core/decoded.js';
import { domainName, parseIp, transportName } from '../dist/core/network/ip.js';
import { formatIso, parseIso } from '../dist/core/time/time.js';
import { formats } from '../dist/formats/index.js';
import { createFramer, cutOf } from '../dist/sources/cutting/frame.js';
import { unwrapRecord } from '../dist/sources/envelopes/unwrap.js';

const args = process.argv.slice(2);
const at = args.indexOf('--misses');
const shown = at < 0 ? undefined : args.splice(at, 2)[1];
const beside = ['../shared/corpus', '../../shared/corpus'].map((path) =>
  fileURLToPath(new URL(`../${path}/firewall/dev.jsonl`, import.meta.url)),
);
const file = args[0] ?? beside.find(existsSync);
if (file === undefined) throw new Error('no rows: name a file');

/** Any year will do for stamps without one; rows with a readable time lend theirs, so that leap days exist. */
const REFERENCE = Date.UTC(2024, 11, 31, 23, 59, 59) * 1000;
const WRAPPERS = /(?:-(?:container-json|json|csv|splunk|headless|flattened))+$/;
const ADDRESSES = new Set(['srcIp', 'dstIp', 'natSrcIp', 'natDstIp']);
const PORTS = new Set(['srcPort', 'dstPort', 'natSrcPort', 'natDstPort']);
const TIMES = new Set(['time', 'start', 'end']);
const byId = new Map(formats.map((format) => [format.id, format]));

const baseOf = (label) => label.replace(WRAPPERS, '');

/** Minutes east of UTC of a zone name or offset at an instant. */
function offsetOf(zone, ms) {
  const fixed = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? 'UTC');
  if (fixed !== null) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone ?? 'UTC', timeZoneName: 'longOffset' }).formatToParts(
    ms,
  );
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return name === 'GMT' ? 0 : offsetOf(name.slice(3), ms);
}

function recordsOf(format, text) {
  const framer = createFramer('row', cutOf(format.framing, text));
  return [...framer.push(Buffer.from(text)), ...framer.end()].map(unwrapRecord);
}

function eventsOf(format, row) {
  const at = Date.parse(row.expect.time ?? '2024-06-30T00:00:00Z');
  const reference = row.timeMatch === 'no-year' ? (at + 86_400_000) * 1000 : REFERENCE;
  const decoder = format.open({ path: 'row', zoneOffsetMin: offsetOf(row.opts?.tz, at), reference });
  const events = [];
  for (const record of recordsOf(format, textOf(row))) events.push(...(decoder.decode(record).events ?? []));
  events.push(...(decoder.flush?.() ?? []));
  return events;
}

const textOf = (row) => (row.context?.header === undefined ? row.line : `${row.context.header}\n${row.line}`);

/** The format that claims the bare line most, as detection would see it. */
function sniff(row) {
  let best = { score: 0, id: undefined };
  for (const format of formats) {
    const records = recordsOf(format, textOf(row)).map(({ text }) => ({ text, json: jsonOf(text) }));
    const sample = { path: 'row', records };
    const { score } = format.sniff?.(sample) ?? sniffMean(sample, format.claims);
    if (score > best.score) best = { score, id: format.id };
  }
  return best.id;
}

function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const slotOf = ({ kind, dst, replyDst }) => (kind === 'nat' && dst.ip === undefined ? replyDst : undefined);

const FIELDS = {
  srcIp: (event) => [event.src?.ip ?? event.client?.ip],
  srcPort: (event) => [event.src?.port ?? event.client?.port],
  // A translation for any far end has none: there the rows name the translated source.
  dstIp: (event) => [event.dst?.ip ?? event.upstream ?? slotOf(event)?.ip],
  dstPort: (event) => [event.dst?.port ?? slotOf(event)?.port],
  transport: (event) => [event.transport],
  action: (event) => [event.action],
  rule: (event) => [event.rule?.name, event.rule?.id],
  // conntrack-like records: the reply tuple's destination is the translated source.
  natSrcIp: (event) => [event.nat?.srcIp ?? event.replyDst?.ip],
  natSrcPort: (event) => [event.nat?.srcPort ?? event.replyDst?.port],
  natDstIp: (event) => [event.nat?.dstIp ?? event.replySrc?.ip],
  natDstPort: (event) => [event.nat?.dstPort ?? event.replySrc?.port],
  domain: (event) => [event.dst?.domain, event.dns?.name, event.name, event.http?.host],
  time: (event) => [event.time.at, event.time.observed],
  // The interval of the cause is wider than the window where whole seconds were cut.
  start: ({ time }) => [time.at, time.lo, time.lo + 1_000_000],
  end: ({ time }) => [time.at, time.hi, time.hi - 1_000_000],
};

const hasZone = (stamp) => stamp !== undefined && stamp.zone !== 'assumed';

/** Equal after both are cut to the coarser step; a row without year compares month to fraction. */
function sameTime(row, want, got, stepUs) {
  const stamp = parseIso(want, 0);
  if (stamp === undefined || !hasZone(stamp) || got === undefined) return false;
  // Some oracles wrote `.000` for a fraction that they had dropped.
  const step = Math.max(/\.0+Z$/.test(want) ? 1_000_000 : stamp.stepUs, stepUs ?? 1);
  const cut = (us) => Math.floor(us / step) * step;
  if (row.timeMatch !== 'no-year') return cut(stamp.at) === cut(got);
  return formatIso(cut(stamp.at)).slice(4) === formatIso(cut(got)).slice(4);
}

function same(row, key, got, event) {
  if (got === undefined) return false;
  const want = row.expect[key];
  if (TIMES.has(key)) return sameTime(row, String(want), got, event.time.stepUs);
  if (ADDRESSES.has(key)) return (parseIp(String(want)) ?? String(want).toLowerCase()) === got;
  if (PORTS.has(key)) return Number(want) === got;
  if (key === 'transport') return transportName(String(want)) === got;
  if (key === 'domain') return (domainName(String(want)) ?? String(want).toLowerCase()) === got;
  const wanted = key === 'rule' ? [want, row.expect.ruleId] : [want];
  return wanted.some((value) => value != null && String(value).trim() === String(got).trim());
}

function missesOf(row, event) {
  const seen = row.expect.unordered ? [event, { ...event, src: event.dst, dst: event.src }] : [event];
  let best;
  for (const candidate of seen) {
    const misses = row.compare.filter(
      (key) => !(FIELDS[key]?.(candidate) ?? []).some((got) => same(row, key, got, candidate)),
    );
    if (best === undefined || misses.length < best.misses.length) best = { misses, event: candidate };
  }
  return best;
}

/** A wrong address, port or time is worse than none. */
const isFalse = (key, event) =>
  (ADDRESSES.has(key) || PORTS.has(key) || TIMES.has(key)) &&
  event !== undefined &&
  (FIELDS[key]?.(event) ?? []).some((got) => got !== undefined) &&
  !(TIMES.has(key) && event.time.basis === 'none');

const table = new Map();
for (const line of readFileSync(file, 'utf8').split('\n')) {
  if (line === '') continue;
  const row = JSON.parse(line);
  const entry = table.get(row.format) ?? {
    tier: row.tier,
    rows: 0,
    passed: 0,
    sniffed: 0,
    fields: 0,
    wrong: 0,
    why: new Map(),
  };
  table.set(row.format, entry);
  entry.rows++;
  const found = sniff(row);
  if (found !== undefined && baseOf(found) === baseOf(row.format)) entry.sniffed++;
  const format = byId.get(row.format) ?? byId.get(baseOf(row.format)) ?? byId.get(found);
  const events = format === undefined ? [] : eventsOf(format, row);
  let best = { misses: [...row.compare], event: undefined };
  for (const event of events) {
    const result = missesOf(row, event);
    if (best.event === undefined || result.misses.length < best.misses.length) best = result;
  }
  entry.fields += row.compare.filter((key) => ADDRESSES.has(key) || PORTS.has(key) || TIMES.has(key)).length;
  for (const key of best.misses) if (isFalse(key, best.event)) entry.wrong++;
  if (best.misses.length === 0) entry.passed++;
  const why = events.length === 0 ? [format === undefined ? 'no format' : 'no event'] : best.misses;
  for (const key of why) entry.why.set(key, (entry.why.get(key) ?? 0) + 1);
  if (shown === row.format && (best.misses.length > 0 || baseOf(found ?? '') !== baseOf(row.format))) {
    console.log(`${row.id} sniffed ${found}; misses ${why.join(' ')}\n  ${JSON.stringify(row.line).slice(0, 700)}`);
    for (const key of best.misses) console.log(`  ${key}: want ${JSON.stringify(row.expect[key])}`);
    console.log(`  got ${JSON.stringify(best.event)?.slice(0, 900)}`);
  }
}

const share = (part, whole) => (whole === 0 ? '-' : ((100 * part) / whole).toFixed(1));
for (const tier of [1, 2, 3]) {
  const rows = [...table].filter(([, entry]) => entry.tier === tier).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  let sum = 0;
  const total = { rows: 0, passed: 0, sniffed: 0, fields: 0, wrong: 0 };
  for (const [label, entry] of rows) {
    sum += entry.passed / entry.rows;
    for (const key of Object.keys(total)) total[key] += entry[key];
    const why = [...entry.why].sort((a, b) => b[1] - a[1]).map(([key, n]) => `${key}:${n}`);
    console.log(
      `${tier} ${label.padEnd(22)} ${`${entry.passed}/${entry.rows}`.padStart(8)} ${share(entry.passed, entry.rows).padStart(6)} %  sniffed ${share(entry.sniffed, entry.rows).padStart(5)} %  false ${entry.wrong}/${entry.fields}  ${why.join(' ')}`,
    );
  }
  console.log(
    `tier ${tier}: mean over formats ${(sum / Math.max(1, rows.length)).toFixed(4)}, rows ${total.passed}/${total.rows}, sniffed ${total.sniffed}/${total.rows}, false fields ${share(total.wrong, total.fields)} %\n`,
  );
}
