import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../src/cli/program/program.ts';
import { readSettings } from '../src/config/settings.ts';
import { ROLES } from '../src/model/format.ts';
import { IMPORT_FIELDS, IMPORT_KINDS } from '../src/model/importer.ts';

const doc = readFileSync(join(import.meta.dirname, '../docs/config.md'), 'utf8');
const example = /```yaml\n([\s\S]*?)```/.exec(doc)?.[1] ?? '';

describe('docs/config.md', () => {
  it('shows a configuration that is read as it says', () => {
    const settings = readSettings('example.yaml', example, '/repo');
    expect(settings).toMatchObject({
      year: 2026,
      failOn: 'likely',
      zones: new Map([['fw/eve.json', 480]]),
      clockOffsets: new Map([['fw/eve.json', 2_300_000]]),
      roles: new Map([['fw/eve.json', ['violation']]]),
      forced: new Map([['export.txt', 'cef']]),
      baseline: '/repo/egressblame.baseline.json',
      outputs: ['/repo/reports/night.html', '/repo/reports/night.sarif'],
      importers: [{ name: 'acme-trace', timeUnit: 'ms', fields: { time: 'ts', command: 'args.cmd' } }],
    });
  });

  it('an importer has the name of its kind, and the zone and unit that are stated', () => {
    const text = `importers:
  - { match: a, kind: lease, fields: { time: t, sandbox: s }, zone: Asia/Shanghai }
  - { match: b, kind: lease, fields: { time: t, sandbox: s, timeUnit: ms } }
outputs: ['-', sarif=/abs/x.json, html=y]`;
    expect(readSettings('c.yaml', text, '/repo')).toMatchObject({
      importers: [
        { name: 'mapped-lease', match: 'a', kind: 'lease', fields: { time: 't', sandbox: 's' }, zoneOffsetMin: 480 },
        { name: 'mapped-lease', match: 'b', kind: 'lease', fields: { time: 't', sandbox: 's' }, timeUnit: 'ms' },
      ],
      outputs: ['-', 'sarif=/abs/x.json', 'html=/repo/y'],
    });
  });

  it.each(IMPORT_KINDS)('lists the facts that an importer of %s may map', (kind) => {
    const { needs, may } = IMPORT_FIELDS[kind];
    const names = (list: readonly string[]): string => list.map((name) => `\`${name}\``).join(', ');
    expect(doc).toContain(`| \`${kind}\` | ${names(needs)} | ${names(may)} |\n`);
  });

  it('lists every environment variable and every role', () => {
    const options = createProgram().commands.flatMap((command) => [...command.options]);
    const pairs = new Set(
      options.flatMap(({ envVar, long }) => (envVar === undefined ? [] : [`| \`${envVar}\` | \`${long}\` |`])),
    );
    expect(pairs.size).toBeGreaterThan(5);
    for (const pair of pairs) expect(doc).toContain(pair);
    expect(doc.match(/^\| `EGRESSBLAME_/gm)).toHaveLength(pairs.size);
    for (const role of ROLES) expect(doc).toContain(`\`${role}\``);
  });
});
