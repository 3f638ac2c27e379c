import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { writeNight } from '../../../bench/nights/generate.mjs';
import type { Attribution } from '../../../src/model/attribution.ts';
import { investigate } from '../../../src/pipeline.ts';
import { gather } from '../../../src/reading/gather.ts';
import { simulateNight } from '../../../src/simulate/index.ts';

const root = join(import.meta.dirname, '../../..');
const work = mkdtempSync(join(tmpdir(), 'reach-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function simulated(): string {
  const out = join(work, 'simulated');
  for (const { file, text } of simulateNight({ seed: 3, families: [], episodes: 60 })) {
    mkdirSync(dirname(join(out, file)), { recursive: true });
    appendFileSync(join(out, file), text);
  }
  return join(out, 'inputs');
}

/** Logs of sensors become `.gz`, with times of change as they were. */
function compressIn(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/^(?:inventory|leases|tool_calls)/.test(name)) continue;
    const path = join(folder, name);
    const { atime, mtime } = statSync(path);
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    utimesSync(`${path}.gz`, atime, mtime);
    rmSync(path);
  }
}

/** What users act on, by the place of the record. */
function answers(attributions: readonly Attribution[]): ReadonlyMap<string, string> {
  return new Map(
    attributions.map(({ violation, verdict, episode, toolCall }) => [
      `${violation.event.ref.source}:${violation.event.ref.line}`,
      `${verdict} ${episode?.id ?? '-'} ${toolCall?.id ?? '-'}`,
    ]),
  );
}

const isNamed = (answer: string): boolean => answer.startsWith('proven') || answer.startsWith('likely');
const nameOf = (answer: string): string => answer.slice(answer.indexOf(' ') + 1);
/** Nothing is kept whole, but places of lines are. */
const PLACES_ONLY = 60e6;

/** Nothing is, and what may matter is found by reading a second time. */
const READ_TWICE = { memoryBytes: 0, temporaryFiles: false };

const run = (paths: string, memoryBytes: number) => investigate({ paths: [paths], cwd: root, memoryBytes });
/** How many records of each file were kept and left, and that they are all. */
async function countsOf(folder: string, budget: { memoryBytes: number; temporaryFiles?: boolean }) {
  const { inputs, store } = await gather({ paths: [folder], cwd: root, ...budget }, 'reach');
  for (const { path, format, records, skipped } of inputs) {
    expect(records.decoded + records.skipped + records.failed, path).toBe(records.read);
    expect(
      Object.values(skipped).reduce((sum, count) => sum + count, 0),
      path,
    ).toBe(records.skipped);
    // An event of others is made of several records.
    if (format === 'falco' || format === 'tetragon')
      expect(records.decoded, path).toBe(store.processes.filter(({ ref }) => ref.source === path).length);
  }
  return inputs.map(({ path, records, skipped }) => ({ path, records, skipped }));
}
/** What is kept of a folder, in one order. */
async function keptOf(folder: string, budget: { memoryBytes: number; temporaryFiles?: boolean }) {
  const { store } = await gather({ paths: [folder], cwd: root, ...budget }, 'reach');
  return [...store.processes, ...store.network, ...store.dns].map((event) => JSON.stringify(event)).sort();
}

describe('logs that are longer than the memory budget', () => {
  it.each([
    ['the bundled night', () => join(root, 'fixtures/night/inputs')],
    ['the bundled training run', () => join(root, 'fixtures/rome/inputs')],
    ['a simulated night', simulated],
  ])('%s is answered as if all of it were in memory', async (_, folder) => {
    const paths = folder();
    const [whole, reach] = [
      await run(paths, Infinity),
      await investigate({ paths: [paths], cwd: root, ...READ_TWICE }),
    ];
    const placed = await run(paths, PLACES_ONLY);
    // Going back to single lines finds what reading the whole file again finds.
    expect([...answers(placed.attributions)]).toEqual([...answers(reach.attributions)]);
    const [expected, found] = [answers(whole.attributions), answers(reach.attributions)];
    expect(found.size).toBeGreaterThan(20);
    const shared = [...expected.keys()].filter((key) => found.has(key));
    expect(shared.length).toBeGreaterThan(expected.size * 0.9);
    for (const key of shared) {
      const [before, after] = [expected.get(key) ?? '', found.get(key) ?? ''];
      // With fewer records for the clocks an answer may be found or lost, never changed into another name.
      if (isNamed(before) && isNamed(after)) expect(`${key} ${nameOf(after)}`).toBe(`${key} ${nameOf(before)}`);
    }
    expect(shared.filter((key) => expected.get(key) === found.get(key)).length).toBeGreaterThan(shared.length * 0.9);
  });

  it('reads no more of a long log than can matter, and says how much it left', async () => {
    const out = join(work, 'eve');
    const { records, alerts } = writeNight({ mix: 'eve', megabytes: 6, out, callsPerSandbox: 20, alertShare: 0.005 });
    const { inputs, store } = await gather({ paths: [out], cwd: root, memoryBytes: 0 }, 'reach');
    const eve = inputs.find(({ path }) => path.endsWith('eve.json'));
    expect(eve?.records.read).toBe(records);
    expect(eve?.skipped['out of reach']).toBeGreaterThan(records / 8);
    expect((eve?.records.decoded ?? 0) + (eve?.records.skipped ?? 0)).toBe(records);
    expect(store.network.filter(({ type }) => type === 'alert')).toHaveLength(alerts);
    const whole = await gather({ paths: [out], cwd: root }, 'reach');
    const { first, last } = whole.inputs.find(({ path }) => path.endsWith('eve.json')) ?? {};
    expect(eve?.first).toBe(first);
    // Records are written when they end, a little out of order; of those that are left only the last is read.
    expect(Math.abs((eve?.last ?? 0) - (last ?? 0))).toBeLessThan(1e6);
  });

  it.each(['tetragon', 'auditd', 'falco', 'zeek'] as const)(
    'keeps the same of %s by place as by a second reading',
    async (mix) => {
      const out = join(work, `places-${mix}`);
      writeNight({ mix, megabytes: 3, out, callsPerSandbox: 10, alertShare: 0.01 });
      const counts = await countsOf(out, { memoryBytes: PLACES_ONLY });
      expect(await countsOf(out, READ_TWICE)).toEqual(counts);
      const kept = await keptOf(out, { memoryBytes: PLACES_ONLY });
      expect(kept).toEqual(await keptOf(out, READ_TWICE));
      // Nor does it matter where the places are,
      expect(await keptOf(out, { memoryBytes: 0 })).toEqual(kept);
      // or that the lines must be decompressed again.
      compressIn(out);
      expect(await keptOf(out, { memoryBytes: 0 })).toEqual(await keptOf(out, READ_TWICE));
    },
  );

  it('counts the records of a log of several lines an event the same wherever chunks end', async () => {
    const out = join(work, 'ends');
    writeNight({ mix: 'auditd', megabytes: 4, out, callsPerSandbox: 10, alertShare: 0.01 });
    const path = join(out, 'train-01-audit.log');
    const text = readFileSync(path, 'utf8');
    const counted = async (before: number) => {
      writeFileSync(path, '----\n'.repeat(before) + text);
      const { inputs } = await gather({ paths: [out], cwd: root, memoryBytes: 0 }, 'reach');
      const { records, skipped, first, last } = inputs.find((input) => input.path.endsWith('audit.log')) ?? {};
      return { decoded: records?.decoded, left: skipped?.['out of reach'], first, last };
    };
    const all = text.trimEnd().split('\n').length;
    const expected = await counted(1);
    // Nothing is a violation: of each event that was read no more is kept than of those that were left.
    expect(expected.left).toBe(all);
    expect(expected.last).toBe(Number(/.*audit\((\d+)\.(\d+)/s.exec(text)?.slice(1).join('')) * 1000);
    for (const before of [17, 60, 101, 151]) expect(await counted(before)).toEqual(expected);
  });

  it.each([
    [
      'an array over several lines',
      (lines: readonly string[]) =>
        JSON.stringify(
          lines.map((line) => JSON.parse(line)),
          null,
          1,
        ),
    ],
    [
      'envelopes',
      (lines: readonly string[]) =>
        lines
          .map((log) => `${JSON.stringify({ log: `${log}\n`, stream: 'stdout', time: '2026-11-23T20:00:00Z' })}\n`)
          .join(''),
    ],
    [
      'a log with lines of a second format',
      (lines: readonly string[]) =>
        lines
          .map((line, n) =>
            n % 5 === 0
              ? `${line}\nNov 23 20:00:0${n % 9} dns dnsmasq[7]: ${n} 10.66.1.10/40001 query[A] pool.example from 10.66.1.10\n`
              : `${line}\n`,
          )
          .join(''),
    ],
  ])('keeps the same of %s, whose records are found by no place', async (name, written) => {
    const out = join(work, `odd-${name.length}`);
    writeNight({ mix: 'falco', megabytes: 1, out, callsPerSandbox: 10, alertShare: 0.02 });
    const path = join(out, 'falco.json');
    writeFileSync(path, written(readFileSync(path, 'utf8').trimEnd().split('\n')));
    const expected = await keptOf(out, READ_TWICE);
    expect(expected.length).toBeGreaterThan(20);
    expect(await keptOf(out, { memoryBytes: PLACES_ONLY })).toEqual(expected);
  });

  it('says how many connections to destinations of violations are too many to be kept', async () => {
    const out = join(work, 'thinned');
    mkdirSync(out);
    const time = '2026-11-23T20:00:05.000000';
    const alert = {
      timestamp: `${time}+0000`,
      event_type: 'alert',
      ...{ src_ip: '10.66.4.23', src_port: 1, dest_ip: '203.0.113.7', dest_port: 3333, proto: 'TCP' },
      alert: { signature: 'x', signature_id: 1, severity: 1 },
    };
    const connected = (sport: number): string => {
      const ends = { protocol: 'IPPROTO_TCP', saddr: '10.66.4.23', daddr: '203.0.113.7', sport, dport: 3333 };
      const hook = { process: { pid: 9 }, function_name: 'tcp_connect', args: [{ sock_arg: ends }] };
      return JSON.stringify({ process_kprobe: hook, node_name: 'train-04', time: `${time}Z` });
    };
    writeFileSync(join(out, 'eve.json'), `${JSON.stringify(alert)}\n`);
    const lines = Array.from({ length: 10_004 }, (_, n) => connected(10_004 - n));
    writeFileSync(join(out, 'tetragon.json'), `${lines.join('\n')}\n`);
    const { store, problems } = await gather({ paths: [out], cwd: root, memoryBytes: 0 }, 'reach');
    const told = problems.filter(({ code }) => code === 'thinned').map(({ message }) => message);
    expect(told).toEqual([expect.stringMatching(/^3 records of connections/)]);
    expect(store.processes.map(({ socket }) => socket?.local.port)).toContain(1);
  });

  it('says so where process records around violations are too many to be kept', async () => {
    const out = join(work, 'narrowed');
    writeNight({ mix: 'falco', megabytes: 1, out, callsPerSandbox: 10, alertShare: 0.02 });
    const path = join(out, 'falco.json');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const [life, alert] = ['Program started', 'http://pool.example'].map(
      (rule) => lines.find((line) => line.includes(rule)) ?? '',
    );
    const at = (line: string | undefined, second: number): string =>
      (line ?? '')
        .replace(/"container.id":"[^"]*"/, '"container.id":"c1"')
        .replace(/"evt.time":\d+/, `"evt.time":${1_795_464_000 + second}000000000`)
        .replace(/"time":"[^"]*"/, `"time":"${new Date((1_795_464_000 + second) * 1000).toISOString()}"`);
    const before = Array.from({ length: 24_000 }, (_, n) => at(life, Math.floor(n / 1000)));
    writeFileSync(path, `${[...before, at(alert, 25)].join('\n')}\n`);
    const narrowed = async (memoryBytes: number): Promise<number> => {
      const { problems } = await gather({ paths: [out], cwd: root, memoryBytes }, 'reach');
      return problems.filter(({ code }) => code === 'narrowed').length;
    };
    expect(await narrowed(0)).toBe(1);
    expect(await narrowed(180e6)).toBe(0);
    const packet = { src_ip: '10.66.4.23', src_port: 49_927, dest_ip: '192.0.2.7', dest_port: 443, proto: 'TCP' };
    const rule = { signature: 'x', signature_id: 1, severity: 1 };
    const at25 = '2026-11-23T20:00:25.500000+0000';
    writeFileSync(
      join(out, 'eve.json'),
      `${JSON.stringify({ timestamp: at25, event_type: 'alert', ...packet, alert: rule })}\n`,
    );
    const missingOf = async (memoryBytes: number): Promise<string> => {
      const { attributions } = await investigate({ paths: [out], cwd: root, memoryBytes });
      return attributions
        .flatMap(({ violation, missing }) => (violation.event.ref.source === 'eve.json' ? missing : []))
        .join('; ');
    };
    expect(await missingOf(0)).toMatch(/process records .* from more than \d+ s before: .* \(--memory\)/);
    expect(await missingOf(180e6)).not.toMatch(/--memory/);
  });

  it('counts each violation of a kind that is too frequent to keep', async () => {
    const out = join(work, 'counted');
    mkdirSync(out, { recursive: true });
    const line = (n: number): string =>
      `Nov 23 20:${pad(n / 60)}:${pad(n % 60)} edge-fw kernel: EGRESS-DROP: IN=br0 OUT=eth0 SRC=10.66.1.10 DST=192.0.2.7 LEN=60 TTL=63 ID=1 PROTO=TCP SPT=${40_000 + (n % 20_000)} DPT=3333 WINDOW=64240 SYN\n`;
    const pad = (value: number): string => String(Math.floor(value) % 60).padStart(2, '0');
    const lines = 60_000;
    writeFileSync(join(out, 'edge-fw-kernel.log'), Array.from({ length: lines }, (_, n) => line(n)).join(''));
    const { folding, store } = await gather({ paths: [out], cwd: root, memoryBytes: 0 }, 'reach');
    expect(folding.counted).toBeGreaterThan(lines / 3);
    // The clocks keep a sample of all ports beside.
    expect(folding.counted + store.network.length).toBe(lines);
  });

  it('keeps the same number of records in memory however long the log is', async () => {
    const kept = [];
    for (const megabytes of [4, 16]) {
      const out = join(work, `flat-${megabytes}`);
      writeNight({ mix: 'conntrack', megabytes, out, callsPerSandbox: 4 });
      const { store } = await gather({ paths: [out], cwd: root, memoryBytes: 0 }, 'reach');
      kept.push(store.nat.length);
    }
    expect(kept[1]).toBeLessThan((kept[0] ?? 0) * 2);
  });
});
