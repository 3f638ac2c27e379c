import { Buffer } from 'node:buffer';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { refuseEnding, writeFiltered } from '../../src/cli/files/filtered-copy.ts';
import { formats } from '../../src/formats/index.ts';
import type { ArchivePlan } from '../../src/rollouts/archive.ts';
import { planRows } from '../../src/rollouts/plan.ts';
import { recogniseRollouts } from '../../src/rollouts/recognise.ts';
import type { RowFile } from '../../src/rollouts/rows.ts';
import { dataOffset, listZip, type ZipMember } from '../../src/sources/archives/zip.ts';
import { discover } from '../../src/sources/files/discover.ts';
import { rollout } from '../quarantine/report.ts';
import { type Entry, zipOf } from '../sources/files.ts';
import { against } from './against.ts';

const folder = mkdtempSync(join(tmpdir(), 'eval-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** Text as one Zstandard frame of raw blocks: RFC 8878, section 3.1.1. */
function zstd(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length, 5);
  const block = Buffer.alloc(3);
  block.writeUIntLE((bytes.length << 3) | 1, 0, 3);
  return Buffer.concat([head, block, bytes]);
}

interface Sample {
  readonly id: string | number;
  readonly epoch: number;
  readonly uuid?: string;
  readonly error?: { readonly message: string } | null;
  readonly input?: string;
}

/** A finished log as Inspect writes it: indented, and NaN where a score is none. */
function evalLog(samples: readonly Sample[], pack: (entry: Entry) => Entry = (entry) => entry): Buffer {
  const print = (value: unknown): string => JSON.stringify(value, null, 2).replaceAll('"NaN"', 'NaN');
  const ids = [...new Set(samples.map(({ id }) => id))];
  const spec = { task: 't', task_id: 'tid', dataset: { samples: 100, sample_ids: ids, shuffled: false }, model: 'm' };
  const summaries = samples.map((sample) => ({ ...sample, target: '', scores: { match: { value: 'NaN' } } }));
  const results = {
    total_samples: samples.length,
    completed_samples: samples.filter(({ error }) => !error).length,
    scores: [
      { name: 'match', scorer: 'match', metrics: { accuracy: { name: 'accuracy', value: 0.5 } } },
      { name: 'second', scorer: 'second', metrics: {} },
    ],
  };
  const documents: readonly (readonly [string, unknown])[] = [
    ['_journal/start.json', { version: 2, eval: spec, plan: { name: 'plan' } }],
    ...samples.map(
      (sample) =>
        [
          `samples/${sample.id}_epoch_${sample.epoch}.json`,
          { ...sample, target: '', events: [], scores: { match: { value: 1.0 } } },
        ] as const,
    ),
    ['_journal/summaries/1.json', summaries.slice(0, 2)],
    ['_journal/summaries/2.json', summaries.slice(2)],
    ['summaries.json', summaries],
    ['reductions.json', [{ scorer: 'match', samples: ids.map((id) => ({ value: 'NaN', sample_id: id })) }]],
    ['header.json', { version: 2, status: 'success', eval: spec, results, stats: { model_usage: {} } }],
  ];
  return zipOf(documents.map(([name, value]) => pack({ name, text: print(value) })));
}

const AS_ZSTD = (entry: Entry): Entry => ({ ...entry, method: 93, stored: zstd(String(entry.text)) });

interface Filtered {
  readonly plan: ArchivePlan;
  readonly file: RowFile;
  readonly path: string;
  readonly holds: boolean;
}

async function filtered(archive: Buffer, ...bad: readonly string[]): Promise<Filtered> {
  const path = join(folder, `${files++}_t_${'x'.repeat(22)}.eval`);
  writeFileSync(path, archive);
  const [input] = discover([path], folder).inputs;
  if (input === undefined) throw new Error(`${path} was not found`);
  const file = await recogniseRollouts(input, formats);
  if ('refused' in file) throw new Error(file.refused);
  const fateOf = against(...bad.map((id) => rollout(id)));
  const plan = await planRows(file, { fateOf, lineNames: 'ignored' });
  if ('refused' in plan) throw new Error(plan.refused);
  if (!('members' in plan)) throw new Error('no archive');
  const { holds } = await writeFiltered(file, plan, { out: `${path}.out.eval`, fateOf });
  return { plan, file, path: `${path}.out.eval`, holds };
}

/** Members in the order of their bytes, with what is stored. */
function membersOf(path: string): readonly (ZipMember & { readonly stored: Buffer })[] {
  const members = listZip(path);
  if (typeof members === 'string') throw new Error(members);
  const bytes = readFileSync(path);
  return [...members]
    .sort((a, b) => a.headerOffset - b.headerOffset)
    .map((member) => {
      const at = dataOffset(path, member) ?? 0;
      return { ...member, stored: bytes.subarray(at, at + member.storedBytes) };
    });
}

/** Decompressed, whatever way a member is stored. */
function textOf(path: string, name: string): string {
  const member = membersOf(path).find((one) => one.name === name);
  if (member === undefined) throw new Error(`no ${name}`);
  if (member.method === 8) return inflateRawSync(member.stored).toString();
  return (member.method === 93 ? member.stored.subarray(12) : member.stored).toString();
}

const json = (path: string, name: string): unknown => JSON.parse(textOf(path, name).replaceAll('NaN', 'null'));

const NIGHT: readonly Sample[] = [
  { id: 'a', epoch: 1, uuid: 'u-a1' },
  { id: 'a', epoch: 2, uuid: 'u-a2' },
  { id: 2, epoch: 1, uuid: 'u-21', error: { message: 'boom' } },
  { id: 'c/d', epoch: 1, uuid: 'u-cd' },
];

describe('an Inspect archive without quarantined samples', () => {
  it.each([
    ['deflated', (entry: Entry): Entry => entry, 8],
    ['stored', (entry: Entry): Entry => ({ ...entry, method: 0 }), 0],
    ['Zstandard', AS_ZSTD, 93],
  ])('%s: nothing names them any more, and all else is as it was', async (_, pack, method) => {
    const { plan, path, holds } = await filtered(evalLog(NIGHT, pack), 'u-a2', 'u-cd');
    expect([holds, plan.rows, plan.dropped.map(({ episode }) => episode)]).toEqual([true, 4, ['u-a2', 'u-cd']]);
    const names = membersOf(path).map(({ name }) => name);
    expect(names).toEqual([
      '_journal/start.json',
      'samples/a_epoch_1.json',
      'samples/2_epoch_1.json',
      '_journal/summaries/1.json',
      '_journal/summaries/2.json',
      'summaries.json',
      'reductions.json',
      'header.json',
    ]);
    const left = (name: string): unknown => (json(path, name) as { uuid: string }[]).map(({ uuid }) => uuid);
    expect([left('summaries.json'), left('_journal/summaries/1.json'), left('_journal/summaries/2.json')]).toEqual([
      ['u-a1', 'u-21'],
      ['u-a1'],
      ['u-21'],
    ]);
    expect(json(path, 'reductions.json')).toEqual([{ scorer: 'match', samples: [{ value: null, sample_id: 2 }] }]);
    expect(json(path, 'header.json')).toEqual({
      version: 2,
      status: 'success',
      eval: expect.objectContaining({ dataset: { samples: 100, sample_ids: ['a', 2], shuffled: false } }) as unknown,
      results: { total_samples: 2, completed_samples: 1, scores: [] },
      stats: { model_usage: {} },
    });
    expect(json(path, '_journal/start.json')).toMatchObject({ eval: { dataset: { sample_ids: ['a', 2] } } });
    const before = membersOf(path.replace('.out.eval', ''));
    for (const name of ['samples/a_epoch_1.json', 'samples/2_epoch_1.json']) {
      const kept = membersOf(path).find((one) => one.name === name);
      const original = before.find((one) => one.name === name);
      expect([kept?.method, kept?.crc, kept?.stored]).toEqual([method, original?.crc, original?.stored]);
    }
  });

  it('keeps every byte that is not cut: numbers, NaN, blanks', async () => {
    const { path } = await filtered(evalLog(NIGHT), 'u-a2');
    const [before, after] = [textOf(path.replace('.out.eval', ''), 'summaries.json'), textOf(path, 'summaries.json')];
    const from = before.indexOf(',\n  {\n    "id": "a",\n    "epoch": 2');
    const to = before.indexOf(',\n  {\n    "id": 2');
    expect(from).toBeGreaterThan(0);
    expect(after).toBe(before.slice(0, from) + before.slice(to));
  });

  it('with nothing to drop every member is the same, bytes and order', async () => {
    const { path, plan, holds } = await filtered(evalLog(NIGHT), 'nobody');
    const facts = (at: string) => membersOf(at).map(({ name, stored }) => [name, stored.toString('hex')]);
    expect([holds, plan.members.flatMap(({ edits }) => edits)]).toEqual([true, []]);
    expect(facts(path)).toEqual(facts(path.replace('.out.eval', '')));
  });

  it.each([
    ['no error', { error: null }],
    ['an error', { error: { message: 'boom' } }],
  ])('counts a sample with %s as results.completed_samples do', async (_, error) => {
    const { path } = await filtered(
      evalLog([...NIGHT.slice(0, 2), { id: 'e', epoch: 1, uuid: 'u-e', ...error }, { id: 'f', epoch: 1 }]),
      'u-e',
      'u-a1',
    );
    expect(json(path, 'header.json')).toMatchObject({
      results: { total_samples: 2, completed_samples: 2 },
    });
  });

  it('a header whose members stand in another order', async () => {
    const dataset = { sample_ids: ['a', 'b'] };
    const log = zipOf([
      { name: 'samples/a_epoch_1.json', text: '{"id":"a","epoch":1,"uuid":"u-a","events":[],"target":""}' },
      { name: 'samples/b_epoch_1.json', text: '{"id":"b","epoch":1,"uuid":"u-b","events":[],"target":""}' },
      {
        name: 'header.json',
        text: JSON.stringify({ results: { scores: [{}], completed_samples: 2, total_samples: 2 }, eval: { dataset } }),
      },
    ]);
    const { path, holds } = await filtered(log, 'u-a');
    expect([holds, json(path, 'header.json')]).toEqual([
      true,
      { results: { scores: [], completed_samples: 1, total_samples: 1 }, eval: { dataset: { sample_ids: ['b'] } } },
    ]);
  });

  it('a running log, without header and summaries, and with a sample written twice', async () => {
    const sample = (text: string): Entry => ({ name: 'samples/a_epoch_1.json', text });
    const body = JSON.stringify({ id: 'a', epoch: 1, uuid: 'u-a1', events: [], target: '' });
    const running = zipOf([
      { name: '_journal/start.json', text: '{"version":2,"eval":{"task":"t"},"plan":{}}' },
      sample('{"id":"a","epoch":1,"uuid":"first","events":[],"target":""}'),
      sample(body),
      { name: 'samples/b_epoch_1.json', text: body.replaceAll('"a"', '"b"').replace('u-a1', 'u-b1') },
    ]);
    const { path, plan } = await filtered(running, 'u-a1');
    expect([plan.rows, membersOf(path).map(({ name }) => name)]).toEqual([
      2,
      ['_journal/start.json', 'samples/b_epoch_1.json'],
    ]);
  });

  it('what is left is what a log of the kept samples says, for any samples', async () => {
    const some = fc.uniqueArray(
      fc.record({ id: fc.constantFrom('a', 'b c', 'b_epoch_1', 7), epoch: fc.integer({ min: 1, max: 3 }) }),
      {
        minLength: 1,
        maxLength: 8,
        selector: ({ id, epoch }) => `${id}/${epoch}`,
      },
    );
    await fc.assert(
      fc.asyncProperty(some, fc.func(fc.boolean()), async (names, isBad) => {
        const samples = names.map((name, i) => ({ ...name, uuid: `u-${i}` }));
        const bad = samples.filter(({ uuid }) => isBad(uuid)).map(({ uuid }) => uuid);
        const { path, holds } = await filtered(evalLog(samples), ...bad);
        const kept = samples.filter(({ uuid }) => !bad.includes(uuid));
        expect(holds).toBe(true);
        expect((json(path, 'summaries.json') as { uuid: string }[]).map(({ uuid }) => uuid)).toEqual(
          kept.map(({ uuid }) => uuid),
        );
        expect(json(path, 'header.json')).toMatchObject({
          eval: {
            dataset: {
              sample_ids: [...new Set(samples.map(({ id }) => id))].filter((id) => kept.some((one) => one.id === id)),
            },
          },
          results: { total_samples: kept.length },
        });
      }),
      { numRuns: 25 },
    );
  });
});

describe('the proof of an archive', () => {
  it.each([
    ['an edit too many', (plan: ArchivePlan) => spoil(plan, 'header.json', { edits: [{ from: 0, to: 1, with: ' ' }] })],
    [
      'another number is written',
      (plan: ArchivePlan) =>
        spoil(plan, 'header.json', {
          edits: plan.members.flatMap(({ name, edits }) =>
            name === 'header.json' ? edits.map((edit) => ({ ...edit, with: edit.with.replace('3', '9') })) : [],
          ),
        }),
    ],
    ['a kept sample goes', (plan: ArchivePlan) => spoil(plan, 'samples/a_epoch_1.json', { stays: false })],
    ['a quarantined sample stays', (plan: ArchivePlan) => spoil(plan, 'samples/a_epoch_2.json', { stays: true })],
  ])('fails when %s, and nothing is left behind', async (_, spoilt) => {
    const { plan, file } = await filtered(evalLog(NIGHT), 'u-a2');
    const out = join(folder, `spoilt-${files++}.eval`);
    const other = spoilt(plan);
    const write = writeFiltered(file, other, { out, fateOf: against(rollout('u-a2')) });
    expect((await write).holds).toBe(false);
    expect(() => readFileSync(out)).toThrow(/ENOENT/);
  });
});

function spoil(plan: ArchivePlan, name: string, change: Partial<ArchivePlan['members'][number]>): ArchivePlan {
  return { ...plan, members: plan.members.map((one) => (one.name === name ? { ...one, ...change } : one)) };
}

describe('archives that are refused by name', () => {
  it.each([
    ['no log', zipOf([{ name: 'a.json', text: '{}' }]), /no Inspect log/],
    [
      'samples in pieces',
      zipOf([
        { name: 'header.json', text: '{}' },
        { name: 'samples/a_epoch_1/sample.json', text: '{}' },
      ]),
      /in pieces \(samples\/a_epoch_1\/sample\.json\)/,
    ],
    [
      'a damaged sample',
      evalLog(NIGHT, (entry) => (entry.name.startsWith('samples/a') ? { ...entry, stored: Buffer.from('??') } : entry)),
      /samples\/a_epoch_1\.json.*damaged/,
    ],
  ])('%s', async (_, archive, why) => {
    await expect(filtered(archive, 'u-a2')).rejects.toThrow(why);
  });

  it('the copy is named .eval, so that Inspect knows it', () => {
    expect(() => refuseEnding('x.zip', 'archive')).toThrow(/ending \.eval/);
    expect(() => refuseEnding('x.eval', 'archive')).not.toThrow();
    expect(() => refuseEnding('x.eval', 'samples')).toThrow(/as plain lines/);
  });
});
