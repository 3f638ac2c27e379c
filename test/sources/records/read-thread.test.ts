import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHUNK } from '../../../src/sources/bytes/ring.ts';
import { discover, type InputFile } from '../../../src/sources/files/discover.ts';
import { newReadLog, type ReadLog, readBytes } from '../../../src/sources/records/read.ts';
import type { ReadThread } from '../../../src/sources/records/read-thread.ts';
import { newFolder, ZSTD, zipOf } from '../files.ts';

const folder = newFolder();
const BUFFERS = 5;
const HELD = 3;
const ring = Array.from({ length: BUFFERS }, () => new Uint8Array(new SharedArrayBuffer(CHUNK)));
const TEXT = Array.from({ length: 300_000 }, (_, i) => `${i} deny 192.0.2.${(i * 7) % 250}`).join('\n');
const GZIP = gzipSync(TEXT, { level: 1 });

function inputOf(name: string, bytes: Uint8Array): InputFile {
  writeFileSync(join(folder, name), bytes);
  const [input] = discover([name], folder).inputs;
  if (input === undefined) throw new Error('no input');
  return input;
}

interface All {
  readonly bytes: Buffer;
  readonly log: Omit<ReadLog, 'sha256'> & { readonly sha256: string };
}

/** Each chunk is looked at as late as it may be. */
async function all(chunks: AsyncIterable<Uint8Array>, log: ReadLog): Promise<All> {
  const held: Uint8Array[] = [];
  const parts: Buffer[] = [];
  for await (const chunk of chunks) if (held.push(chunk) === HELD) parts.push(Buffer.from(held.shift() ?? []));
  return { bytes: Buffer.concat([...parts, ...held]), log: { ...log, sha256: await log.sha256 } };
}

// The thread runs the built file.
describe('a thread that decompresses', () => {
  let thread: ReadThread;
  beforeAll(async () => {
    const built = await import(join(import.meta.dirname, '../../../dist/sources/records/read-thread.js'));
    thread = new built.ReadThread();
  });
  afterAll(() => thread.close());

  const read = (input: InputFile, hashed = true): Promise<All> => {
    const log = newReadLog();
    return all(thread.read(input, log, { hashed, ring, held: HELD }), log);
  };
  const readHere = (input: InputFile): Promise<All> => {
    const log = newReadLog();
    return all(readBytes(input, log), log);
  };

  it.each([
    ['gzip', 'a.gz', GZIP],
    [
      'gzip of several members, some of them empty',
      'b.gz',
      Buffer.concat([GZIP, gzipSync(''), GZIP, Buffer.alloc(99)]),
    ],
    ['gzip of nothing', 'c.gz', gzipSync('')],
    ['gzip with more behind it', 'd.gz', Buffer.concat([GZIP, Buffer.from('note')])],
    ['gzip cut short', 'e.gz', GZIP.subarray(0, GZIP.length / 2)],
    [
      'gzip with damage',
      'f.gz',
      Buffer.concat([GZIP.subarray(0, 500_000), Buffer.alloc(9, 255), GZIP.subarray(500_009)]),
    ],
    ['gzip without its checksum', 'g.gz', GZIP.subarray(0, -4)],
    ['zstd', 'h.zst', ZSTD],
    ['an entry of an archive', 'i.zip', zipOf([{ name: 'x.log', text: TEXT }])],
    ['gzip in an archive', 'j.zip', zipOf([{ name: 'x.gz', text: '', stored: deflateRawSync(GZIP) }])],
  ])('tells the same of %s as this one would', async (_, name, stored) => {
    const input = inputOf(name, stored);
    const expected = await readHere(input);
    const found = await read(input);
    expect(found.bytes.equals(expected.bytes)).toBe(true);
    expect(found.log).toEqual(expected.log);
  });

  it('makes no hash that nobody asked for', async () => {
    expect((await read(inputOf('a.gz', GZIP), false)).log.sha256).toBe('');
  });

  it('says what the file system says', async () => {
    const gone = { ...inputOf('a.gz', GZIP), path: 'gone.gz', absolute: join(folder, 'gone.gz') };
    expect((await read(gone)).log.problems).toMatchObject([{ code: 'unreadable', path: 'gone.gz' }]);
  });

  it('reads the next file after one of which nobody wanted the rest', async () => {
    const input = inputOf('a.gz', GZIP);
    for await (const chunk of thread.read(input, newReadLog(), { hashed: true, ring, held: HELD })) {
      expect(chunk.length).toBe(CHUNK);
      break;
    }
    expect((await read(input)).bytes.toString() === TEXT).toBe(true);
  });

  it('keeps nothing of the files that it has read', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    for (let i = 0; i < 12; i++) await read(inputOf('c.gz', gzipSync('')));
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('is not waited for when it has gone', async () => {
    const chunks = thread.read(inputOf('a.gz', GZIP), newReadLog(), { hashed: true, ring, held: HELD });
    await chunks.next();
    await thread.close();
    const rest = async (): Promise<void> => {
      for await (const _ of chunks);
    };
    await expect(rest()).rejects.toThrow(/has ended/);
  });
});
