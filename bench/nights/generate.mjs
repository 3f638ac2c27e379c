// Writes big nights of one kind of log each, streaming: `node bench/nights/generate.mjs --mix eve --mb 200 --out DIR`.
// Sandboxes have addresses of their own; every alert falls into exactly one tool call of the sandbox that sent it, so the
// obvious interval join has one right answer for each, and any two programs can be held against each other.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { mixes } from './lines.mjs';
import { night } from './time.mjs';
import { makeWorld, spanAt } from './world.mjs';

/** Mulberry32: one integer of state, enough for filler. */
function randomOf(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A file that is written in blocks of one MiB. All text is ASCII. */
class Sink {
  #file;
  #parts = [];
  #pending = 0;
  #written = 0;

  constructor(path) {
    this.#file = openSync(path, 'w');
  }

  get bytes() {
    return this.#written + this.#pending;
  }

  line(text) {
    this.#parts.push(text);
    this.#pending += text.length + 1;
    if (this.#pending > 1 << 20) this.#flush();
  }

  #flush() {
    if (this.#parts.length === 0) return;
    this.#written += writeSync(this.#file, `${this.#parts.join('\n')}\n`);
    this.#parts = [];
    this.#pending = 0;
  }

  close() {
    this.#flush();
    closeSync(this.#file);
  }
}

function writeLines(path, records) {
  const sink = new Sink(path);
  for (const record of records) sink.line(JSON.stringify(record));
  sink.close();
}

/** How many records fill the night, from the mean length of a thousand. */
function recordsFor(logs, bytes, makeRecord) {
  const shares = logs.reduce((sum, { share = 1 }) => sum + share, 0);
  const perByte = logs.reduce((sum, log) => {
    const sample = Array.from({ length: 1000 }, (_, n) => makeRecord(log, n, night.startUs).text.length + 1);
    const mean = sample.reduce((a, b) => a + b, 0) / sample.length;
    return sum + (log.share ?? 1) / shares / mean;
  }, 0);
  return Math.max(1, Math.round(bytes * perByte));
}

function recordMaker({ sandboxes, alertShare, seed }) {
  const random = randomOf(seed);
  return (log, n, at) => {
    const sandbox = sandboxes[Math.floor(random() * sandboxes.length)];
    const span = spanAt(sandbox, at);
    const alert = log.alerts === true && span !== undefined && random() < alertShare;
    return { text: log.line({ n, at, sandbox, alert, random }), span: alert ? span : undefined, sandbox };
  };
}

const linesOf = (head) => (head === undefined ? 0 : head.split('\n').length);

/** The log that is furthest behind its share of the bytes. */
function next(logs) {
  return logs.reduce((least, log) => (log.sink.bytes / log.share < least.sink.bytes / least.share ? log : least));
}

function writeTwins(logs, { twin }, alert) {
  if (twin === undefined) return;
  const other = logs.find(({ file }) => file === twin.file);
  for (const line of twin.lines(alert)) other.sink.line(line);
}

/**
 * Writes one night and returns its figures. `mix` is a name of `mixes`; `alertShare` is the share of records that are
 * alerts, of those that fall into a call. The truth lies beside the folder.
 */
export function writeNight({ mix, megabytes, out, seed = 1, callsPerSandbox = 300, alertShare = 0.01 }) {
  mkdirSync(out, { recursive: true });
  const world = makeWorld(callsPerSandbox);
  writeLines(`${out}/leases.jsonl`, world.leases);
  writeLines(`${out}/tool_calls.jsonl`, world.calls);
  writeLines(`${out}/inventory.json`, [world.inventory]);
  const source = { sandboxes: world.sandboxes, alertShare };
  const total = recordsFor(mixes[mix], megabytes * 1e6, recordMaker({ ...source, seed: seed + 1 }));
  const makeRecord = recordMaker({ ...source, seed });
  const logs = mixes[mix].map((log) => ({ share: 1, ...log, records: 0, sink: new Sink(`${out}/${log.file}`) }));
  for (const { head, sink } of logs) if (head !== undefined) sink.line(head);
  const truth = new Sink(`${out}.truth.jsonl`);
  let alerts = 0;
  for (let i = 0; i < total; i++) {
    const log = next(logs);
    const n = log.records++;
    const at = Math.floor(night.startUs + (i / total) * night.lengthUs);
    const { text, span, sandbox } = makeRecord(log, n, at);
    log.sink.line(text);
    if (span === undefined) continue;
    alerts++;
    writeTwins(logs, log, { at, sandbox, span, text });
    truth.line(
      JSON.stringify({ line: n + 1 + linesOf(log.head), key: log.key?.(n), episode: span.episode, call: span.call }),
    );
  }
  for (const { sink } of [...logs, { sink: truth }]) sink.close();
  return {
    files: logs.map(({ file }) => file),
    records: total,
    alerts,
    bytes: logs.reduce((sum, log) => sum + log.sink.bytes, 0),
  };
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      mix: { type: 'string', default: 'eve' },
      mb: { type: 'string', default: '200' },
      out: { type: 'string' },
      seed: { type: 'string', default: '1' },
      alerts: { type: 'string', default: '0.01' },
      calls: { type: 'string', default: '300' },
    },
  });
  const figures = writeNight({
    mix: values.mix,
    megabytes: Number(values.mb),
    out: values.out,
    seed: Number(values.seed),
    alertShare: Number(values.alerts),
    callsPerSandbox: Number(values.calls),
  });
  console.log(JSON.stringify(figures));
}
