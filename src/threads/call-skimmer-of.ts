import { formats } from '../formats/index.ts';
import { CallSkimmer } from '../reach/skimming/call-skimmer.ts';
import type { Area } from '../scan/memory.ts';
import { mayCarry } from '../sources/envelopes/unwrap.ts';
import type { SkimTask } from './skim-task.ts';

/** Cuts calls of a format that has a cutter. `writer`: another number for each thread. `area`: where it compares lines. */
export function callSkimmerOf(
  { format, source }: Omit<Extract<SkimTask, { kind: 'calls' }>, 'kind'>,
  writer: number,
  area?: Area,
): CallSkimmer {
  // What stands between beginning and end of a line lies too deep to be taken for an envelope.
  const isRefused = (around: string): boolean => !around.startsWith('{') || mayCarry(around);
  const cutter = formats.find(({ id }) => id === format)?.cutter?.(isRefused);
  if (cutter === undefined) throw new Error(`${format} has no cutter of calls`);
  return new CallSkimmer(cutter, { source, writer, area });
}
