import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Event } from '../../model/event.ts';
import type { Format } from '../../model/format.ts';
import type { InputFile } from '../../sources/files/discover.ts';
import { type Found, linesAt, linesWithin, type Place } from '../../sources/records/lines-at.ts';
import { newReadLog, readBytes } from '../../sources/records/read.ts';
import type { HandedOver } from '../counting/handed-over.ts';
import { Tally } from '../counting/tally.ts';
import type { Recognised } from '../recognising/recognise.ts';
import { contextOf, type Dating } from './decode-context.ts';
import type { Emit } from './taking.ts';

/** Single lines to be read again, and which of their events to keep. */
export interface Visit<P extends Place> {
  readonly places: Iterable<P>;
  keep(events: readonly Event[], place: P | undefined): readonly Event[];
}

interface VisitOptions extends Dating {
  readonly formats: readonly Format[];
  /** Its bytes stand in the file as they are read. */
  readonly isSeekable: boolean;
  readonly before: Pick<HandedOver, 'headings'> | undefined;
  readonly signal?: AbortSignal;
  /** Is told how many were read, now and then. */
  readonly onLines?: (lines: number) => void;
}

/** So many lines take some milliseconds. */
const TOLD_EVERY = 256;

interface Visited {
  /** Records of which something was kept. */
  readonly kept: number;
  readonly problems: readonly Diagnostic[];
}

/**
 * Reads single lines of a file once more, in its order: what is kept of each goes to `emit` at once, as it is smaller there. What no
 * longer stands where it stood is a problem.
 */
export async function visitLines<P extends Place>(
  file: Recognised,
  options: VisitOptions,
  visit: Visit<P>,
  emit: Emit,
): Promise<Visited> {
  const { input } = file;
  const tally = new Tally(file, options.formats, contextOf(input, options), options.before);
  let moved = 0;
  let lines = 0;
  const onMoved = (): void => void moved++;
  const take = async ({ place, record }: Found<P>): Promise<void> => {
    if (++lines % TOLD_EVERY === 0) options.onLines?.(lines);
    const own = tally.read(record);
    const kept = visit.keep(own, place);
    tally.note(own, kept, record.ref.line);
    if (kept.length > 0) await emit(kept);
  };
  if (options.isSeekable)
    for (const found of linesAt(input, visit.places, onMoved)) {
      await take(found);
      if (options.signal?.aborted === true) break;
    }
  else {
    // What is wrong with the file was told when it was read first.
    const chunks = readBytes(input, newReadLog(), { hashed: false, isPassing: true });
    for await (const found of linesWithin({ path: input.path, chunks }, visit.places, onMoved)) {
      await take(found);
      if (options.signal?.aborted === true) break;
    }
  }
  await emit(tally.flush((rest) => visit.keep(rest, undefined)));
  return { kept: tally.kept, problems: moved === 0 ? [] : [movedLines(input, moved)] };
}

function movedLines({ path }: InputFile, count: number): Diagnostic {
  const message = `${path} was changed while it was read: ${count} of its lines no longer stand where they stood`;
  return { severity: 'warning', code: 'changed', message, path };
}
