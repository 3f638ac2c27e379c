import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { egressblame, records } from './run.ts';

const root = join(import.meta.dirname, '../..');
const alert = readFileSync(join(root, 'src/formats/suricata-fast/samples/fast.log'), 'utf8');
let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'egressblame-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function put(name: string, content: string | Buffer): string {
  const path = join(dir, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe('wrong or poor input gets a sentence and its exit code', () => {
  it('a path that is not there is a usage error', () => {
    const { code, err } = egressblame([join(dir, 'nowhere')]);
    expect(code).toBe(2);
    expect(err + egressblame([join(dir, 'nowhere')]).out).toMatch(/there is no file or folder/);
  });

  it('an unknown flag is a usage error with a hint', () => {
    expect(egressblame(['--jsn', dir])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/unknown option.*\n.*--json/s) as string,
    });
  });

  it('a folder without logs cannot be called clean', () => {
    mkdirSync(join(dir, 'empty'), { recursive: true });
    expect(egressblame([join(dir, 'empty')])).toMatchObject({
      code: 3,
      out: expect.stringMatching(/Cannot say/) as string,
    });
  });

  it('an empty file cannot be called clean', () => {
    expect(egressblame([put('zero.log', '')]).code).toBe(3);
  });

  it('a binary file is named and says what would make it readable', () => {
    const { code, out } = egressblame([put('x.pcap', Buffer.from('d4c3b2a1020004000000000000000000', 'hex'))]);
    expect(code).toBe(3);
    expect(out).toMatch(/packet capture.*tshark/s);
  });

  it('only firewall logs: every violation is unattributed and says which records would settle it', () => {
    const { code, out } = egressblame([put('fast.log', alert), '--json']);
    expect(code).toBe(3);
    const attributions = records(out).filter((record) => record['record'] === 'attribution');
    expect(attributions.length).toBeGreaterThan(0);
    for (const attribution of attributions)
      expect(attribution).toMatchObject({
        verdict: 'unattributed',
        episode: null,
        missing: expect.arrayContaining([expect.stringMatching(/conntrack|telemetry/)]) as string[],
      });
  });

  it('only traces: no violation, and not clean', () => {
    expect(egressblame([join(root, 'fixtures/night/inputs/leases.jsonl')]).code).toBe(3);
  });

  it('a gzip file cut short gives what came before the cut, and says so', () => {
    const whole = gzipSync(Buffer.from(alert.repeat(200)));
    const { out, err, code } = egressblame([put('cut/fast.log.gz', whole.subarray(0, whole.length - 200)), '--json']);
    expect(err).toMatch(/gzip data is damaged or cut short/);
    expect(code).toBe(3);
    expect(records(out).find((record) => record['record'] === 'input')).toMatchObject({ format: 'suricata-fast' });
  });

  it('one bad file loses nothing of the others', () => {
    put('mix/a.bin', Buffer.from([0, 1, 2, 0, 255]));
    put('mix/fast.log', alert);
    const inputs = records(egressblame([join(dir, 'mix'), '--json']).out).filter(
      (record) => record['record'] === 'input',
    );
    expect(inputs).toMatchObject([
      { path: 'a.bin', format: null },
      { path: 'fast.log', format: 'suricata-fast' },
    ]);
  });

  it('the same content twice, or plain and compressed, is read once and said so', () => {
    put('twice/a.log', alert);
    put('twice/b.log.gz', gzipSync(Buffer.from(alert)));
    const inputs = records(egressblame([join(dir, 'twice'), '--json']).out).filter(
      (record) => record['record'] === 'input',
    );
    expect(inputs.map((input) => input['duplicateOf'] ?? null)).toEqual([null, 'a.log']);
  });

  it('reads standard input as it reads a file', () => {
    const told = (out: string, path: string) =>
      records(out)
        .filter((record) => record['record'] === 'attribution')
        .map(({ verdict, violation }) => {
          const { source, time, dst } = violation as Record<string, unknown>;
          expect(source).toMatchObject({ path });
          return { verdict, line: (source as Record<string, unknown>)['line'], time, dst };
        });
    const piped = told(egressblame(['-', '--json'], { input: alert }).out, '-');
    expect(piped.length).toBeGreaterThan(0);
    expect(piped).toEqual(told(egressblame([put('piped/fast.log', alert), '--json']).out, 'fast.log'));
  });
});

describe('the bundled night', () => {
  const night = join(root, 'fixtures/night/inputs');

  it('names the culprits, verdict first, in 80 columns and without colour', () => {
    const { code, out } = egressblame([night]);
    expect(code).toBe(1);
    expect(out.split('\n')[0]).toMatch(
      /^422 violations: 360 were caused by 52 tool calls in 40 episodes, 62 by no agent\.$/,
    );
    expect(out).not.toContain(String.fromCharCode(27));
    // Commands are never folded, however long the paths are.
    const text = (out.split('\nNext:')[0] ?? '')
      .split('\n')
      .filter((line) => !/^ {2}(?:evidence |\d+ more )/.test(line));
    for (const line of text) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('gives the same bytes whatever the order of the inputs, the time zone and the language', () => {
    const parts = ['ids-eve.json.gz', 'leases.jsonl', 'train-02-conntrack.log.gz', 'tool_calls.jsonl.gz'].map((name) =>
      join(night, name),
    );
    const strip = (out: string): string => out.split('\n').slice(1).join('\n');
    const one = egressblame([...parts, '--json']);
    const two = egressblame([...parts.reverse(), '--json'], { env: { TZ: 'Asia/Shanghai', LANG: 'de_DE.UTF-8' } });
    expect(strip(two.out)).toBe(strip(one.out));
  });

  it('keeps the conservation laws', () => {
    const all = records(egressblame([night, '--json']).out);
    for (const input of all.filter((record) => record['record'] === 'input')) {
      const { read, decoded, skipped, failed, duplicate } = input['records'] as Record<string, number>;
      expect((decoded ?? 0) + (skipped ?? 0) + (failed ?? 0) + (duplicate ?? 0)).toBe(read);
    }
    const summary = all.at(-1) as Record<string, number>;
    expect(
      (summary['proven'] ?? 0) +
        (summary['likely'] ?? 0) +
        (summary['ambiguous'] ?? 0) +
        (summary['unattributed'] ?? 0) +
        (summary['notAgent'] ?? 0),
    ).toBe(summary['violations']);
    const places = all
      .filter((record) => record['record'] === 'attribution')
      .flatMap((record) => {
        const violation = record['violation'] as {
          source: { path: string; line: number };
          alsoSeen: { path: string; line: number }[];
        };
        return [violation.source, ...violation.alsoSeen].map(({ path, line }) => `${path}:${line}`);
      });
    expect(new Set(places).size).toBe(places.length);
    expect(all.map((record) => record['record']).filter((kind, i, kinds) => kind !== kinds[i - 1])).toEqual([
      'run',
      'input',
      'clock',
      'attribution',
      'incident',
      'summary',
    ]);
  });

  it('explains a violation with raw lines, and verifies them', () => {
    const first = records(egressblame([night, '--json']).out).find((record) => record['record'] === 'attribution');
    const { code, out } = egressblame(['explain', String(first?.['id']), night, '--verify']);
    expect(code).toBe(0);
    expect(out).toMatch(/socket-owner/);
    expect(out).toMatch(/Verified: all \d+ cited records/);
  });

  it('prints next commands that work', () => {
    const { out } = egressblame([night]);
    const next = /\n {2}egressblame (explain \S+ \S+)/.exec(out)?.[1]?.split(' ') ?? [];
    expect(egressblame(next).code).toBe(0);
  });

  it('writes events with ECS names', () => {
    const events = records(egressblame(['events', join(night, 'ids-fast.log')]).out);
    expect(events[0]).toMatchObject({
      event: { action: 'alert' },
      source: { ip: '10.70.0.11', port: 56394 },
      destination: { ip: '169.254.169.254', port: 80 },
      network: { transport: 'tcp' },
      egressblame: { format: 'suricata-fast' },
    });
    expect(events).toHaveLength(265);
  });

  it('shows a timeline around a violation, corrected and raw time side by side', () => {
    const first = records(egressblame([night, '--json']).out).find((record) => record['record'] === 'attribution');
    const { code, out } = egressblame(['timeline', night, '--around', String(first?.['id'])]);
    expect(code).toBe(0);
    expect(out).toMatch(/^! .* raw .*169\.254\.169\.254/m);
  });

  it('of a file that no format recognises says how to go on, and names no format that refused it', () => {
    const { out } = egressblame(['inspect', put('odd/my log.txt', 'hello\n'), put('odd/none.txt', '')]);
    expect(out).toContain("  --as 'FORMAT=my log.txt'         reads it as one of these\n");
    expect(out).not.toContain('scores');
    expect(egressblame(['inspect', put('empty/none.txt', '')]).out).not.toContain('Where a file');
  });

  it('inspects: format, scores with reasons, counts and span', () => {
    expect(egressblame(['inspect', join(night, 'proxy-access.log')]).out).toMatch(
      /format {3}squid.*records {2}68 read = 68 decoded.*span.*scores/s,
    );
  });
});

describe('a long file that is read faster than hashed', () => {
  let path = '';
  beforeAll(() => {
    path = put('night/core.bin', '');
    truncateSync(path, 200e6);
  });

  it.each([
    [['inspect'], /core\.bin.*binary file/s],
    [[], /^Cannot say/],
  ])('is answered: %j', (command, answer) => {
    const { code, out } = egressblame([...command, path]);
    expect([code, out]).toEqual([3, expect.stringMatching(answer)]);
  });

  it('never ends without an answer as if it were clean', () => {
    // The fault that this once was: nothing waits for the thread that hashes.
    const fault = put('fault.mjs', "import { Worker } from 'node:worker_threads';\nWorker.prototype.ref = () => {};\n");
    const { code, err } = egressblame(['inspect', path, '--json'], {
      env: { NODE_OPTIONS: `--import ${pathToFileURL(fault)}` },
    });
    expect([code, err]).toEqual([70, expect.stringMatching(/ended before the answer/)]);
  });
});

describe('check', () => {
  it.each([
    ['fast.log', [], 3, /^cannot say: /],
    ['fast.log', ['--fail-on', 'any'], 1, /^fail: /],
    ['fast.log', ['--fail-on', 'never'], 0, /^pass: /],
    ['fast.log', ['--fail-on', 'any', '--min-severity', 'critical'], 0, /^pass: /],
    ['rome', [], 1, /^fail: /],
    ['rome', ['--fail-on', 'proven'], 3, /^cannot say: /],
  ])('%s %j: exit %i and one sentence', (input, flags, code, says) => {
    const path = input === 'rome' ? 'fixtures/rome/inputs' : put('gate/fast.log', alert);
    const run = egressblame(['check', path, ...flags]);
    expect([run.code, run.out]).toEqual([code, expect.stringMatching(says)]);
  });

  it('cannot call clean what it read too little of', () => {
    const path = put('half/fast.log', `${alert}${'no record at all\n'.repeat(alert.split('\n').length)}`);
    expect(egressblame(['check', path, '--fail-on', 'never']).code).toBe(3);
    expect(egressblame(['check', path, '--fail-on', 'never', '--min-coverage', '0.1']).code).toBe(0);
  });
});

describe('hostile logs', () => {
  it('never reach the terminal as control bytes', () => {
    const evil = alert.replaceAll('POLICY', 'POL\u001b[2J\u202eICY');
    const path = put('evil/fast.log', evil);
    const ids = records(egressblame([path, '--json']).out).flatMap(({ record, id }) =>
      record === 'attribution' ? [String(id)] : [],
    );
    const said = [['timeline', path], ...ids.map((id) => ['explain', id, path])].map((args) => egressblame(args).out);
    expect(said.filter((out) => out.includes('POL\\x1b[2J\\u202eICY')).length).toBeGreaterThan(1);
    const machines = [['events'], ['timeline', '--json'], ['inspect', '--json'], ['clocks', '--json']];
    const read = machines.map((args) => egressblame([...args, path]).out);
    expect(read.filter((out) => out.includes('\\u202eICY')).length).toBeGreaterThan(0);
    for (const code of [0x1b, 0x202e]) expect([...said, ...read].join('')).not.toContain(String.fromCharCode(code));
  });

  it('keep their secrets to themselves', () => {
    const command = 'curl -H "Authorization: Bearer abcdefghijklmnopqrstuvwxyz012345" http://198.51.100.77/';
    const row = JSON.stringify({
      episode_id: 'e1',
      sandbox_id: 's1',
      tool: 'bash',
      tool_call_id: 'call_0a1b2c3d4e5f',
      command,
      start: '2026-11-23T17:19:10Z',
      end: '2026-11-23T17:19:20Z',
    });
    const path = put('secret/tool_calls.jsonl', `${row}\n`);
    expect(egressblame(['events', path]).out).not.toMatch(/abcdefghijklmnopqrstuvwxyz/);
    expect(egressblame(['events', path, '--no-redact']).out).toMatch(/abcdefghijklmnopqrstuvwxyz/);
  });
});
