import { Buffer } from 'node:buffer';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { zipOf, zstdOf } from '../sources/files.ts';
import { entryOf, tarOf } from '../sources/tars.ts';
import { runCommand } from './in-process.ts';
import { writeTinyNight } from './tiny.ts';

/** A night that is clean where nothing fails, with one more file beside its logs. */
function nightWith(name: string, bytes: Buffer | string): string {
  const folder = writeTinyNight(mkdtempSync(join(tmpdir(), 'odd-')));
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), bytes);
  return folder;
}

const LINES = Array.from(
  { length: 6 },
  (_, i) =>
    `11/23/2026-10:01:0${i}.000000  [**] [1:9000006:1] POLICY blocked host [**] [Classification: Policy] [Priority: 1] {TCP} 10.66.1.5:5000${i} -> 198.51.100.78:8081`,
);
const LOG = `${LINES.join('\n')}\n`;
const zip = zipOf([{ name: 'more.log', text: LOG }]);
const locked = Buffer.from(zip);
locked[locked.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 8] = 1;

describe('a file of which something is not read', () => {
  it.each([
    ['with line ends of old Macs', 'more.log', LINES.join('\r'), "tr '\\r' '\\n'"],
    [
      'with text behind its gzip data',
      'more.log.gz',
      Buffer.concat([gzipSync(LOG), Buffer.from(LOG)]),
      'bytes behind it that are no gzip',
    ],
    [
      'with text behind its zstd data',
      'more.log.zst',
      Buffer.concat([zstdOf(Buffer.from(LOG)), Buffer.from(LOG)]),
      'bytes behind it that are no zstd',
    ],
    [
      'with bytes behind its tar archive',
      'more.tar',
      Buffer.concat([tarOf([{ name: 'more.log', text: LOG }]), Buffer.from(LOG)]),
      'is no tar and was not read',
    ],
    [
      'in a tar archive that is cut short',
      'more.tar',
      entryOf({ name: 'more.log', text: LOG }).subarray(0, 700),
      'cut short (inside more.log)',
    ],
    [
      'in a tar archive that lies three deep in others',
      'more.tar',
      ['c.tar', 'b.tar', 'a.tar'].reduce((text, name) => tarOf([{ name, text }]), tarOf([{ name: 'x', text: LOG }])),
      'a tar archive: ',
    ],
    ['compressed with xz', 'more.log.xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]), 'xz -dk'],
    ['compressed with bzip2', 'more.log.bz2', Buffer.from('BZh91AY&SY....', 'latin1'), 'bzip2 -dk'],
    ['in a zip archive of another name', 'more.dat', zip, 'unzip FILE'],
    ['in an encrypted zip archive', 'more.zip', locked, 'is encrypted and cannot be read'],
    ['in a zip archive that is cut short', 'more.zip', zip.subarray(0, -30), 'cannot look into the archive'],
  ])('%s is named, and the night is not clean', async (_, name, bytes, says) => {
    const { code, out, err } = await runCommand([nightWith(name, bytes), '--fail-on', 'never']);
    expect(`${out}${err}`.replace(/\s+/g, ' ')).toContain(says);
    expect(code).toBe(3);
  });
});

describe('a file that is odd and read whole', () => {
  it.each([
    [
      'in two gzip members with padding',
      'more.log.gz',
      Buffer.concat([
        gzipSync(LINES.slice(0, 3).join('\n')),
        gzipSync(`\n${LINES.slice(3).join('\n')}`),
        Buffer.alloc(100),
      ]),
    ],
    [
      'in two zstd frames',
      'more.log.zst',
      Buffer.concat([zstdOf(Buffer.from(LOG.slice(0, 100))), zstdOf(Buffer.from(LOG.slice(100)))]),
    ],
    ['in a tar archive', 'more.tar', tarOf([{ name: 'more.log', text: LOG }])],
    ['in a compressed tar archive', 'more.tgz', gzipSync(tarOf([{ name: 'more.log', text: LOG }]))],
    ['in UTF-16 with its mark', 'more.log', Buffer.from(`\uFEFF${LOG}`, 'utf16le')],
    ['with line ends of Windows', 'more.log', LOG.replaceAll('\n', '\r\n')],
    ['without a last line end', 'more.log', LOG.trimEnd()],
    [
      'with a hole of a crash',
      'more.log',
      `${LOG.slice(0, LOG.indexOf('\n') + 1)}${'\0'.repeat(4096)}${LOG.slice(LOG.indexOf('\n') + 1)}`,
    ],
  ])('%s counts', async (_, name, bytes) => {
    const { code, out } = await runCommand([nightWith(name, bytes), '--fail-on', 'never', '--json']);
    const summary = JSON.parse(out.trim().split('\n').at(-1) ?? '');
    expect([summary.violations, code]).toEqual([7, 0]);
  });

  it.each([
    ['an empty file', 'more.log', ''],
    ['an empty gzip file', 'more.log.gz', gzipSync('')],
    ['an archive of nothing', 'more.tar', tarOf([])],
    ['an archive of nothing, zip', 'more.zip', zipOf([])],
    ['a picture', 'more.png', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
  ])('%s leaves the night clean', async (_, name, bytes) => {
    expect((await runCommand([nightWith(name, bytes), '--fail-on', 'never'])).code).toBe(0);
  });

  it('rotated and copied with an overlap counts each record once', async () => {
    const folder = nightWith('more.log', `${LINES.slice(2).join('\n')}\n`);
    writeFileSync(join(folder, 'more.log.1'), `${LINES.slice(0, 4).join('\n')}\n`);
    writeFileSync(join(folder, 'copy.log'), LOG);
    symlinkSync('.', join(folder, 'again'));
    const { out } = await runCommand([folder, '--json']);
    expect(JSON.parse(out.trim().split('\n').at(-1) ?? '').violations).toBe(7);
  });
});
