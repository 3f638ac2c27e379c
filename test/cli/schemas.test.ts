import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

  it('names a process by the id that its sensor gave it, where the records leave the pid out', () => {
    const folder = mkdtempSync(join(tmpdir(), 'guid-'));
    const flow = { src_ip: '192.0.2.10', src_port: 50_001, dest_ip: '198.51.100.7', dest_port: 443, proto: 'TCP' };
    const alert = { action: 'blocked', gid: 1, signature_id: 9_000_001, rev: 1, signature: 'not allowed', severity: 2 };
    const eve = { timestamp: '2026-03-02T10:00:10.000000+0000', event_type: 'alert', ...flow, alert };
    const sysmon = {
      EventID: 3,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Hostname: 'ws1.example',
      UtcTime: '2026-03-02 10:00:10.010',
      ProcessGuid: '{00000000-1111-2222-3333-000000000001}',
      Image: 'C:\\tool.exe',
      Initiated: 'true',
      Protocol: 'tcp',
      SourceIp: '192.0.2.10',
      SourcePort: '50001',
      DestinationIp: '198.51.100.7',
      DestinationPort: '443',
    };
    writeFileSync(join(folder, 'eve.json'), JSON.stringify(eve));
    writeFileSync(join(folder, 'sysmon.json'), JSON.stringify(sysmon));
    const own = records(egressblame([folder, '--json']).out).filter((line) => line['record'] === 'attribution');
    expect(own).toMatchObject([
      {
        verdict: 'unattributed',
        reason: expect.stringContaining(
          'C:\\tool.exe ({00000000-1111-2222-3333-000000000001}) on ws1.example',
        ) as string,
        candidates: [{ process: { pid: null, entityId: '{00000000-1111-2222-3333-000000000001}' } }],
      },
    ]);
    const defs = (closed(read('report')) as { $defs: object }).$defs;
    expect(faults(validator({ $ref: '#/$defs/attribution', $defs: defs }), own)).toEqual([]);
    expect(egressblame([folder]).out.replace(/\s+/g, ' ')).toContain(
      '{00000000-1111-2222-3333-000000000001}: no record ties it to a tool call',
    );
  });

  it.each(['night', 'rome'])('events of fixtures/%s are described field by field', (night) => {
    const lines = records(egressblame(['events', `fixtures/${night}/inputs`]).out);
    expect(faults(validator(closed(read('event'))), lines)).toEqual([]);
  });
});
