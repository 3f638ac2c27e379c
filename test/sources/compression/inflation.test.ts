import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newInflation, type Passing } from '../../../src/sources/compression/inflation.ts';
import { discover } from '../../../src/sources/files/discover.ts';
import { newReadLog, readBytes } from '../../../src/sources/records/read.ts';
import { newFolder, zipOf } from '../files.ts';

const LINES = Array.from({ length: 20_000 }, (_, i) => `${i} deny 192.0.2.${(i * 7) % 250} -> 198.51.100.9`).join('\n');
const ZEROS = Buffer.alloc(400_000);
const STREAMS = [deflateRawSync(LINES), deflateRawSync(ZEROS), deflateRawSync(LINES, { level: 0 }), deflateRawSync('')];

interface Made {
  readonly chunks: readonly string[];
  readonly consumed: number;
  readonly ended: boolean;
  readonly error: string | undefined;
}

async function madeOf(stored: Uint8Array, pieceBytes: number, passing: Passing, isDirect: boolean): Promise<Made> {
  const inflation = newInflation(passing, isDirect);
  const chunks: string[] = [];
  let consumed = 0;
  for (let from = 0, isLast = false; !isLast && !inflation.ended && inflation.error === undefined; from += pieceBytes) {
    isLast = from >= stored.length;
    for await (const chunk of inflation.inflate(stored.subarray(from, from + pieceBytes), isLast))
      chunks.push(Buffer.from(chunk).toString('latin1'));
    consumed += inflation.consumed;
  }
  inflation.close();
  const { ended, error } = inflation;
  return { chunks, consumed: error === undefined ? consumed : 0, ended, error };
}

describe('inflating by calls that wait', () => {
  it('is there in this Node', () => {
    expect(newInflation({}).constructor.name).toBe('DirectInflation');
    expect(newInflation({}, false).constructor.name).toBe('StreamInflation');
  });

  it('makes the same, chunk by chunk, as the stream, whole, cut, damaged or with more behind it (property)', async () => {
    const damage = fc.option(fc.record({ at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) }), { nil: undefined });
    const length = fc.option(fc.nat(), { nil: undefined });
    const pieces = fc.constantFrom(1000, 4096, 65_536);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...STREAMS),
        damage,
        length,
        pieces,
        fc.boolean(),
        async (whole, hit, cut, piece, isPassing) => {
          const stored = Buffer.concat([whole, Buffer.from('behind')]);
          if (hit !== undefined) stored[hit.at % stored.length] = (stored[hit.at % stored.length] ?? 0) ^ hit.bits;
          const given = cut === undefined ? stored : stored.subarray(0, cut % stored.length);
          expect(await madeOf(given, piece, { isPassing }, true)).toEqual(await madeOf(given, piece, {}, false));
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([true, false])('begins anew for the next stream and leaves what it made (direct: %s)', async (isDirect) => {
    let inflation = newInflation({}, isDirect);
    const made: Uint8Array[] = [];
    for (const stream of [...STREAMS, ...STREAMS]) {
      inflation = inflation.again();
      for await (const chunk of inflation.inflate(stream, false)) made.push(chunk);
      for await (const chunk of inflation.inflate(Buffer.alloc(0), true)) made.push(chunk);
      expect([inflation.ended, inflation.error]).toEqual([true, undefined]);
    }
    inflation.close();
    const once = LINES + ZEROS.toString('latin1') + LINES;
    expect(Buffer.concat(made).toString('latin1') === once + once).toBe(true);
  });
});

describe('chunks of compressed files', () => {
  const folder = newFolder();
  // Heads and checksums of so many members also stand where one chunk ends and the next begins.
  const inner = Buffer.concat(LINES.split('\n').map((line) => gzipSync(`${line}\n`, { level: 0 })));
  writeFileSync(join(folder, 'a.gz'), Buffer.concat([gzipSync(LINES), gzipSync(ZEROS)]));
  writeFileSync(join(folder, 'b.zip'), zipOf([{ name: 'c.gz', text: '', stored: deflateRawSync(inner) }]));

  it.each(['a.gz', 'b.zip'])(
    'of %s keep their bytes unless they need not be good for longer than a turn',
    async (name) => {
      const [input] = discover([name], folder).inputs;
      if (input === undefined) throw new Error('no input');
      const [held, passed]: [Uint8Array[], Buffer[]] = [[], []];
      for await (const chunk of readBytes(input, newReadLog())) held.push(chunk);
      for await (const chunk of readBytes(input, newReadLog(), { hashed: false, isPassing: true }))
        passed.push(Buffer.from(chunk));
      const expected = name === 'a.gz' ? LINES + ZEROS.toString('latin1') : `${LINES}\n`;
      expect(Buffer.concat(held).toString('latin1') === expected).toBe(true);
      expect(Buffer.concat(passed).toString('latin1') === expected).toBe(true);
    },
  );
});
