import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { gather } from '../../../src/reading/gather.ts';

const work = mkdtempSync(join(tmpdir(), 'unread-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Problems of a folder with these files. */
async function problemsOf(files: Readonly<Record<string, string>>) {
  const dir = mkdtempSync(join(work, 'x-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return (await gather({ paths: [dir], cwd: dir }, 'none')).problems;
}

const known = '1770113700.123 5 10.66.1.2 TCP_DENIED/403 0 CONNECT 192.0.2.9:443 - HIER_NONE/- -\n';
const warning = (message: string) => ({ severity: 'warning', code: 'unrecognised', message });

it.each<[string, Record<string, string>, readonly object[]]>([
  [
    'are named, without their copies and what is empty or blank',
    { a: 'hello\n', b: 'hello\n', c: '', 'd.txt': ' \n\n', 'd.log': known, e: 'Hi\n' },
    [warning('not read, as no format recognises it: a, e')],
  ],
  [
    'are named as far as they are few',
    Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`f${n}`, `hello ${n}\n`])),
    [warning('not read, as no format recognises it: f0, f1, f2, f3, f4 and 2 more')],
  ],
  ['are none', { 'd.log': known }, []],
])('files that no format recognises %s', async (_, files, expected) =>
  expect(await problemsOf(files)).toEqual(expected),
);
