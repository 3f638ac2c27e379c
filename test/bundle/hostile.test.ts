import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { checkContents } from '../../src/bundle/consistency.ts';
import { openBundle } from '../../src/bundle/open.ts';
import { egressblame } from '../cli/run.ts';
import { flawsOf, put, workshop } from './forge.ts';

const { dir, whole, file, changed } = workshop();

describe('hostile and unusable archives get a sentence and exit 2', () => {
  it.each([
    ['a name that climbs', () => changed('climb', put('../../etc/x', strToU8('x'))), /"\.\.\/\.\.\/etc\/x" leads out/],
    ['an absolute name', () => changed('abs', put('/etc/x', strToU8('x'))), /"\/etc\/x" leads out/],
    ['a drive', () => changed('drive', put('C:\\x', strToU8('x'))), /leads out/],
    ['a bomb', () => changed('bomb', put('data/big', new Uint8Array(20_000_000))), /would unpack to 20000000 bytes/],
    [
      'a lie about its length',
      () => file('lie.zip', lying(readFileSync(whole))),
      /run\.json unpacks to more than it states/,
    ],
    ['a file cut short', () => file('short.zip', readFileSync(whole).subarray(0, 5000)), /cut short or damaged/],
    ['a name that stands twice', () => file('twice.zip', twice(readFileSync(whole))), /stands in it twice/],
    ['no zip', () => file('plain.zip', strToU8('hello')), /no zip archive/],
    ['an empty file', () => file('empty.zip', new Uint8Array()), /no zip archive/],
    ['another zip', () => file('other.zip', zipSync({ a: strToU8('x') })), /manifest\.json is missing/],
    [
      'a manifest that is none',
      () => changed('none', put('manifest.json', strToU8('[]'))),
      /manifest\.json is not what a bundle holds/,
    ],
  ])('%s', async (_, make, says) => {
    expect(await flawsOf(make())).toMatch(says);
  });

  it('a bundle or an original that is not there', () => {
    expect(egressblame(['verify', file('text.zip', strToU8('x'))])).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/text\.zip is no usable evidence bundle: it is no zip archive\n$/) as string,
    });
    expect(egressblame(['verify', join(dir, 'nowhere.zip')])).toMatchObject({ code: 2 });
    expect(egressblame(['verify', whole, join(dir, 'nowhere')])).toMatchObject({ code: 2 });
    expect(egressblame(['verify', whole, '--rerun'])).toMatchObject({ code: 2 });
  });

  it('any changed byte is refused, named, or left every member as it was; nothing crashes', async () => {
    const good = readFileSync(whole);
    const opened = await openBundle(whole);
    const { manifest, run } = typeof opened === 'string' ? {} : opened;
    expect(manifest?.members.length).toBe(5);
    const path = join(dir, 'flipped.zip');
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] ?? 0) ^ by;
        writeFileSync(path, bytes);
        const bundle = await openBundle(path);
        if (typeof bundle === 'string') return;
        const { flaws } = await checkContents(bundle);
        if (flaws.length > 0) return;
        // What is left are fields of the archive that say nothing about its members: stamps, versions, attributes.
        expect([bundle.manifest, bundle.run]).toEqual([manifest, run]);
      }),
      { numRuns: 100 },
    );
  });
});

/** The central directory states that run.json has 10 bytes. */
function lying(zip: Buffer): Buffer {
  const at = zip.lastIndexOf('data/run.json') - 46;
  zip.writeUInt32LE(10, at + 24);
  return zip;
}

/** report.md gets the name of the other report in the directory. */
function twice(zip: Buffer): Buffer {
  const at = zip.lastIndexOf('data/report.md');
  zip.write('README.txt\u0000\u0000\u0000\u0000'.slice(0, 10), at);
  zip.writeUInt16LE(10, at - 46 + 28);
  zip.writeUInt16LE(4, at - 46 + 30);
  return zip;
}
