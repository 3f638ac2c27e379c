import * as z from 'zod';
import type { BaselineEntry } from '../model/baseline.ts';

const entry = z.strictObject({
  fingerprint: z
    .string()
    .regex(/^f-[0-9a-f]{16}$/, 'expected f- and 16 hex digits')
    .meta({
      description: 'Category, rule, destination and cause without times, files, episodes and ids',
      examples: ['f-8bd40a19c4a1524b'],
    }),
  category: z
    .string()
    .meta({ description: 'For readers; only the fingerprint is matched', examples: ['cryptomining'] }),
  rule: z.string().meta({ examples: ['FW-EGRESS-DENY'] }),
  destination: z.string().meta({ examples: ['198.51.100.23:3333'] }),
  cause: z.string().meta({ examples: ['agent: curl -s http://198.51.100.23:3333/'] }),
  owner: z
    .string()
    .min(1)
    .meta({ description: 'Who answers for it', examples: ['infra@corp.example'] }),
  reason: z
    .string()
    .min(1)
    .meta({ description: 'Why it is accepted', examples: ['benchmark server, TICKET-123'] }),
  expires: z.iso
    .date()
    .meta({ description: 'Last day on which it counts, UTC; afterwards the gate fails', examples: ['2027-03-31'] }),
});

/** A baseline file, version 1. */
export const baselineSchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1).meta({ description: 'Of this layout', examples: [1] }),
    entries: z.array(entry).meta({ examples: [[]] }),
  })
  .meta({
    title: 'egressblame baseline',
    description: 'Findings that somebody answers for until a day. Written by `egressblame baseline update`.',
  });

/** The text of a baseline file: one entry a block, the same bytes for the same entries. */
export function baselineText(entries: readonly BaselineEntry[]): string {
  return `${JSON.stringify({ version: 1, entries }, null, 2)}\n`;
}
