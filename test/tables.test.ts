import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

it('docs/tables.md names every accepted spelling of a column', () => {
  const source = read('src/core/tables/fields.ts');
  const body = source.slice(source.indexOf('const FIELD_NAMES = {'), source.indexOf('} as const;'));
  const fields = [...body.matchAll(/^ {2}(\w+): \[([^\]]*)\]/gm)];
  expect(fields.length).toBeGreaterThan(30);
  const doc = read('docs/tables.md');
  for (const [, field = '', list = ''] of fields) {
    const names = [...list.matchAll(/'([^']+)'/g)].map((match) => `\`${match[1]}\``);
    expect(doc).toContain(`- \`${field}\`: ${names.join(', ')}\n`);
  }
});

describe('schemas of the plain tables', () => {
  it.each([
    ['tool-calls', 'src/formats/tool-calls/samples/calls.log'],
    ['leases', 'src/formats/leases/samples/leases.log'],
  ])('%s accepts every row of its sample', (name, sample) => {
    const schema = z.fromJSONSchema(JSON.parse(read(`docs/schemas/${name}.schema.json`)));
    for (const line of read(sample).trim().split('\n')) expect(schema.safeParse(JSON.parse(line)).success).toBe(true);
    expect(schema.safeParse({ sandbox_id: 'x' }).success).toBe(false);
  });

  it('inventory accepts its sample', () => {
    const schema = z.fromJSONSchema(JSON.parse(read('docs/schemas/inventory.schema.json')));
    expect(schema.safeParse(JSON.parse(read('src/formats/inventory/samples/document.log'))).success).toBe(true);
  });
});
