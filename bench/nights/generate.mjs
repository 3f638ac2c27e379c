// Writes big nights of one kind of log each, streaming: `node bench/nights/generate.mjs --mix eve --mb 200 --out DIR`.
// Sandboxes have addresses of their own; every alert falls into exactly one tool call of the sandbox that sent it, so the
// obvious interval join has one right answer for each, and any two programs can be held against each other.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileLines } from './lines.mjs';

const HOSTS = 4;
const SANDBOXES_PER_HOST = 16;
const NIGHT_US = 8 * 3600 * 1e6;
const START_US = Date.UTC(2026, 10, 23, 20) * 1000;

/** Mulberry32: one integer of state, enough for filler. */
export function randomOf(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function iso(us) {
  return new Date(Math.floor(us / 1000))
    .toISOString()
    .replace('Z', `${String(Math.floor(us % 1000)).padStart(3, '0')}Z`);
}

/** A file that is written in blocks of one MiB. */
class Sink {
  #file;
  #parts = [];
  #size = 0;
  bytes = 0;

  constructor(path) {
    this.#file = openSync(path, 'w');
  }

  line(text) {
    this.#parts.push(text);
    this.#size += text.length + 1;
    if (this.#size > 1 << 20) this.flush();
  }

  flush() {
    if (this.#parts.length === 0) return;
    this.bytes += writeSync(this.#file, `${this.#parts.join('\n')}\n`);
    this.#parts = [];
    this.#size = 0;
  }

  close() {
    this.flush();
    closeSync(this.#file);
  }
}

/** Sandboxes run episodes one after the other, episodes run calls; returns what the log writers need to know. */
function writeWorld(out, callsPerSandbox) {
  const leases = new Sink(`${out}/leases.jsonl`);
  const calls = new Sink(`${out}/tool_calls.jsonl`);
  const sandboxes = [];
  for (let h = 0; h < HOSTS; h++) {
    for (let s = 0; s < SANDBOXES_PER_HOST; s++) {
      const sandbox = {
        id: `rock-${h}${String(s).padStart(2, '0')}`,
        host: `train-0${h + 1}`,
        ip: `10.66.${h + 1}.${s + 10}`,
        pid: 20000 + s,
        spans: [],
      };
      sandboxes.push(sandbox);
      const step = NIGHT_US / callsPerSandbox;
      for (let c = 0; c < callsPerSandbox; c++) {
        const start = Math.floor(START_US + c * step + (h * 16 + s) * 1000);
        const end = Math.floor(start + step * 0.6);
        const episode = `traj-${h}${String(s).padStart(2, '0')}-${Math.floor(c / 10)}`;
        sandbox.spans.push({ start, end, episode, call: `call_${h}_${s}_${c}` });
        if (c % 10 === 0)
          leases.line(
            JSON.stringify({
              sandbox_id: sandbox.id,
              server: sandbox.host,
              ip: sandbox.ip,
              uid: 20000 + s,
              envd_pid: sandbox.pid,
              episode_id: episode,
              env_id: `task-${c % 7}`,
              start: iso(start - 1000),
              end: iso(start + step * 10 - 2000),
            }),
          );
        calls.line(
          JSON.stringify({
            episode_id: episode,
            env_id: `task-${c % 7}`,
            sandbox_id: sandbox.id,
            tool: 'bash',
            tool_call_id: `call_${h}_${s}_${c}`,
            command: `python3 /work/run_${c}.py --seed ${c}`,
            start: iso(start),
            end: iso(end),
          }),
        );
      }
    }
  }
  leases.close();
  calls.close();
  const inventory = new Sink(`${out}/inventory.json`);
  inventory.line(
    JSON.stringify({
      servers: Array.from({ length: HOSTS }, (_, h) => ({
        host: `train-0${h + 1}`,
        lan_ip: `10.70.0.${11 + h}`,
        sandbox_net: `10.66.${h + 1}.0/24`,
        infra_uid: 20101 + h,
      })),
      dns: '10.77.0.53',
      metadata: '169.254.169.254',
    }),
  );
  inventory.close();
  return sandboxes;
}

/** Writes one night and returns its figures. `mix` is a name of `fileLines`; `alertShare` is the share of records that are violations. */
export function writeNight({ mix, megabytes, out, seed = 1, callsPerSandbox = 300, alertShare = 0.01 }) {
  mkdirSync(out, { recursive: true });
  const sandboxes = writeWorld(out, callsPerSandbox);
  const { file, head, line } = fileLines[mix];
  const sink = new Sink(`${out}/${file}`);
  for (const text of head ?? []) sink.line(text);
  const random = randomOf(seed);
  const target = megabytes * 1e6;
  const truth = new Sink(`${out}.truth.jsonl`);
  const perMb = 1400;
  const total = Math.max(1, Math.round(megabytes * perMb));
  let n = 0;
  let alerts = 0;
  while (sink.bytes < target) {
    // Records run through the night once, whatever the size.
    const at = Math.floor(START_US + ((n % total) / total) * NIGHT_US);
    const sandbox = sandboxes[Math.floor(random() * sandboxes.length)];
    const span = spanAt(sandbox, at);
    const alert = span !== undefined && random() < alertShare;
    sink.line(line({ n, at, sandbox, alert, random }));
    if (alert) {
      alerts++;
      truth.line(JSON.stringify({ n, episode: span.episode, call: span.call }));
    }
    n++;
  }
  sink.close();
  truth.close();
  return { file, records: n, alerts, bytes: sink.bytes };
}

/** The call that runs well inside its bounds at that time. */
function spanAt(sandbox, at) {
  const step = NIGHT_US / sandbox.spans.length;
  const span = sandbox.spans[Math.floor((at - START_US) / step)];
  return span !== undefined && at > span.start + 1e5 && at < span.end - 1e5 ? span : undefined;
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
