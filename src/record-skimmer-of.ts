import { formats } from './formats/index.ts';
import { RecordSkimmer } from './reach/record-skimmer.ts';
import type { SkimTask } from './skim-task.ts';
import { mayBeWrapped } from './sources/unwrap.ts';

/** Decodes records of a format that says that they may be decoded ahead. */
export function recordSkimmerOf({ format, context, starts }: Extract<SkimTask, { kind: 'records' }>): RecordSkimmer {
  const own = formats.find(({ id }) => id === format);
  if (own?.isDecodedAhead !== true) throw new Error(`records of ${format} are not decoded ahead`);
  return new RecordSkimmer({ source: context.path, starts, open: () => own.open(context), isWrapped: mayBeWrapped });
}
