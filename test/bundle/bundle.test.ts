import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkContents } from '../../src/bundle/consistency.ts';
import { openBundle } from '../../src/bundle/open.ts';
import { proveOriginals } from '../../src/bundle/originals.ts';
import { type BundleContent, writeBundle } from '../../src/bundle/write.ts';
import { sha256 } from '../../src/core/digest.ts';
import { redact } from '../../src/core/redact.ts';
import type { InputReport, Report } from '../../src/model/report.ts';
import { discover } from '../../src/sources/discover.ts';
import { egressblame } from '../cli/run.ts';

const root = join(import.meta.dirname, '../..');
const rome = join(root, 'fixtures/rome/inputs');
const dir = mkdtempSync(join(tmpdir(), 'egressblame-bundle-'));
const whole = join(dir, 'rome.zip');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

type Members = Record<string, Uint8Array>;
const members = (path: string): Members => unzipSync(readFileSync(path));
const linesOf = (all: Members): Record<string, unknown>[] =>
  text(all, 'data/lines.ndjson')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const text = (all: Members, name: string): string => strFromU8(all[name] ?? new Uint8Array());

/** A bundle whose members were changed; with `forge` the manifest is made to fit, as a careful forger would. */
function changed(name: string, change: (all: Members) => void, forge = false): string {
  const all = members(whole);
  change(all);
  if (forge) {
    const manifest = JSON.parse(text(all, 'manifest.json')) as {
      members: { name: string; bytes: number; sha256: string }[];
    };
    for (const member of manifest.members) {
      const bytes = all[member.name] ?? new Uint8Array();
      member.bytes = bytes.length;
      member.sha256 = sha256(bytes);
    }
    all['manifest.json'] = strToU8(JSON.stringify(manifest));
  }
  const path = join(dir, `${name}.zip`);
  writeFileSync(path, zipSync(all));
  return path;
}

const put =
  (name: string, content: Uint8Array) =>
  (all: Members): void => {
    all[name] = content;
  };
const drop =
  (name: string) =>
  (all: Members): void => {
    delete all[name];
  };

/** What the command reports, without a process: a refusal, or each flaw as it is printed. */
async function flawsOf(path: string, logs?: string): Promise<string> {
  const bundle = await openBundle(path);
  if (typeof bundle === 'string') return `refused: ${bundle}`;
  const { flaws, lines } = await checkContents(bundle);
  const proof =
    logs === undefined
      ? undefined
      : await proveOriginals(bundle.run, lines, discover([logs], root).inputs, { clean: redact, madeBy: undefined });
  return [...flaws, ...(proof?.flaws ?? [])]
    .map(({ kind, where, says }) => `${kind} ${where}: ${says}`)
    .concat(proof?.notes ?? [])
    .join('\n');
}

/** The inputs of rome in a folder of their own, so that a test may damage them. */
function originals(name: string): string {
  const path = join(dir, name);
  cpSync(rome, path, { recursive: true });
  return path;
}

beforeAll(() => {
  expect(egressblame([rome, '-q', '-o', whole]).code).toBe(1);
});

describe('an evidence bundle', () => {
  it('has the same bytes in another time zone and language, with fixed stamps and sorted members', () => {
    const again = join(dir, 'again.zip');
    egressblame([rome, '-q', '-o', `bundle=${again}`], { env: { TZ: 'Asia/Kathmandu', LANG: 'de_DE.UTF-8' } });
    expect(sha256(readFileSync(again))).toBe(sha256(readFileSync(whole)));
    const names = Object.keys(members(whole));
    expect(names).toEqual([...names].sort());
    expect(names).toContain('data/report.md');
  });

  it('holds the records of --json, and only lines that they cite', () => {
    const all = members(whole);
    expect(text(all, 'data/report.json')).toBe(egressblame([rome, '--json']).out);
    const run = JSON.parse(text(all, 'data/run.json')) as { inputs: { path: string; sha256: string }[] };
    const lines = linesOf(all);
    expect(lines.length).toBeGreaterThan(50);
    const total = run.inputs.reduce((sum, { path }) => sum + readFileSync(join(rome, path)).length, 0);
    expect(lines.reduce((sum, { bytes }) => sum + Number(bytes), 0)).toBeLessThan(total);
    for (const { path, sha256: hash } of run.inputs) expect(sha256(readFileSync(join(rome, path)))).toBe(hash);
    for (const { path, offset, bytes, sha256: hash } of lines) {
      const from = Number(offset);
      expect(sha256(readFileSync(join(rome, String(path))).subarray(from, from + Number(bytes)))).toBe(hash);
    }
  });

  it('is proven without and with the originals, also from another folder and with one renamed', () => {
    const alone = egressblame(['verify', whole]);
    expect([alone.code, alone.out]).toEqual([
      0,
      expect.stringMatching(/^Consistent: .*\n.*Not proven: that these lines/),
    ]);
    const moved = originals('moved/logs');
    renameSync(join(moved, 'nat/nat-session-log.jsonl'), join(moved, 'nat/sessions.txt'));
    const { code, out } = egressblame(['verify', whole, join(dir, 'moved'), '--rerun']);
    expect(out).toMatch(
      /^Verified: .*\n\d+ lines and 24 whole files .*\nFound again from the originals: 35 attributions/,
    );
    expect(code).toBe(0);
  });

  it('tells no hash of an input that has none', async () => {
    const uncited = { path: 'a.log', format: undefined, bytes: 9, sha256: '' } as InputReport;
    const report = {
      version: '0',
      arguments: [],
      inputs: [uncited],
      attributions: [],
      incidents: [],
    } as unknown as Report;
    const chunks: Uint8Array[] = [];
    const none = (): readonly string[] => [];
    const content = {
      report,
      inputs: [],
      clean: redact,
      json: none,
      markdown: none,
      run: {},
    } as unknown as BundleContent;
    expect(await writeBundle(content, (chunk) => chunks.push(chunk))).toBeUndefined();
    const run = JSON.parse(text(unzipSync(Buffer.concat(chunks)), 'data/run.json')) as { inputs: unknown[] };
    expect(run.inputs).toEqual([{ path: 'a.log', format: null, bytes: 9, sha256: null }]);
  });

  it('is not written when an input is gone', () => {
    const { code, err } = egressblame([rome, '-q', '--format', 'bundle']);
    expect([code, err]).toEqual([2, expect.stringContaining('needs a file')]);
  });
});

describe('secrets in raw lines', () => {
  const secret = 'Zk3vQp9sXw71LmN0';
  const alert = readFileSync(join(root, 'src/formats/suricata-fast/samples/fast.log'), 'utf8').split('\n')[0] ?? '';
  const night = join(dir, 'secret');
  beforeAll(() => {
    mkdirSync(night);
    writeFileSync(
      join(night, 'fast.log'),
      `${alert.replace('POLICY ', `POLICY password=${secret} 203.0.113.9:8443 `)}\n${alert}\n`,
    );
  });

  it('are taken out of the copy; the hash is still that of the original, which proves it', () => {
    const path = join(dir, 'secret.zip');
    egressblame([night, '-q', '-o', path]);
    for (const content of Object.values(members(path))) expect(strFromU8(content)).not.toContain(secret);
    const [line] = linesOf(members(path));
    expect(line).toMatchObject({
      copy: 'redacted',
      text: expect.stringContaining('[redacted] 203.0.113.9:8443') as string,
      sha256: sha256(readFileSync(join(night, 'fast.log'), 'utf8').split('\n')[0] ?? ''),
    });
    expect(egressblame(['verify', path, night])).toMatchObject({ code: 0 });
  });

  it('stay with --no-redact', () => {
    const path = join(dir, 'open.zip');
    egressblame([night, '-q', '--no-redact', '-o', path]);
    expect(linesOf(members(path))[0]).toMatchObject({ copy: 'exact', text: expect.stringContaining(secret) as string });
    expect(egressblame(['verify', path, night])).toMatchObject({ code: 0 });
  });
});

describe('what was altered, missing or added is named, exit 4', () => {
  const edit = (name: string, from: string | RegExp, to: string) => (all: Members) => {
    const before = text(all, name);
    all[name] = strToU8(before.replace(from, to));
    expect(text(all, name)).not.toBe(before);
  };
  it.each([
    [
      'a word of the report',
      'md',
      edit('data/report.md', 'likely', 'proven'),
      false,
      /altered data\/report\.md: .*SHA-256/,
    ],
    ['a member taken away', 'gone', drop('data/report.md'), false, /missing data\/report\.md/],
    ['a member put in', 'more', put('x.txt', strToU8('x')), false, /added x\.txt/],
    [
      'a copied text, forged',
      'copy',
      edit('data/lines.ndjson', '203.0.113.77', '203.0.113.78'),
      true,
      /altered \S+:\d+: the copied text is not/,
    ],
    [
      'a line taken out, forged',
      'line',
      edit('data/lines.ndjson', /^.*\n/, ''),
      true,
      /missing \S+:\d+: .* rests on it/,
    ],
    [
      'a violation taken out, forged',
      'violation',
      edit('data/report.json', /^\{"record":"attribution".*\n/m, ''),
      true,
      /missing v-\w+: incident i-\w+ names it/,
    ],
    [
      'an input hash, forged',
      'input',
      edit('data/report.json', /"sha256":"./, '"sha256":"'),
      true,
      /altered \S+: report and data\/run\.json/,
    ],
    [
      'a citation moved, forged',
      'moved',
      edit('data/report.json', /"line":\d+,"offset":\d+/, '"line":99999,"offset":1'),
      true,
      /missing \S+:99999/,
    ],
    [
      'what is no record, forged',
      'junk',
      edit('data/lines.ndjson', /^/, '{"path":1}\n'),
      true,
      /altered data\/lines\.ndjson:1: is no cited record/,
    ],
  ] as const)('%s', async (_, name, change, forge, says) => {
    expect(await flawsOf(changed(name, change, forge))).toMatch(says);
  });

  it('in words and as JSON', () => {
    const path = changed('cli', drop('data/report.md'));
    const { code, out } = egressblame(['verify', path]);
    expect([code, out]).toEqual([
      4,
      expect.stringMatching(/^NOT VERIFIED: 1 flaw\.\n {2}missing {2}data\/report\.md: /),
    ]);
    expect(JSON.parse(egressblame(['verify', path, '--json']).out)).toMatchObject({
      record: 'verification',
      holds: false,
      flaws: [{ kind: 'missing', where: 'data/report.md' }],
    });
  });

  it('a line whose hash was forged as well falls against the originals', async () => {
    const path = changed(
      'forged',
      (all) => {
        const lines = linesOf(all).map((line) =>
          line['copy'] === 'exact' && String(line['text']).includes('203.0.113.77')
            ? { ...line, text: 'x'.repeat(Number(line['bytes'])), sha256: sha256('x'.repeat(Number(line['bytes']))) }
            : line,
        );
        all['data/lines.ndjson'] = strToU8(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      },
      true,
    );
    expect(await flawsOf(path)).toBe('');
    expect(await flawsOf(path, rome)).toMatch(/altered \S+:\d+: the original at offset \d+ .* has another SHA-256/);
  });

  it('a verdict that was forged falls against the originals with --rerun', async () => {
    const path = changed(
      'verdict',
      edit('data/report.json', '"verdict":"likely","probability"', '"verdict":"proven","probability"'),
      true,
    );
    expect(await flawsOf(path, rome)).toBe('');
    const { code, out } = egressblame(['verify', path, rome, '--rerun']);
    expect([code, out]).toEqual([4, expect.stringMatching(/altered +v-\w+: the bundle claims proven /)]);
  });

  it('an original that was altered, lost, or only grew', async () => {
    const logs = originals('damaged');
    const nat = join(logs, 'nat/nat-session-log.jsonl');
    appendFileSync(nat, '{}\n');
    expect(await flawsOf(whole, logs)).toBe(
      'nat/nat-session-log.jsonl has grown by 3 bytes since; what was read is unaltered',
    );
    const cited = linesOf(members(whole)).find(({ path }) => path === 'nat/nat-session-log.jsonl');
    const bytes = readFileSync(nat);
    bytes[Number(cited?.['offset']) + 5] = 0x23;
    writeFileSync(nat, bytes);
    rmSync(join(logs, 'roll/rollout_dump_data.step_41.jsonl'));
    const flaws = (await flawsOf(whole, logs)).split('\n');
    expect(flaws).toEqual([
      expect.stringContaining(`altered nat/nat-session-log.jsonl:${String(cited?.['line'])}: the original at offset`),
      expect.stringContaining('altered nat/nat-session-log.jsonl: the whole file has another SHA-256'),
      'missing roll/rollout_dump_data.step_41.jsonl: is not among the originals given',
    ]);
  });

  it('a line number that was forged everywhere', async () => {
    const cited = linesOf(members(whole))[0];
    const place = `"line":${String(cited?.['line'])},"offset":${String(cited?.['offset'])}`;
    const path = changed(
      'number',
      (all) => {
        for (const name of ['data/lines.ndjson', 'data/report.json'])
          all[name] = strToU8(text(all, name).replaceAll(place, place.replace(/\d+/, '7777')));
      },
      true,
    );
    expect(await flawsOf(path, rome)).toMatch(/altered \S+:7777: offset \d+ stands on line \d+/);
  });
});

describe('hostile and unusable archives get a sentence and exit 2', () => {
  const file = (name: string, bytes: Uint8Array): string => {
    const path = join(dir, name);
    writeFileSync(path, bytes);
    return path;
  };
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
