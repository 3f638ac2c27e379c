import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { checkContents } from '../../src/bundle/consistency.ts';
import { openBundle } from '../../src/bundle/open.ts';
import { sha256 } from '../../src/core/digest.ts';
import { egressblame } from '../cli/run.ts';
import { flawsOf, members, put, workshop } from './forge.ts';

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
    [
      'an entry that the directory does not count',
      () => file('count.zip', counted(readFileSync(whole))),
      /its directory lists 6 of 5 entries/,
    ],
    ['an unknown compression', () => file('method.zip', packed(readFileSync(whole))), /uses compression method 93/],
    ['a name that is a dot', () => changed('dot', put('./x', strToU8('x'))), /"\.\/x" leads out/],
    ['a name of nothing', () => changed('nameless', put('', strToU8('x'))), /"" leads out/],
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

  it.each<[string, (zip: Buffer) => Buffer]>([
    ['bytes behind its end', (zip) => Buffer.concat([zip, Buffer.from('x')])],
    ['another archive in its comment', (zip) => commented(zip, zipSync({ a: strToU8('x') }))],
    ['a comment', (zip) => commented(zip, strToU8('x'))],
    ['bytes before its directory', (zip) => spread(zip, zip.indexOf(CENTRAL), 5)],
    ['bytes between members', (zip) => spread(zip, zip.indexOf('PK\u0003\u0004', 4, 'latin1'), 5)],
    ['another archive before it', (zip) => spread(zip, 0, 300)],
    ['a member that is called otherwise where it stands', (zip) => renamed(zip, 'data/report.md', 'data/REPORT.md')],
    ['a second disk', (zip) => Buffer.from(zip.fill(1, endOf(zip) + 4, endOf(zip) + 5))],
  ])('%s: another program might find something else in it', async (what, change) => {
    const bytes = readFileSync(changed('plain', () => undefined));
    expect(await flawsOf(file(`${what}.zip`, change(bytes)))).toMatch(
      /^refused: it is (cut short or )?damaged|^refused: it holds bytes that belong to no member, or names one in two ways/,
    );
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
    const held = hashes(whole);
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
        expect(hashes(path)).toEqual(held);
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

/** Of each member, as another reader finds it. */
const hashes = (path: string): readonly string[] =>
  Object.entries(members(path)).map(([name, bytes]) => `${name} ${sha256(bytes)}`);

const CENTRAL = Buffer.from('PK\u0001\u0002', 'latin1');
const endOf = (zip: Buffer): number => zip.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');

/** Bytes put in, with every offset behind them corrected. */
function spread(zip: Buffer, at: number, bytes: number): Buffer {
  const end = endOf(zip);
  zip.writeUInt32LE(zip.readUInt32LE(end + 16) + bytes, end + 16);
  for (let entry = zip.indexOf(CENTRAL); entry >= 0; entry = zip.indexOf(CENTRAL, entry + 4)) {
    const offset = zip.readUInt32LE(entry + 42);
    if (offset >= at) zip.writeUInt32LE(offset + bytes, entry + 42);
  }
  const filler = Buffer.concat([zip.subarray(0, 4), Buffer.alloc(bytes)]).subarray(0, bytes);
  return Buffer.concat([zip.subarray(0, at), filler, zip.subarray(at)]);
}

function commented(zip: Buffer, comment: Uint8Array): Buffer {
  zip.writeUInt16LE(comment.length, endOf(zip) + 20);
  return Buffer.concat([zip, comment]);
}

/** In its local header. */
function renamed(zip: Buffer, from: string, to: string): Buffer {
  zip.write(to, zip.indexOf(from));
  return zip;
}

function counted(zip: Buffer): Buffer {
  zip.writeUInt16LE(5, endOf(zip) + 10);
  return zip;
}

/** The directory states a compression that bundles do not use. */
function packed(zip: Buffer): Buffer {
  zip.writeUInt16LE(93, zip.indexOf(CENTRAL) + 10);
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
