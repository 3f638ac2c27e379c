import { expect, it } from 'vitest';
import { lengthOf } from '../../src/reading/reading-plan.ts';
import type { TarMember } from '../../src/sources/archives/tar-member.ts';
import type { ZipMember } from '../../src/sources/archives/zip.ts';
import type { InputFile } from '../../src/sources/files/discover.ts';

const file: InputFile = { path: 'eve.json', absolute: '/n/eve.json', bytes: 100, modifiedUs: 0 };
const zip: ZipMember = {
  kind: 'zip',
  name: 'eve.json',
  method: 8,
  encrypted: false,
  crc: 0,
  storedBytes: 100,
  bytes: 700,
  headerOffset: 0,
};
const tar: TarMember = { kind: 'tar', name: 'eve.json', offset: 512, bytes: 100, modifiedS: 0 };

it.each([
  ['a log', file, 100],
  ['a compressed log', { ...file, path: 'eve.json.gz' }, 1200],
  ['a compressed log in capitals', { ...file, path: 'EVE.GZ' }, 1200],
  ['a member of a zip archive', { ...file, path: 'n.zip!/eve.json', absolute: '/n.zip', member: zip }, 700],
  [
    'a stored one',
    { ...file, path: 'n.zip!/eve.json', absolute: '/n.zip', member: { ...zip, method: 0, bytes: 100 } },
    100,
  ],
  ['a compressed log in a zip archive', { ...file, path: 'n.zip!/eve.zst', absolute: '/n.zip', member: zip }, 8400],
  [
    'a member that states what cannot be',
    { ...file, path: 'n.zip!/a', absolute: '/n.zip', member: { ...zip, bytes: 1e15 } },
    103_200,
  ],
  [
    'a member of a compressed tar archive',
    { ...file, path: 'n.tgz!/eve.json', absolute: '/n.tar.gz', member: tar },
    100,
  ],
])('%s', (_, input, bytes) => {
  expect(lengthOf({ input })).toBe(bytes);
});
