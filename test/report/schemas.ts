import { z } from 'zod';

/** The part of SARIF 2.1.0 that the report uses; strict, so that a misspelt property is found. */
const message = z.strictObject({ text: z.string().min(1) });
const location = z.strictObject({
  id: z.number().int().min(0).optional(),
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({ uri: z.string().regex(/^[\w\-.~%!*'()/]+$/) }),
    region: z.strictObject({
      startLine: z.number().int().min(1),
      byteOffset: z.number().int().min(0),
      byteLength: z.number().int().min(0),
    }),
  }),
  message,
});
const level = z.enum(['none', 'note', 'warning', 'error']);
const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.number().int().min(0),
  kind: z.enum(['notApplicable', 'pass', 'fail', 'review', 'open', 'informational']),
  level,
  rank: z.number().min(0).max(100),
  message,
  locations: z.array(location).length(1),
  relatedLocations: z.array(location).max(1000),
  codeFlows: z.array(
    z.strictObject({
      threadFlows: z
        .array(
          z.strictObject({
            locations: z
              .array(
                z.strictObject({
                  location,
                  executionOrder: z.number().int(),
                  importance: z.enum(['important', 'essential', 'unimportant']),
                }),
              )
              .min(1),
          }),
        )
        .min(1),
    }),
  ),
  partialFingerprints: z.record(z.string(), z.string()),
  suppressions: z
    .array(z.strictObject({ kind: z.literal('external'), status: z.literal('accepted'), justification: z.string() }))
    .optional(),
  properties: z.record(z.string(), z.unknown()),
});

export const sarifLog = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.array(
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string(),
          version: z.string(),
          semanticVersion: z.string(),
          rules: z.array(
            z.strictObject({
              id: z.string(),
              name: z.string(),
              shortDescription: message,
              // GitHub demands these two of every rule.
              fullDescription: message,
              help: message,
              defaultConfiguration: z.strictObject({ level }),
              properties: z.strictObject({
                tags: z.array(z.string()).max(20),
                'security-severity': z.string().regex(/^\d+\.\d$/),
              }),
            }),
          ),
          supportedTaxonomies: z.array(z.strictObject({ name: z.string(), index: z.number().int() })),
        }),
      }),
      taxonomies: z.array(z.strictObject({ name: z.string(), version: z.string(), organization: z.string() })),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      artifacts: z.array(
        z.strictObject({
          location: z.strictObject({ uri: z.string() }),
          length: z.number().int(),
          hashes: z.record(z.string(), z.string()).optional(),
        }),
      ),
      invocations: z.array(
        z.strictObject({
          executionSuccessful: z.boolean(),
          arguments: z.array(z.string()),
          toolExecutionNotifications: z.array(
            z.strictObject({ level, message, descriptor: z.strictObject({ id: z.string() }) }),
          ),
        }),
      ),
      properties: z.record(z.string(), z.unknown()),
      results: z.array(result).max(5000),
    }),
  ),
});
