import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { appendFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discover, type InputFile } from '../../../src/sources/files/discover.ts';
import { newReadLog, readBytes } from '../../../src/sources/records/read.ts';
import { codesOf, newFolder, readAll, readStored, ZSTD, ZSTD_BARE, ZSTD_LINES } from '../files.ts';

const LINES = Array.from({ length: 4000 }, (_, i) => `${i} deny 192.0.2.${(i * 7) % 250} -> 198.51.100.9`).join('\n');
const GZIP = gzipSync(LINES);
const flipped = (bytes: Buffer, at: number): Buffer => {
  const out = Buffer.from(bytes);
  out[at] = (out[at] ?? 0) ^ 0xff;
  return out;
};

describe('compressed files', () => {
  it.each([
    ['plain text', Buffer.from(LINES), LINES, 'none'],
    ['gzip', GZIP, LINES, 'gzip'],
    ['two gzip members with zero padding', Buffer.concat([GZIP, GZIP, Buffer.alloc(512)]), LINES + LINES, 'gzip'],
    ['zstd with a checksum', ZSTD, ZSTD_LINES, 'zstd'],
    ['zstd without', ZSTD_BARE, ZSTD_LINES, 'zstd'],
    ['two zstd frames', Buffer.concat([ZSTD, ZSTD_BARE]), ZSTD_LINES + ZSTD_LINES, 'zstd'],
    [
      'zstd behind a skippable frame',
      Buffer.concat([Buffer.from('502a4d180400000061626364', 'hex'), ZSTD]),
      ZSTD_LINES,
      'zstd',
    ],
    ['an empty file', Buffer.alloc(0), '', 'none'],
    ['one byte', Buffer.from('x'), 'x', 'none'],
  ])('%s is told by its bytes, whatever the name', async (_, stored, text, compression) => {
    const read = await readStored(stored, 'misleading.txt');
    expect(read.text === text).toBe(true);
    expect({ ...read.log, sha256: await read.log.sha256 }).toEqual({
      compression,
      sha256: createHash('sha256').update(stored).digest('hex'),
      storedBytes: stored.length,
      decompressedBytes: text.length,
      problems: [],
    });
  });

  it.each([
    ['gzip cut in its data', GZIP.subarray(0, GZIP.length >> 1), 'gzip-broken', LINES.length / 3],
    ['gzip without its checksum', GZIP.subarray(0, -8), 'gzip-broken', LINES.length],
    ['gzip with a wrong checksum', flipped(GZIP, GZIP.length - 8), 'gzip-broken', LINES.length],
    ['gzip cut in its header', GZIP.subarray(0, 6), 'gzip-broken', 0],
    ['gzip with text behind it', Buffer.concat([GZIP, Buffer.from('note')]), 'gzip-trailing', LINES.length],
    ['zstd with a wrong checksum', flipped(ZSTD, ZSTD.length - 1), 'zstd-broken', 16],
    ['zstd with one wrong letter', flipped(ZSTD, 14), 'zstd-broken', 16],
    ['zstd cut in its second frame', Buffer.concat([ZSTD, ZSTD.subarray(0, 12)]), 'zstd-broken', 16],
    ['zstd with text behind it', Buffer.concat([ZSTD, Buffer.from('note')]), 'zstd-trailing', 16],
  ])('%s gives what can be read and says so', async (_, stored, code, least) => {
    const { log } = await readStored(stored);
    expect(log.problems).toMatchObject([{ code, severity: 'error' }]);
    expect(log.decompressedBytes).toBeGreaterThanOrEqual(least);
    expect(await log.sha256).toBe(createHash('sha256').update(stored).digest('hex'));
  });

  it('never yields anything but a beginning of the content when gzip is cut (property)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: GZIP.length - 1 }), async (length) => {
        const { text, log } = await readStored(GZIP.subarray(0, length));
        expect(LINES.startsWith(text)).toBe(true);
        expect(codesOf(log.problems)).toEqual(['gzip-broken']);
      }),
      { numRuns: 30 },
    );
  });

  it('never throws on random or damaged bytes (property)', async () => {
    const start = fc.constantFrom(Buffer.alloc(0), GZIP.subarray(0, 400), ZSTD, Buffer.from('28b52ffd', 'hex'));
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 60 }), fc.nat(), async (head, tail, at) => {
        const bytes = Buffer.concat([head, tail]);
        if (bytes.length > 4) bytes[4 + (at % (bytes.length - 4))] = at & 255;
        const { log } = await readStored(bytes);
        expect(log.storedBytes).toBe(bytes.length);
      }),
      { numRuns: 120 },
    );
  });
});

describe('files that change', () => {
  const written = (): { path: string; input: InputFile } => {
    const folder = newFolder();
    const path = join(folder, 'a.log');
    writeFileSync(path, 'one\ntwo\n');
    const [input] = discover(['a.log'], folder).inputs;
    if (input === undefined) throw new Error('no input');
    return { path, input };
  };

  it('are read up to the size they had', async () => {
    const { path, input } = written();
    appendFileSync(path, 'three\n');
    const { text, log } = await readAll(input);
    expect([text, codesOf(log.problems)]).toEqual(['one\ntwo\n', ['grown']]);
  });

  it('are named when they became shorter or went away', async () => {
    const short = written();
    writeFileSync(short.path, 'one\n');
    expect(codesOf((await readAll(short.input)).log.problems)).toEqual(['shrunk']);
    const gone = written();
    rmSync(gone.path);
    expect((await readAll(gone.input)).log.problems).toMatchObject([
      { code: 'unreadable', severity: 'error', message: 'cannot read a.log: it is not there' },
    ]);
  });

  it('are named when something else stands in them now', async () => {
    const { path, input } = written();
    writeFileSync(path, 'six\nten\n');
    utimesSync(path, 1, 1);
    const { text, log } = await readAll(input);
    expect([text, log.problems]).toEqual([
      'six\nten\n',
      [{ code: 'changed', severity: 'warning', message: 'a.log was changed while it was read', path: 'a.log' }],
    ]);
  });

  it('leave room for what else happens, however short they are', async () => {
    const { input } = written();
    let isInterrupted = false;
    setImmediate(() => {
      isInterrupted = true;
    });
    await readAll(input);
    expect(isInterrupted).toBe(true);
  });

  it('are let go when nobody wants the rest', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.gz'), GZIP);
    const [input] = discover(['a.gz'], folder).inputs;
    if (input === undefined) throw new Error('no input');
    for await (const chunk of readBytes(input, newReadLog())) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });
});
