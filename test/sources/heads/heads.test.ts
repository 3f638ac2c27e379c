import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discover, type InputFile } from '../../../src/sources/files/discover.ts';
import { readHead } from '../../../src/sources/heads/head.ts';
import { readHeads } from '../../../src/sources/heads/heads.ts';
import { newFolder } from '../files.ts';

function files(count: number): readonly InputFile[] {
  const folder = newFolder();
  for (let i = 0; i < count; i++) writeFileSync(join(folder, `${10 + i}.log`), `line of ${10 + i}\n`);
  return discover(['.'], folder).inputs;
}

describe('the heads of files', () => {
  it('come in the order of the files, whichever is read first', async () => {
    const inputs = files(9);
    const late = async (input: InputFile) => {
      if (input.path.includes('10') || input.path.includes('14'))
        await new Promise((done) => {
          setTimeout(done, 20);
        });
      return readHead(input);
    };
    const seen: string[] = [];
    for await (const { input, head } of readHeads(inputs, late)) seen.push(`${input.path}: ${head.text}`);
    expect(seen).toEqual(inputs.map(({ path }) => `${path}: line of ${path.replace('.log', '')}\n`));
  });

  it('has a few more in reading while one is looked at, and no more than a few', async () => {
    let begun = 0;
    const counted = (input: InputFile) => {
      begun++;
      return readHead(input);
    };
    const ahead: number[] = [];
    let given = 0;
    for await (const _ of readHeads(files(9), counted)) ahead.push(begun - ++given);
    expect(ahead).toEqual([4, 4, 4, 4, 4, 3, 2, 1, 0]);
  });

  it('throws an error where its head is due', async () => {
    const inputs = files(3);
    const seen: string[] = [];
    const reading = async (): Promise<void> => {
      const broken = (input: InputFile) =>
        input === inputs[1] ? Promise.reject(new Error('broken')) : readHead(input);
      for await (const { input } of readHeads(inputs, broken)) seen.push(input.path);
    };
    await expect(reading()).rejects.toThrow('broken');
    expect(seen).toEqual([inputs[0]?.path]);
  });
});

it.each([
  ['Feb 29 10:00:05 gw dnsmasq[55]: query', true],
  ['<4>Feb 29 10:00:05 fw kernel: x', true],
  ['<134> Feb 29 10:00:05 fw kernel: x', true],
  ['{"message":"Feb 29 10:00:05 fw kernel: x"}', true],
  ['[Feb29 10:00] egress-drop: IN=', true],
  ['Thu Feb 29 10:00:05 x', true],
  ['02/29-10:00:05.25  [**] x', true],
  ['x\n02/29-10:00:05.25  [**] x', true],
  ['Feb 29 2024 10:00:05 its year stands there', false],
  ['02/29/2024-10:00:05.25  [**] x', false],
  ['Mar  1 10:00:05 gw cron: backup of Feb 29 10:00', false],
  ['Feb 28 10:00:05 gw dnsmasq[55]: query', false],
])('of %j: a 29 February without a year is %s', async (text, has) => {
  const folder = newFolder();
  writeFileSync(join(folder, 'a.log'), `${text}\n`);
  const [input] = discover(['.'], folder).inputs;
  expect(input !== undefined && (await readHead(input)).hasLeapDay).toBe(has);
});
