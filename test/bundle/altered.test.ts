import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/digest.ts';
import { egressblame } from '../cli/run.ts';
import { drop, flawsOf, linesOf, type Members, members, put, rome, text, workshop } from './forge.ts';

const { whole, changed, forged, originals } = workshop();

describe('what was altered, missing or added is named, exit 4', () => {
  const edit = (name: string, from: string | RegExp, to: string | ((found: string) => string)) => (all: Members) => {
    const before = text(all, name);
    all[name] = strToU8(typeof to === 'string' ? before.replace(from, to) : before.replace(from, to));
    expect(text(all, name)).not.toBe(before);
  };
  it.each([
    [
      'a word of the report',
      'md',
      edit('data/report.md', 'likely', 'proven'),
      changed,
      /altered data\/report\.md: .*SHA-256/,
    ],
    ['a member taken away', 'gone', drop('data/report.md'), changed, /missing data\/report\.md/],
    ['a member put in', 'more', put('x.txt', strToU8('x')), changed, /added x\.txt/],
    [
      'a copied text, forged',
      'copy',
      edit('data/lines.ndjson', '203.0.113.77', '203.0.113.78'),
      forged,
      /altered \S+:\d+: the copied text is not/,
    ],
    [
      'a line taken out, forged',
      'line',
      edit('data/lines.ndjson', /^.*\n/, ''),
      forged,
      /missing \S+:\d+: .* rests on it/,
    ],
    [
      'a violation taken out, forged',
      'violation',
      edit('data/report.json', /^\{"record":"attribution".*\n/m, ''),
      forged,
      /missing v-\w+: incident i-\w+ names it/,
    ],
    [
      'an input hash, forged',
      'input',
      edit('data/report.json', /"sha256":"./, '"sha256":"'),
      forged,
      /altered \S+: report and data\/run\.json/,
    ],
    [
      'a citation moved, forged',
      'moved',
      edit('data/report.json', /"line":\d+,"offset":\d+/, '"line":99999,"offset":1'),
      forged,
      /missing \S+:99999/,
    ],
    [
      'what is no record of the report, forged',
      'scalar',
      edit('data/report.json', /^/, '1\n'),
      forged,
      /altered data\/report\.json:1: is no JSON record/,
    ],
    [
      'an input of the report alone, forged',
      'input2',
      edit('data/report.json', /^\{"record":"input","path":"/m, (found) => `${found}x/`),
      forged,
      /added x\/\S+: is an input of the report but not of data\/run\.json/,
    ],
    [
      'a length, forged',
      'length',
      (all: Members) => {
        const cited = linesOf(all).find(({ copy }) => copy === 'exact');
        const length = `"offset":${String(cited?.['offset'])},"bytes":${String(cited?.['bytes'])}`;
        for (const name of ['data/lines.ndjson', 'data/report.json'])
          all[name] = strToU8(text(all, name).replaceAll(length, `${length}0`));
      },
      forged,
      /altered \S+:\d+: the copied text is not what its own SHA-256/,
    ],
    [
      'what is no record, forged',
      'junk',
      edit('data/lines.ndjson', /^/, '{"path":1}\n'),
      forged,
      /altered data\/lines\.ndjson:1: is no cited record/,
    ],
  ] as const)('%s', async (_, name, change, make, says) => {
    expect(await flawsOf(make(name, change))).toMatch(says);
  });

  it.each([
    [
      'a cited line that stands twice, once with another text',
      'twice',
      edit('data/lines.ndjson', /^.*\n/, (line) => `${line.replace(/"copy":.*/, '"copy":"cut","text":"x"}')}\n${line}`),
      /added \S+:\d+: stands in data\/lines\.ndjson twice/,
    ],
    [
      'a violation that stands twice, once with another verdict',
      'again',
      edit(
        'data/report.json',
        /^\{"record":"attribution".*\n/m,
        (line) => line.replace(/"verdict":"\w+"/, '"verdict":"proven"') + line,
      ),
      /added v-\w+: stands in data\/report\.json twice/,
    ],
    [
      'an incident that stands twice',
      'incident',
      edit('data/report.json', /^\{"record":"incident".*\n/m, (line) => line + line),
      /added i-\w+: stands in data\/report\.json twice/,
    ],
    [
      'an input whose hash was taken out, so that nothing would be held against it',
      'unhashed',
      edit('data/run.json', /"sha256": "\w+"(?=\s*\}[^[]*"lines")/, () => '"sha256": null'),
      /altered \S+: report and data\/run\.json state different hashes/,
    ],
  ] as const)('%s, forged', async (_, name, change, says) => {
    expect(await flawsOf(forged(name, change))).toMatch(says);
  });

  it('lines of an input whose hash was taken out everywhere are not proven by its original', async () => {
    const path = forged('nowhere', (all) => {
      const cited = String(linesOf(all)[0]?.['path']);
      const run = JSON.parse(text(all, 'data/run.json')) as { inputs: { path: string; sha256: string | null }[] };
      for (const input of run.inputs) if (input.path === cited) input.sha256 = null;
      all['data/run.json'] = strToU8(JSON.stringify(run));
      const input = new RegExp(`^(\\{"record":"input","path":"${cited}".*?"sha256":")\\w+`, 'm');
      edit('data/report.json', input, '$1')(all);
    });
    expect(await flawsOf(path)).toBe('');
    expect(await flawsOf(path, rome)).toMatch(/added \S+: lines are cited from it, but the run did not read it/);
  });

  it.each([
    [
      'another length',
      (member: { bytes: number }) => [{ ...member, bytes: member.bytes + 1 }],
      /altered README\.txt: .* length/,
    ],
    [
      'another hash before the true one',
      (member: object) => [{ ...member, sha256: sha256('') }, member],
      /altered README\.txt: .*SHA-256/,
    ],
    ['nothing of a member', () => [], /missing README\.txt: is not listed in the manifest/],
  ])('a manifest that states %s', async (name, change, says) => {
    const path = changed(`manifest ${name}`, (all) => {
      const manifest = JSON.parse(text(all, 'manifest.json')) as { members: { name: string; bytes: number }[] };
      const members = manifest.members.flatMap((member) => (member.name === 'README.txt' ? change(member) : [member]));
      all['manifest.json'] = strToU8(JSON.stringify({ ...manifest, members }));
    });
    expect(await flawsOf(path)).toMatch(says);
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

  it('a copy that was forged to be no exact one falls against the originals', async () => {
    const path = forged('kind', edit('data/lines.ndjson', /"copy":"exact","text":"/, '"copy":"lossy","text":"x'));
    expect(await flawsOf(path)).toBe('');
    expect(await flawsOf(path, rome)).toMatch(/altered \S+:\d+: the copied text is not the redaction of the original/);
  });

  it('a line whose hash was forged as well falls against the originals', async () => {
    const path = forged('forged', (all) => {
      const lines = linesOf(all).map((line) =>
        line['copy'] === 'exact' && String(line['text']).includes('203.0.113.77')
          ? { ...line, text: 'x'.repeat(Number(line['bytes'])), sha256: sha256('x'.repeat(Number(line['bytes']))) }
          : line,
      );
      all['data/lines.ndjson'] = strToU8(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    });
    expect(await flawsOf(path)).toBe('');
    expect(await flawsOf(path, rome)).toMatch(/altered \S+:\d+: the original at offset \d+ .* has another SHA-256/);
  });

  it('findings that were forged fall against the originals with --rerun', async () => {
    const changedIds: string[] = [];
    const path = forged('findings', (all) => {
      const left = text(all, 'data/report.json').split('\n');
      const change = (record: string, from: string | RegExp, to: string): string => {
        const at = left.findIndex((line) => line.startsWith(`{"record":"${record}"`) && line.search(from) >= 0);
        const [line = ''] = left.splice(at, 1, String(left[at]).replace(from, to));
        left.push(...left.splice(at, 1));
        return /"id":"([^"]+)"/.exec(line)?.[1] ?? '';
      };
      changedIds.push(
        change('attribution', '"verdict":"likely"', '"verdict":"proven"'),
        change('attribution', '"port":443', '"port":444'),
        change('attribution', "stands in the call's arguments", 'was contacted by the call'),
        change('incident', '"answer":"not-requested"', '"answer":"requested"'),
      );
      all['data/report.json'] = strToU8(`${left.filter((line) => line !== '').join('\n')}\n`);
    });
    expect(await flawsOf(path, rome)).toBe('');
    const { code, out } = egressblame(['verify', path, rome, '--rerun', '--json']);
    const { flaws } = JSON.parse(out) as { flaws: { kind: string; where: string; says: string }[] };
    const facts = 'its facts, evidence or reasons are not those that the originals lead to';
    expect([code, flaws.map(({ kind, where, says }) => [kind, where, says.replace(/ claims .*/, '')])]).toEqual([
      4,
      changedIds.map((id, i) => ['altered', id, i === 0 ? 'the bundle' : facts]),
    ]);
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
    const path = forged('number', (all) => {
      for (const name of ['data/lines.ndjson', 'data/report.json'])
        all[name] = strToU8(text(all, name).replaceAll(place, place.replace(/\d+/, '7777')));
    });
    expect(await flawsOf(path, rome)).toMatch(/altered \S+:7777: offset \d+ stands on line \d+/);
  });
});
