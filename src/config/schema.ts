import * as z from 'zod';
import { statedZone } from '../core/time/named-zones.ts';
import { ROLES } from '../model/format.ts';
import { IMPORT_FIELDS, type ImportKind, TIME_UNITS } from '../model/importer.ts';
import { FAIL_ON } from '../model/report.ts';
import { SEVERITIES } from '../model/violation.ts';

const zone = z
  .string()
  .check(({ value, issues }) => {
    const minutes = statedZone(value);
    if (typeof minutes === 'string') issues.push({ code: 'custom', input: value, message: minutes });
  })
  .meta({
    description: 'Zone of stamps that state none: an offset, UTC, or a name',
    examples: ['+08:00', 'Asia/Shanghai'],
  });

const source = z.strictObject({
  as: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Format that reads it (egressblame formats lists them)', examples: ['suricata-eve'] }),
  tz: zone.optional(),
  clockOffset: z
    .string()
    .regex(/^[+-]?\d+(?:\.\d+)?(?:us|ms|s|m|h)?$/, 'expected a number with a unit (us, ms, s, m, h)')
    .optional()
    .meta({ description: 'How far ahead its clock is', examples: ['+2.3s'] }),
  role: z
    .union([z.enum(ROLES), z.array(z.enum(ROLES)).min(1)])
    .optional()
    .meta({
      description: 'What it holds; no format without it reads the source, and a run without it is not clean',
      examples: ['violation'],
    }),
});

const path = z.string().min(1);

/** The mapping of one kind: the needed facts, the others, and the unit of its times. */
function fieldsOf<K extends ImportKind>(kind: K) {
  const { needs, may } = IMPORT_FIELDS[kind];
  const needed = Object.fromEntries(
    needs.map((field) => [
      field,
      path.meta({ description: 'Member, column, or =text', examples: [`record.${field}`] }),
    ]),
  );
  const others = Object.fromEntries(
    may.map((field) => [field, path.optional().meta({ examples: [`record.${field}`] })]),
  );
  const timeUnit = z
    .enum(TIME_UNITS)
    .optional()
    .meta({ description: 'Of numbers; told by magnitude when absent', examples: ['ms'] });
  return z.strictObject({ ...needed, ...others, timeUnit }).meta({
    description: 'Fact: member or column that holds it. a.b goes inside an object; =text is a fixed value',
  });
}

function importerOf<K extends ImportKind>(kind: K) {
  return z.strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'expected lower-case words with hyphens')
      .optional()
      .meta({
        description: 'Shown as the format of the file; default: mapped- and the kind',
        examples: ['acme-trace'],
      }),
    match: z
      .string()
      .min(1)
      .meta({ description: 'Glob over the end of the path', examples: ['runs/*.jsonl'] }),
    kind: z.literal(kind).meta({ examples: [kind] }),
    fields: fieldsOf(kind),
    zone: zone.optional(),
  });
}

/** `egressblame.config.{json,yaml}`. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional(),
    sources: z
      .record(z.string().min(1), source)
      .optional()
      .meta({
        description: 'By SOURCE, as --tz, --as, --clock-offset and --source name it',
        examples: [{ 'fw/eve.json': { tz: '+08:00' } }],
      }),
    year: z
      .int()
      .min(1970)
      .max(9999)
      .optional()
      .meta({ description: 'Latest year for stamps without one', examples: [2026] }),
    failOn: z
      .enum(FAIL_ON)
      .optional()
      .meta({ description: 'As --fail-on', examples: ['likely'] }),
    minSeverity: z
      .enum(SEVERITIES)
      .optional()
      .meta({ description: 'As --min-severity', examples: ['medium'] }),
    minCoverage: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta({ description: 'As --min-coverage', examples: [0.95] }),
    baseline: path
      .optional()
      .meta({ description: 'As --baseline, from the folder of this file', examples: ['egressblame.baseline.json'] }),
    redact: z
      .boolean()
      .optional()
      .meta({ description: 'false keeps secrets in the output', examples: [true] }),
    outputs: z
      .array(path)
      .optional()
      .meta({
        description: 'As -o, from the folder of this file; for investigate and check',
        examples: [['reports/night.sarif']],
      }),
    importers: z
      .array(
        z.discriminatedUnion('kind', [
          importerOf('tool-call'),
          importerOf('episode'),
          importerOf('network'),
          importerOf('process'),
          importerOf('lease'),
        ]),
      )
      .optional()
      .meta({ description: 'How home-grown JSON lines or CSV are read', examples: [[]] }),
  })
  .meta({
    title: 'egressblame configuration',
    description:
      'egressblame.config.json or .yaml: what a run is told besides its paths. Flags and EGRESSBLAME_ variables win over it.',
  });

export type Config = z.output<typeof configSchema>;
