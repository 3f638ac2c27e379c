import { parentPort, workerData } from 'node:worker_threads';
import { formats } from '../formats/index.ts';
import type { Chunk } from '../reach/skimming/chunk.ts';
import { likesOf } from '../reach/skimming/likes.ts';
import { Quiet } from '../reach/skimming/quiet.ts';
import { Skimmer } from '../reach/skimming/skimmer.ts';
import type { Area } from '../scan/memory.ts';
import { callSkimmerOf } from './call-skimmer-of.ts';
import { recordSkimmerOf } from './record-skimmer-of.ts';
import type { SkimAnswer, SkimTask } from './skim-task.ts';

const area: Area = workerData;
let quiet: Quiet | undefined;
let skimmer: { skim(chunk: Chunk): SkimAnswer } | undefined;

parentPort?.on('message', (task: SkimTask) => {
  if (task.kind === 'file') {
    const look = formats.find(({ id }) => id === task.format)?.look?.(task.context);
    if (look === undefined) throw new Error(`${task.format} has no look at its lines`);
    const known = new Quiet(task.rules, task.ports);
    quiet = known;
    skimmer = new Skimmer(known.looking(look), (glance) => known.answer(glance), likesOf(look, known, area));
    return;
  }
  if (task.kind === 'calls') {
    skimmer = callSkimmerOf(task, area.number, area);
    return;
  }
  if (task.kind === 'records') {
    skimmer = recordSkimmerOf(task, area);
    return;
  }
  quiet?.learn(task.quiet);
  const { from, bytes, ...rest } = task;
  const skimmed = skimmer?.skim({ chunk: new Uint8Array(area.memory.buffer, from, bytes), ...rest });
  if (skimmed === undefined) throw new Error('a chunk came before its file');
  parentPort?.postMessage(skimmed);
});
