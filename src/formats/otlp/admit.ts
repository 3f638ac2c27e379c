import { recordOf } from '../../core/tools/recorded-calls.ts';
import type { Admitted, CutLines } from '../../model/call-cutter.ts';
import type { Event } from '../../model/event.ts';
import { parentIdOf, spanIdOf, traceIdOf } from './kin.ts';
import type { Passing } from './relayed.ts';
import { NOTHING_IN_IT, type State } from './state.ts';
import { release } from './waiting.ts';

const NOTHING: readonly Event[] = [];

/** Does with lines that were cut elsewhere what `addSpanEvents` does: all of their calls name their episodes. */
export function admit(cut: CutLines, state: State): Admitted {
  let skipped = 0;
  for (let line = 0, first = 0; line < cut.lines; line++) {
    const end = cut.endOf(line);
    for (let i = first; i < end; i++) {
      const at = cut.wordsOf(i);
      state.keys.see(cut.words, at, keyOf(cut, i, state));
      if (state.pending.size > 0) state.pending.end(traceIdOf(cut.words, at), spanIdOf(cut.words, at));
    }
    const events = state.waiting.size === 0 ? NOTHING : releasedBy(cut, first, end, state);
    const calls = countCalls(cut, first, end, state);
    if (events.length > 0) return { lines: line + 1, skipped, reason: NOTHING_IN_IT, events };
    if (calls === 0) skipped++;
    first = end;
  }
  return { lines: cut.lines, skipped, reason: NOTHING_IN_IT, events: NOTHING };
}

/** The number of a record's key, which is looked for once for all records that name it. */
function keyOf(cut: CutLines, record: number, { keys, keyNumbers }: State): number {
  const episode = cut.episodeNumberOf(record);
  const known = keyNumbers[episode];
  if (known !== undefined) return known;
  const { edition } = keys;
  const number = keys.numberOf(cut.episodeOf(record));
  if (keys.edition !== edition) keyNumbers.length = 0;
  keyNumbers[episode] = number;
  return number;
}

function countCalls(cut: CutLines, first: number, end: number, state: State): number {
  const { calls, entries, asked, relayed } = state;
  const isAwaited = asked.told > 0 || relayed.size > 0;
  const passing: Passing[] = [];
  let count = 0;
  for (let i = first; i < end; i++) {
    const call = isAwaited && cut.isCall(i) ? cut.nextCall() : undefined;
    if (isAwaited) passing.push(passingOf(cut, i, call));
    if (call !== undefined && asked.told > 0) asked.record(recordOf(call, traceIdOf(cut.words, cut.wordsOf(i))));
    if (!cut.isCall(i)) continue;
    const number = cut.episodeNumberOf(i);
    const entry = entries[number] ?? calls.entryOf(cut.episodeOf(i) ?? '');
    entries[number] = entry;
    cut.setIndex(calls.nextOf(entry));
    count++;
  }
  relayed.meet(passing);
  return count;
}

function passingOf(cut: CutLines, record: number, call: Passing['call']): Passing {
  const { words } = cut;
  const at = cut.wordsOf(record);
  return {
    traceId: traceIdOf(words, at),
    spanId: spanIdOf(words, at),
    parentId: parentIdOf(words, at),
    call,
  };
}

function releasedBy(cut: CutLines, first: number, end: number, state: State): readonly Event[] {
  const traces = new Set<string>();
  for (let i = first; i < end; i++) traces.add(traceIdOf(cut.words, cut.wordsOf(i)));
  return [...traces].flatMap((traceId) => release(traceId, state, 'resolved'));
}
