import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BundleContent, writeBundle } from '../../src/bundle/write.ts';
import { sha256 } from '../../src/core/digest.ts';
import { redact } from '../../src/core/text/redact.ts';
import type { InputReport, Report } from '../../src/model/report.ts';
import { egressblame } from '../cli/run.ts';
import { linesOf, members, rome, root, text, workshop } from './forge.ts';

const { dir, whole, originals } = workshop();

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
