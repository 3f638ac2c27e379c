import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIso } from '../../src/core/time.ts';
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
