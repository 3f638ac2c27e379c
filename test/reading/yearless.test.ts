import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { correctClocks } from '../../src/correction.ts';
import { gather } from '../../src/reading/gather.ts';

const work = mkdtempSync(join(tmpdir(), 'yearless-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const alert = (stamp: string, port: number): string =>
  `${stamp}:00.250000  [**] [1:9000006:1] POLICY blocked host [**] [Classification: Policy] [Priority: 1] {TCP} 10.66.1.5:${port} -> 198.51.100.77:8081\n`;
const drop = (stamp: string, port: number): string =>
  `${stamp}:00 fw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=10.66.1.5 DST=198.51.100.77 LEN=60 PROTO=TCP SPT=${port} DPT=8081\n`;

let folders = 0;

/** What a log that was last changed at a moment is read as: the minutes of its records and the problems of its clock. */
async function read(name: string, bytes: string | Uint8Array, changed: string, year?: number) {
  const folder = join(work, String(folders++));
  mkdirSync(folder);
  writeFileSync(join(folder, name), bytes);
  utimesSync(join(folder, name), new Date(changed), new Date(changed));
  const options = { paths: [folder], cwd: folder, ...(year === undefined ? {} : { year }) };
  const gathered = await gather(options, 'all');
  const { problems } = correctClocks(gathered, options);
  return {
    minutes: gathered.store.network.map(({ time }) => new Date(time.at / 1000).toISOString().slice(0, 16)),
    codes: problems.map(({ code }) => code),
  };
}

const LEAP = ['02/28-23:00', '02/29-10:00', '03/01-00:10'];
const LEAP_2024 = ['2024-02-28T23:00', '2024-02-29T10:00', '2024-03-01T00:10'];
const END = ['12/31-23:50', '01/01-00:10'];

describe('a log whose stamps name no year', () => {
  it.each([
    ['a leap day', LEAP, 'as it ended', '2024-03-01T00:20:00Z', LEAP_2024],
    ['a leap day', LEAP, 'in the same year', '2024-09-30T00:00:00Z', LEAP_2024],
    ['a leap day', LEAP, 'in the January behind it', '2025-01-15T00:00:00Z', LEAP_2024],
    ['a leap day', LEAP, 'in the next year, in between', '2025-02-28T12:00:00Z', LEAP_2024],
    ['a leap day', LEAP, 'in the next year', '2025-06-01T00:00:00Z', LEAP_2024],
    ['a leap day', LEAP, 'years later', '2026-11-30T00:00:00Z', LEAP_2024],
    ['a leap day', LEAP, 'before the next one', '2028-02-27T12:00:00Z', LEAP_2024],
    [
      'a leap day',
      LEAP,
      'after the next one',
      '2028-03-02T00:00:00Z',
      LEAP_2024.map((at) => at.replace('2024', '2028')),
    ],
    [
      'months around a leap day',
      ['12/30-10:00', '02/29-10:00', '07/01-10:00'],
      'years later',
      '2026-11-30T00:00:00Z',
      ['2023-12-30T10:00', '2024-02-29T10:00', '2024-07-01T10:00'],
    ],
    ['the end of a year', END, 'as it ended', '2026-01-01T00:20:00Z', ['2025-12-31T23:50', '2026-01-01T00:10']],
    ['the end of a year', END, 'in the same year', '2026-06-01T00:00:00Z', ['2025-12-31T23:50', '2026-01-01T00:10']],
    ['the end of a year', END, 'in the next year', '2027-06-01T00:00:00Z', ['2026-12-31T23:50', '2027-01-01T00:10']],
  ])('over %s (%j), last changed %s (%s)', async (_what, stamps, _when, changed, minutes) => {
    expect(await read('fast.log', stamps.map((stamp, i) => alert(stamp, 40_001 + i)).join(''), changed)).toEqual({
      minutes,
      codes: [],
    });
  });

  it('is read so as syslog, compressed too', async () => {
    const log = ['Feb 28 23:00', 'Feb 29 10:00', 'Mar  1 00:10'].map((stamp, i) => drop(stamp, 40_001 + i)).join('');
    for (const [name, bytes] of [
      ['kern.log', log],
      ['kern.log.gz', gzipSync(log)],
    ] as const)
      expect((await read(name, bytes, '2026-11-30T00:00:00Z')).minutes).toEqual(LEAP_2024);
  });

  it('says where its years cannot be, and is read right with --year', async () => {
    // The head of a file does not reach to the leap day.
    const before = Array.from({ length: 2500 }, (_, i) => alert('02/28-22:00', 10_000 + i)).join('');
    const log = before + LEAP.map((stamp, i) => alert(stamp, 40_001 + i)).join('');
    const copied = await read('fast.log', log, '2026-11-30T00:00:00Z');
    expect(copied.minutes.slice(-3)).toEqual(['2026-02-28T23:00', '2024-02-29T10:00', '2026-03-01T00:10']);
    expect(copied.codes).toEqual(['years-apart']);
    const stated = await read('fast.log', log, '2026-11-30T00:00:00Z', 2024);
    expect(stated.minutes.slice(-3)).toEqual(LEAP_2024);
    expect(stated.codes).toEqual([]);
  });
});
