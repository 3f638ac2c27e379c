import { compact } from '../core/json/json.ts';
import { type Instant, shifted } from '../core/time/instant.ts';
import { readArguments } from '../core/tools/arguments.ts';
import {
  CallCounter,
  episodeEvent,
  forgetOldest,
  SPAN_SLACK,
  toolCallEvent,
  withoutBounds,
} from '../core/tools/tool-call.ts';
import type { EpisodeEvent, Event } from '../model/event.ts';
import type { MappedRow } from './mapped-row.ts';

const EPISODES_REMEMBERED = 10_000;

/** Reads tool calls in file order; what rows repeat about their episode comes out once. */
export function callReader(): (row: MappedRow) => readonly Event[] {
  const calls = new CallCounter();
  const said = new Map<string, string>();
  return (row) => {
    const episodeId = row.text('episode') ?? '';
    const start = row.instant('time');
    return [
      ...newFacts(row, episodeId, said),
      toolCallEvent({
        format: row.format,
        clock: row.text('host') === undefined ? 'time' : `time@${row.text('host')}`,
        ref: row.ref,
        host: row.text('host') ?? row.record.host,
        episodeId,
        index: calls.next(episodeId),
        callId: row.text('callId'),
        name: row.text('tool') ?? 'shell',
        command: row.text('command'),
        arguments: row.value('arguments') === undefined ? undefined : readArguments(row.value('arguments')),
        start,
        ...endOf(row, start),
        slack: SPAN_SLACK,
        executed: 'yes',
        exit: row.number('exit'),
        output: row.text('output'),
        cwd: row.text('cwd'),
        sandboxId: row.text('sandbox'),
        containerId: row.text('container') ?? row.record.containerId,
        pid: row.number('pid'),
        trust: 'outside',
        observed: row.record.observed,
      }),
    ];
  };
}

function endOf(row: MappedRow, start: Instant | undefined): { end?: Instant; endBasis?: 'inferred' } {
  const end = row.instant('end');
  if (end !== undefined) return { end };
  const seconds = row.number('durationS');
  const ms = row.number('durationMs') ?? (seconds === undefined ? undefined : seconds * 1000);
  return start === undefined || ms === undefined ? {} : { end: shifted(start, ms * 1000), endBasis: 'inferred' };
}

function newFacts(row: MappedRow, episodeId: string, said: Map<string, string>): readonly EpisodeEvent[] {
  const facts = compact({
    run: row.text('run'),
    group: row.text('group'),
    step: row.number('step'),
    task: row.text('task'),
    reward: row.number('reward'),
    agent: row.text('agent'),
    model: row.text('model'),
  });
  const key = JSON.stringify(facts);
  if (key === '{}' || said.get(episodeId) === key) return [];
  said.set(episodeId, key);
  forgetOldest(said, EPISODES_REMEMBERED);
  const event = episodeEvent({
    format: row.format,
    clock: 'time',
    ref: row.ref,
    episodeId,
    sandboxId: row.text('sandbox'),
    ...facts,
    start: row.instant('time'),
  });
  return [withoutBounds(event)];
}
