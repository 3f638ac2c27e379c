import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIso } from '../../src/core/time/time.ts';
import { createImporter } from '../../src/importers/index.ts';
import type { DecodeContext } from '../../src/model/format.ts';
import { IMPORT_FIELDS, IMPORT_KINDS, type ImporterSpec } from '../../src/model/importer.ts';
import type { Micros } from '../../src/model/time.ts';

const context: DecodeContext = { path: 'x.jsonl', zoneOffsetMin: 0, reference: 1_767_225_600_000_000 as Micros };
const ref = { source: 'x.jsonl', line: 1, offset: 0, bytes: 10 };

function decodeLines(spec: Omit<ImporterSpec, 'name' | 'match'>, lines: readonly string[]) {
  const { format } = createImporter({ name: 'mine', match: '*', ...spec });
  const decoder = format.open(context);
  return lines.map((text, i) => decoder.decode({ text, ref: { ...ref, line: i + 1 } }));
}

function eventsOf(spec: Omit<ImporterSpec, 'name' | 'match'>, ...lines: readonly string[]) {
  return decodeLines(spec, lines).flatMap((result) => (result.status === 'decoded' ? result.events : []));
}

describe('a mapped importer', () => {
  it('reads tool calls from JSON lines, with members inside objects and what the rows say about their episode once', () => {
    const spec = {
      kind: 'tool-call',
      timeUnit: 'ms',
      fields: {
        time: 'ts',
        durationMs: 'took',
        episode: 'run.id',
        group: 'run.prompt',
        tool: 'tool',
        command: 'args.cmd',
        sandbox: '=sb-1',
      },
    } as const;
    const row = (cmd: string, ts: number): string =>
      JSON.stringify({ ts, took: 250, run: { id: 'e-7', prompt: 'g-1' }, tool: 'bash', args: { cmd } });
    const events = eventsOf(spec, row('ls', 1_767_225_600_000), row('nohup curl x &', 1_767_225_601_500));
    expect(events).toMatchObject([
      { kind: 'episode', episodeId: 'e-7', group: 'g-1', format: 'mine' },
      {
        kind: 'tool-call',
        episodeId: 'e-7',
        index: 0,
        name: 'bash',
        command: 'ls',
        sandboxId: 'sb-1',
        endBasis: 'inferred',
      },
      { kind: 'tool-call', episodeId: 'e-7', index: 1, command: 'nohup curl x &', background: {} },
    ]);
    const [, first] = events;
    expect(
      first?.kind === 'tool-call' && [formatIso(first.start ?? (0 as Micros)), formatIso(first.end ?? (0 as Micros))],
    ).toEqual(['2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.250000Z']);
  });

  it('reads CSV by its header', () => {
    const fields = { time: 'when', srcIp: 'from', dstIp: 'to', dstPort: 'port', action: '=deny', rule: 'why' };
    const [event] = eventsOf(
      { kind: 'network', fields },
      'when,from,to,port,why',
      '2026-01-01T00:00:00Z,192.0.2.5,198.51.100.9,443,"not, allowed"',
    );
    expect(event).toMatchObject({
      kind: 'network',
      type: 'alert',
      action: 'deny',
      src: { ip: '192.0.2.5' },
      dst: { ip: '198.51.100.9', port: 443 },
      rule: { name: 'not, allowed' },
      ref: { line: 2 },
    });
  });

  /** A row in which every fact stands under its own name. */
  const NAMED = {
    time: '2026-01-01T00:00:00Z',
    end: '2026-01-01T00:00:09Z',
    host: 'node-7',
    sandbox: 'sb-1',
    container: 'c0ffee',
    episode: 'e-1',
    group: 'g-1',
    run: 'r-1',
    step: 4,
    reward: 0.5,
    pid: 7,
    uid: 8,
    ip: '10.0.0.7',
  };

  it.each<[ImporterSpec['kind'], object, object]>([
    [
      'tool-call',
      { tool: 'python', callId: 'c-1', arguments: '{"code":"1"}', output: 'o', exit: 1, cwd: '/w' },
      {
        clock: 'time@node-7',
        host: 'node-7',
        name: 'python',
        callId: 'c-1',
        argumentsText: '{"code":"1"}',
        output: 'o',
        exit: 1,
        cwd: '/w',
        pid: 7,
        sandboxId: 'sb-1',
        containerId: 'c0ffee',
        end: 1_767_225_609_000_000,
      },
    ],
    [
      'episode',
      { attempt: '2', prompt: 'do it' },
      { host: 'node-7', attempt: '2', step: 4, prompts: [{ text: 'do it' }] },
    ],
    [
      'network',
      { srcIp: '192.0.2.5', srcPort: 1, url: 'http://x.example/', severity: 'high', count: 3, action: 'allow' },
      {
        type: 'flow',
        host: 'node-7',
        containerId: 'c0ffee',
        http: { url: 'http://x.example/' },
        severity: 3,
        count: 3,
      },
    ],
    ['network', { dstIp: '198.51.100.9', rule: 'no' }, { type: 'alert', dst: { ip: '198.51.100.9' } }],
    ['process', { op: 'exit', exit: 3 }, { op: 'exit', host: 'node-7', containerId: 'c0ffee', exit: 3, uid: 8 }],
    [
      'lease',
      { rootPid: 9 },
      { host: 'node-7', episodeId: 'e-1', ip: '10.0.0.7', rootPid: 9, end: 1_767_225_609_000_000 },
    ],
  ])('%s: every fact arrives, %j', (kind, more, event) => {
    const row = { ...NAMED, ...more };
    const { needs, may } = IMPORT_FIELDS[kind];
    const names: readonly string[] = [...needs, ...may];
    const fields = Object.fromEntries(Object.keys(row).flatMap((name) => (names.includes(name) ? [[name, name]] : [])));
    expect(eventsOf({ kind, fields }, JSON.stringify(row)).find((one) => one.kind === kind)).toMatchObject(event);
  });

  it.each([
    ['nothing', {}, undefined],
    ['seconds', { s: 1.5 }, 1_767_225_601_500_000],
    ['milliseconds before seconds', { s: 9, ms: 250 }, 1_767_225_600_250_000],
    ['an end before both', { s: 9, ms: 250, end: '2026-01-01T00:00:05Z' }, 1_767_225_605_000_000],
  ])('a call ends as told by %s', (_, told, end) => {
    const fields = { time: 't', episode: 'e', durationS: 's', durationMs: 'ms', end: 'end' };
    const [call] = eventsOf(
      { kind: 'tool-call', fields },
      JSON.stringify({ t: '2026-01-01T00:00:00Z', e: 'x', ...told }),
    );
    expect(call).toMatchObject({ kind: 'tool-call', name: 'shell', clock: 'time' });
    expect(call?.kind === 'tool-call' && call.end).toBe(end);
  });

  it('a row that carries its host and container in an envelope takes them from there', () => {
    const { format } = createImporter({ name: 'mine', match: '*', kind: 'process', fields: { time: 't', pid: 'p' } });
    const record = { text: '{"t":"2026-01-01T00:00:00Z","p":7}', ref, host: 'node-9', containerId: 'beef' };
    expect(format.open(context).decode(record)).toMatchObject({ events: [{ host: 'node-9', containerId: 'beef' }] });
  });

  it('a number of a stated unit that no time can be is none', () => {
    const spec = { kind: 'episode', fields: { time: 't', episode: 'e' }, timeUnit: 's' } as const;
    for (const t of [-1, 1e300, 'soon'])
      expect(eventsOf(spec, JSON.stringify({ t, e: 'x' }))).toSatisfy(
        ([event]: { start?: unknown }[]) => event !== undefined && event.start === undefined,
      );
  });

  it.each([
    ['s', '1767225600.5', '2026-01-01T00:00:00.500000Z'],
    ['ms', 1_767_225_600_500, '2026-01-01T00:00:00.500000Z'],
    ['us', 1_767_225_600_500_123, '2026-01-01T00:00:00.500123Z'],
    ['ns', '1767225600500123999', '2026-01-01T00:00:00.500123Z'],
    ['iso', '2026-01-01 08:00:00', '2026-01-01T00:00:00.000000Z'],
    [undefined, 1_767_225_600_500, '2026-01-01T00:00:00.500000Z'],
    // Five minutes after boot is a small number in any unit: only a stated unit reads it.
    ['s', 300, '1970-01-01T00:05:00.000000Z'],
  ] as const)('reads times in %s: %j', (timeUnit, t, at) => {
    const spec = {
      kind: 'episode',
      fields: { time: 't', episode: 'e' },
      zoneOffsetMin: 480,
      ...(timeUnit === undefined ? {} : { timeUnit }),
    } as const;
    const [event] = eventsOf(spec, JSON.stringify({ t, e: 'x' }));
    expect(event !== undefined && formatIso(event.time.at)).toBe(at);
  });

  it('tells a connection from an exec, and a lease from its address', () => {
    const process = { kind: 'process', fields: { time: 't', pid: 'p', remoteIp: 'to', command: 'c' } } as const;
    expect(
      eventsOf(
        process,
        '{"t":"2026-01-01T00:00:00Z","p":7,"to":"198.51.100.9"}',
        '{"t":"2026-01-01T00:00:00Z","p":8,"c":"ls"}',
      ),
    ).toMatchObject([
      { op: 'connect', pid: 7, socket: { remote: { ip: '198.51.100.9' }, transport: 'tcp' } },
      { op: 'exec', pid: 8, commandLine: 'ls' },
    ]);
    const lease = { kind: 'lease', fields: { time: 't', sandbox: 's', ip: 'a' } } as const;
    expect(eventsOf(lease, '{"t":"2026-01-01T00:00:00Z","s":"sb-1","a":"10.0.0.7"}')).toMatchObject([
      { kind: 'lease', sandboxId: 'sb-1', ip: '10.0.0.7' },
    ]);
  });

  it.each([
    ['tool-call', { time: 't', episode: 'e.id' }, '{"t":"2026-01-01T00:00:00Z"}', 'no episode under "e.id"'],
    ['tool-call', { time: 't', episode: 'e' }, '{"t":"yesterday","e":"x"}', 'no time under "t"'],
    [
      'network',
      { time: 't', srcIp: 'a' },
      '{"t":"2026-01-01T00:00:00Z","a":"-"}',
      'neither a source nor a destination',
    ],
    [
      'process',
      { time: 't', pid: 'p', op: 'o' },
      '{"t":"2026-01-01T00:00:00Z","p":1,"o":"born"}',
      'op is none of exec, fork, exit, connect, accept, bind, close',
    ],
    [
      'lease',
      { time: 't', sandbox: 's', ip: 'a' },
      '{"t":"2026-01-01T00:00:00Z","s":"x","a":"?"}',
      'no address under "a"',
    ],
    [
      'lease',
      { time: 't', sandbox: 's' },
      'plain words',
      'neither a JSON object nor a row under a header with a mapped column',
    ],
  ] as const)('%s: says why a row is not read: %s', (kind, fields, line, reason) => {
    expect(decodeLines({ kind, fields }, [line])).toEqual([{ status: 'failed', reason }]);
  });

  it.each(IMPORT_KINDS)('%s never throws, whatever the records hold', (kind) => {
    const { needs, may } = IMPORT_FIELDS[kind];
    const names = [...needs, ...may];
    const fields = Object.fromEntries(names.map((name) => [name, name]));
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.constant(null),
      fc.constant('2026-01-01T00:00:00Z'),
      fc.jsonValue(),
    );
    const row = fc.dictionary(fc.constantFrom(...names), value).map((entry) => JSON.stringify(entry));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(row, fc.string()), { maxLength: 5 }),
        fc.constantFrom('s', 'ns', undefined),
        (lines, timeUnit) => {
          decodeLines({ kind, fields, ...(timeUnit === undefined ? {} : { timeUnit }) }, lines);
        },
      ),
    );
  });
});
