import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tryJson } from '../../src/core/json/json.ts';
import { formats } from '../../src/formats/index.ts';
import { discover } from '../../src/sources/files/discover.ts';
import { detectFormat } from '../../src/sources/heads/detect.ts';
import { readHead } from '../../src/sources/heads/head.ts';
import { newFolder } from './files.ts';

const root = join(import.meta.dirname, '../../src/formats');
const folder = newFolder();

/** Whose first line names the session that all others belong to: without it they are nobody's. */
const FIRST_LINE_TELLS = new Set(['codex/rollout-bare.log']);

/** Samples of which every line is a JSON document, and which two of them at least are left when the first is cut. */
const SAMPLES = formats.flatMap(({ id }) =>
  readdirSync(join(root, id, 'samples'))
    .filter((name) => !/\.expected\.json$|\.bad\./.test(name) && !FIRST_LINE_TELLS.has(`${id}/${name}`))
    .map(
      (name) =>
        [
          `${id}/${name}`,
          id,
          readFileSync(join(root, id, 'samples', name), 'utf8')
            .trim()
            .split('\n'),
        ] as const,
    )
    .filter(([, , lines]) => lines.length > 2 && lines.every((line) => tryJson(line) !== undefined)),
);

async function formatOf(text: string): Promise<string | undefined> {
  writeFileSync(join(folder, 'x.log'), text);
  const [input] = discover(['x.log'], folder).inputs;
  return input === undefined ? undefined : detectFormat(formats, 'x.log', await readHead(input)).format?.id;
}

it('has samples of many formats', () => {
  expect(new Set(SAMPLES.map(([, id]) => id)).size).toBeGreaterThan(40);
});

it.each(SAMPLES)('recognises %s where it was cut within its first line', async (_, id, [first = '', ...others]) => {
  const rest = others.join('\n');
  for (const torn of [first.slice(first.length >> 1), first.slice(0, -1), '-- MARK --', '{'])
    expect(await formatOf(`${torn}\n${rest}\n`), torn).toBe(id);
});
