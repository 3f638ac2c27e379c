import { z } from 'zod';

/** Files of an evidence bundle, in the order in which they stand in it; `docs/bundle.md` describes them. */
export const MEMBERS = {
  readme: 'README.txt',
  lines: 'data/lines.ndjson',
  json: 'data/report.json',
  markdown: 'data/report.md',
  run: 'data/run.json',
  manifest: 'manifest.json',
} as const;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

/** `manifest.json`: the hash and length of every other member. */
export const manifestSchema = z.object({
  bundle: z.literal('egressblame-evidence'),
  schema: z.literal(1),
  members: z.array(z.object({ name: z.string(), bytes: count, sha256: hash })),
});

/** `run.json`: what made the report. Times are microseconds since the epoch, offsets microseconds. */
export const runSchema = z.object({
  tool: z.literal('egressblame'),
  version: z.string(),
  arguments: z.array(z.string()),
  settings: z.object({
    as: z.record(z.string(), z.string()),
    zonesMin: z.record(z.string(), z.number()),
    clockOffsetsUs: z.record(z.string(), z.number()),
    year: z.number().nullable(),
    fromUs: z.number().nullable(),
    toUs: z.number().nullable(),
  }),
  redaction: z.enum(['default', 'none']),
  rulePacks: z.array(z.object({ id: z.string(), sha256: hash })),
  /** Files beside the inputs that shaped the report: a configuration, an earlier night. */
  files: z.array(z.object({ role: z.string(), path: z.string(), sha256: hash })),
  inputs: z.array(
    z.object({
      path: z.string(),
      format: z.string().nullable(),
      bytes: count,
      /** Of the bytes as stored; null for a copy of another input, which is not read, and where it is not known. */
      sha256: hash.nullable(),
      duplicateOf: z.string().optional(),
    }),
  ),
  lines: count,
});

/** One line of `lines.ndjson`: a cited record. */
export const lineSchema = z.object({
  path: z.string(),
  line: z.int().positive(),
  /** Bytes of the decompressed file. */
  offset: count,
  bytes: count,
  /** Of the original bytes, before redaction. */
  sha256: hash,
  /** `exact`: the text is the original; `redacted`: secrets were taken out; `cut`: only its beginning; `lossy`: no UTF-8. */
  copy: z.enum(['exact', 'redacted', 'cut', 'lossy']),
  text: z.string(),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type RunFacts = z.infer<typeof runSchema>;
export type CitedLine = z.infer<typeof lineSchema>;
