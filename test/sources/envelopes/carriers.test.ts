import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawRecord } from '../../../src/model/source.ts';
import { createUnwrapper, expandRecord, unwrapRecord } from '../../../src/sources/envelopes/unwrap.ts';

const record = (text: string, offset = 0): RawRecord => ({
  text,
  ref: { source: 'x', line: 1, offset, bytes: Buffer.byteLength(text) },
});
const us = (iso: string): number => Date.parse(iso) * 1000;
const run = (texts: readonly string[]): RawRecord[] => {
  const unwrap = createUnwrapper();
  let offset = 0;
  const out = texts.flatMap((text) => {
    const inner = unwrap(record(text, offset));
    offset += Buffer.byteLength(text) + 1;
    return inner === undefined ? [] : [inner];
  });
  return [...out, ...unwrap.end()];
};
const cri = (stream: string, tag: string, text: string): string => `2025-12-11T06:08:20Z ${stream} ${tag} ${text}`;

describe('lines that a carrier has split', () => {
  it('are joined for each stream alone, and cover the bytes of all pieces', () => {
    const texts = [cri('stdout', 'P', 'one '), cri('stderr', 'F', 'err'), cri('stdout', 'F', 'two')];
    const out = run(texts);
    expect(out.map(({ text }) => text)).toEqual(['err', 'one two']);
    expect(out[1]?.ref).toMatchObject({ offset: 0, bytes: texts.join('\n').length });
  });

  it('come out at the end of the file when their end is missing', () => {
    expect(run([cri('stdout', 'P', 'torn')]).map(({ text }) => text)).toEqual(['torn']);
  });

  it('are told in Docker files by their length: 16 KiB without a line end', () => {
    const docker = (log: string): string => JSON.stringify({ log, stream: 'stdout', time: '2025-12-11T06:08:20Z' });
    const half = 'x'.repeat(16 * 1024);
    expect(run([docker(half), docker('end\n')]).map(({ text }) => text)).toEqual([`${half}end`]);
    expect(run([docker('a'), docker('b\n')]).map(({ text }) => text)).toEqual(['a', 'b']);
  });

  it('are marked in journald', () => {
    const entry = (MESSAGE: string, more: object): string =>
      JSON.stringify({ MESSAGE, __REALTIME_TIMESTAMP: '1765433300500000', CONTAINER_PARTIAL_MESSAGE: 'true', ...more });
    const texts = [entry('one ', {}), entry('two', { CONTAINER_PARTIAL_LAST: 'true' })];
    expect(run(texts).map(({ text }) => text)).toEqual(['one two']);
  });

  it('of random cuts give the line again (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z ]{0,6}$/), { minLength: 1, maxLength: 6 }), (pieces) => {
        const texts = pieces.map((piece, i) => cri('stdout', i === pieces.length - 1 ? 'F' : 'P', piece));
        expect(run(texts).map(({ text }) => text)).toEqual([pieces.join('')]);
      }),
    );
  });
});

describe('documents with many records', () => {
  it.each([
    [
      'a CloudWatch subscription',
      {
        messageType: 'DATA_MESSAGE',
        logGroup: 'g',
        logEvents: [
          { id: '1', timestamp: 1_765_433_300_500, message: 'a' },
          { id: '2', timestamp: 1_765_433_300_501, message: 'b' },
        ],
      },
      [
        ['a', 1_765_433_300_500_000],
        ['b', 1_765_433_300_501_000],
      ],
    ],
    [
      'get-log-events',
      { events: [{ timestamp: 1_765_433_300_500, message: 'a', ingestionTime: 1 }], nextForwardToken: 'f' },
      [['a', 1_765_433_300_500_000]],
    ],
    [
      'an Elastic answer',
      {
        hits: { total: 1, hits: [{ _index: 'i', _source: { message: 'a', '@timestamp': '2025-12-11T06:08:20.5Z' } }] },
      },
      [['a', us('2025-12-11T06:08:20.500Z')]],
    ],
    [
      'Splunk results',
      { preview: false, results: [{ _raw: 'a' }, { _raw: 'b' }] },
      [
        ['a', undefined],
        ['b', undefined],
      ],
    ],
    [
      'dmesg --json',
      {
        dmesg: [
          { pri: 4, time: 12345.678901, msg: 'a' },
          { pri: 4, time: 12346, msg: 'b' },
        ],
      },
      [
        ['a', undefined],
        ['b', undefined],
      ],
    ],
  ])('%s gives them all', (_, document, expected) => {
    expect(expandRecord(record(JSON.stringify(document)))?.map(({ text, observed }) => [text, observed])).toEqual(
      expected,
    );
  });

  it('stay whole when a member is something else', () => {
    const odd = record(JSON.stringify({ logGroup: 'g', logEvents: [{ message: 'a' }, 7] }));
    expect(expandRecord(odd)).toBeUndefined();
  });
});

describe('envelopes', () => {
  it.each([
    [
      'a hit with a shipped line',
      { host: { name: 'gw' }, '@timestamp': '2025-12-11T06:08:20Z', message: 'line' },
      'line',
      'gw',
    ],
    [
      'a hit that is itself the event',
      { message: 'line', source: { ip: '10.0.0.1' } },
      '{"message":"line","source":{"ip":"10.0.0.1"}}',
      undefined,
    ],
  ])('%s', (_, source, text, host) => {
    const out = unwrapRecord(record(JSON.stringify({ _index: 'i', _source: source })));
    expect([out.text, out.host]).toEqual([text, host]);
  });

  it('of a journal export come off, also with a binary message', () => {
    const entry = '__CURSOR=s=1\n__REALTIME_TIMESTAMP=1765433300500000\n_HOSTNAME=gw\nMESSAGE=hello\n';
    expect(unwrapRecord(record(entry))).toMatchObject({ text: 'hello', host: 'gw', observed: 1_765_433_300_500_000 });
    const binary = '__CURSOR=s=1\n__REALTIME_TIMESTAMP=1765433300500000\nMESSAGE\n\u0005\0\0\0\0\0\0\0a\nb=c\n_PID=1';
    expect(unwrapRecord(record(binary)).text).toBe('a\nb=c');
  });

  it.each([
    ['a line like a field', 'a\nPID=7\nb'],
    ['ten bytes, whose length is a line end', '123456789\n'],
    ['letters of several bytes', 'é\nü'],
    ['200 bytes, whose length is no text', `${'x'.repeat(99)}\n${'y'.repeat(100)}`],
  ])('of a journal export come off a message with %s', (_, message) => {
    const length = Buffer.alloc(8);
    length.writeUInt32LE(Buffer.byteLength(message));
    const head = Buffer.from('__CURSOR=s=1\n__REALTIME_TIMESTAMP=1765433300500000\nMESSAGE\n');
    const entry = Buffer.concat([head, length, Buffer.from(message), Buffer.from('\n_HOSTNAME=gw\n')]);
    expect(unwrapRecord(record(entry.toString('utf8')))).toMatchObject({ text: message, host: 'gw' });
  });

  it('of entries that gcloud prints in YAML leave the same as those in JSON', () => {
    const line = '---\ninsertId: a\nlogName: projects/p/logs/syslog\n';
    const stamp = "timestamp: '2026-11-23T17:19:03.5Z'\n";
    expect(unwrapRecord(record(`${line}textPayload: |-\n  hello\n    you: all\n${stamp}`))).toMatchObject({
      text: 'hello\n  you: all',
      observed: us('2026-11-23T17:19:03.500Z'),
    });
    const json = unwrapRecord(record(`${line}jsonPayload:\n  connection:\n    src_port: 40000\n${stamp}`)).text;
    expect(JSON.parse(json)).toMatchObject({ jsonPayload: { connection: { src_port: 40000 } } });
    expect(unwrapRecord(record(`${line}no member\n`)).text).toContain('no member');
  });

  it('of objects that kubectl prints in YAML leave the same as those in JSON', () => {
    const list = 'apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: p-1\nkind: List\n---\n';
    expect(JSON.parse(unwrapRecord(record(list)).text)).toEqual({
      ...{ apiVersion: 'v1', kind: 'List' },
      items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p-1' } }],
    });
    expect(unwrapRecord(record('apiVersion: v1 is old\n')).text).toContain('is old');
  });

  it('keep the mark of a record that was too long', () => {
    expect(unwrapRecord({ ...record(cri('stdout', 'F', 'x')), oversize: true }).oversize).toBe(true);
  });

  it('of every kind give back what was put in, in any order (property)', () => {
    const wraps: readonly ((text: string) => string)[] = [
      (text) => cri('stdout', 'F', text),
      (text) => JSON.stringify({ log: `${text}\n`, stream: 'stderr', time: '2025-12-11T06:08:20.123456789Z' }),
      (text) => JSON.stringify({ MESSAGE: [...Buffer.from(text)], __REALTIME_TIMESTAMP: '1765433300500000' }),
      (text) => JSON.stringify({ message: text, timestamp: 1_765_433_300_500, ingestionTime: 1 }),
      (text) => JSON.stringify({ preview: false, result: { _raw: text } }),
      (text) => JSON.stringify({ _id: '1', _source: { event: { original: text } } }),
    ];
    const payload = fc.stringMatching(/^[a-z"\\{}é=]{1,20}$/);
    fc.assert(
      fc.property(payload, fc.array(fc.constantFrom(...wraps), { maxLength: 3 }), (text, layers) => {
        const wrapped = layers.reduce((inner, wrap) => wrap(inner), text);
        expect(unwrapRecord(record(wrapped)).text).toBe(text);
        expect(run([wrapped]).map((inner) => inner.text)).toEqual([text]);
      }),
    );
  });

  it('never throw on anything (property)', () => {
    const key = fc.constantFrom(
      'log',
      'stream',
      'MESSAGE',
      '__REALTIME_TIMESTAMP',
      'message',
      'ingestionTime',
      'result',
      '_raw',
      '_source',
      '_id',
      'events',
      'logEvents',
      'logGroup',
      'hits',
      'results',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('', 'x', 7, null, true),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          tree.map((value) => JSON.stringify(value)),
          fc.string().map((text) => `__CURSOR=${text}`),
        ),
        (text) => {
          for (const single of expandRecord(record(text)) ?? []) run([single.text]);
        },
      ),
    );
  });
});
