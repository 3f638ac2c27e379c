import type { GlanceRules } from '../core/looks/glance-rules.ts';
import type { DecodeContext } from '../model/format.ts';
import type { Skimmed } from '../model/skimmed.ts';
import type { SkimmedCalls } from '../reach/skimming/call-skimmer.ts';
import type { Chunk } from '../reach/skimming/chunk.ts';
import type { QuietKey } from '../reach/skimming/quiet.ts';
import type { SkimmedRecords } from '../reach/skimming/record-skimmer.ts';

/** What a thread is told: which file comes next and what for, or a chunk of it. */
export type SkimTask =
  | {
      readonly kind: 'file';
      readonly format: string;
      readonly context: DecodeContext;
      readonly rules: GlanceRules;
      /** See `ClockSample`. */
      readonly ports: Uint8Array;
    }
  | {
      /** From its lines tool calls are cut. */
      readonly kind: 'calls';
      readonly format: string;
      readonly source: string;
    }
  | {
      /** Its records are decoded ahead. */
      readonly kind: 'records';
      readonly format: string;
      readonly context: DecodeContext;
      /** The first line of a record; each line is one where there is none. */
      readonly starts: RegExp | undefined;
    }
  | (Omit<Chunk, 'chunk'> & {
      readonly kind: 'chunk';
      /** Where it stands in the memory that the thread shares, and how long it is. */
      readonly from: number;
      readonly bytes: number;
      /** Kinds of lines that have been found not to matter since the last chunk. */
      readonly quiet: readonly QuietKey[];
    });

/** Answers come in the order of the chunks. */
export type SkimAnswer = Skimmed | SkimmedCalls | SkimmedRecords;
