import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { egressblame, records } from './run.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'docs/schemas');
const names = readdirSync(folder).map((file) => file.replace('.schema.json', ''));
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8'));

/** Published schemas let fields be added; here a field that none of them describes is a fault. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  return { ...Object.fromEntries(members), ...('properties' in schema ? { additionalProperties: false } : {}) };
}

function validator(schema: unknown): ValidateFunction {
  // `$ref` beside a closed object is what the published schemas use; strict mode still finds unknown keywords.
  return new Ajv2020({ allErrors: true, allowUnionTypes: true, validateFormats: false }).compile(schema as object);
}

function faults(validate: ValidateFunction, lines: readonly Record<string, unknown>[]): string[] {
  const out = new Set<string>();
  for (const line of lines)
    if (!validate(line))
      for (const error of validate.errors ?? [])
        out.add(
          `${String(line['record'] ?? '')} ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
        );
  return [...out].slice(0, 10);
}

describe('published schemas', () => {
  it.each(names)('%s is a schema, and the command prints it', (name) => {
    validator(read(name));
    const { code, out } = egressblame(['schema', name]);
    expect([code, out]).toEqual([0, readFileSync(join(folder, `${name}.schema.json`), 'utf8')]);
  });

  it('are listed without a name, and a wrong name gets a hint', () => {
    expect(
      egressblame(['schema'])
        .out.split('\n')
        .map((line) => line.split(':')[0]),
    ).toEqual([...names.sort(), '']);
    expect(egressblame(['schema', 'confg'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean config?') as string,
    });
  });

  it('of the configuration and the baseline are current (npm run schemas)', () => {
    execFileSync(process.execPath, ['scripts/write-schemas.mjs', '--check'], { cwd: root });
  });
});

describe('what the program writes', () => {
  it.each(['night', 'rome'])('--json of fixtures/%s is described field by field', (night) => {
    const { out } = egressblame([`fixtures/${night}/inputs`, '--json']);
    const validate = validator(read('report'));
    expect(faults(validate, records(out))).toEqual([]);
    // By record, so that a fault is told where it is and not as "none of six".
    for (const record of ['run', 'input', 'clock', 'attribution', 'incident', 'summary']) {
      const own = records(out).filter((line) => line['record'] === record);
      expect(own.length).toBeGreaterThan(0);
      const defs = (closed(read('report')) as { $defs: object }).$defs;
      expect(faults(validator({ $ref: `#/$defs/${record}`, $defs: defs }), own)).toEqual([]);
    }
  });

  it.each(['night', 'rome'])('events of fixtures/%s are described field by field', (night) => {
    const lines = records(egressblame(['events', `fixtures/${night}/inputs`]).out);
    expect(faults(validator(closed(read('event'))), lines)).toEqual([]);
  });
});
