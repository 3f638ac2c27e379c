import { promptsOf } from '../core/tools/prompts.ts';
import { episodeEvent } from '../core/tools/tool-call.ts';
import type { EpisodeEvent } from '../model/event.ts';
import type { MappedRow } from './mapped-row.ts';

export function readEpisode(row: MappedRow): readonly EpisodeEvent[] {
  return [
    episodeEvent({
      format: row.format,
      clock: 'time',
      ref: row.ref,
      host: row.text('host') ?? row.record.host,
      episodeId: row.text('episode') ?? '',
      run: row.text('run'),
      group: row.text('group'),
      step: row.number('step'),
      attempt: row.text('attempt'),
      agent: row.text('agent'),
      model: row.text('model'),
      start: row.instant('time'),
      end: row.instant('end'),
      reward: row.number('reward'),
      task: row.text('task'),
      prompts: promptsOf(row.text('prompt'), row.ref),
      outcome: row.text('outcome'),
      sandboxId: row.text('sandbox'),
      containerId: row.text('container'),
      observed: row.record.observed,
    }),
  ];
}
