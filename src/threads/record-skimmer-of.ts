import { formats } from '../formats/index.ts';
import { RecordSkimmer } from '../reach/skimming/record-skimmer.ts';
import type { Area } from '../scan/memory.ts';
import { mayBeWrapped } from '../sources/envelopes/unwrap.ts';
import type { SkimTask } from './skim-task.ts';

/** Decodes records of a format that says that they may be decoded ahead. `area`: where it compares lines. */
export function recordSkimmerOf(
  { format, context, starts }: Extract<SkimTask, { kind: 'records' }>,
  area?: Area,
): RecordSkimmer {
  const own = formats.find(({ id }) => id === format);
  if (own?.isDecodedAhead !== true) throw new Error(`records of ${format} are not decoded ahead`);
  const open = () => own.open(context);
  const { path: source } = context;
  return new RecordSkimmer({ source, starts, open, isWrapped: mayBeWrapped, alikeOf: own.alike?.(), area });
}
