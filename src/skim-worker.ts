import { parentPort } from 'node:worker_threads';
import { formats } from './formats/index.ts';
import { likesOf } from './reach/likes.ts';
import { Quiet } from './reach/quiet.ts';
import { Skimmer } from './reach/skimmer.ts';
import type { SkimTask } from './skim-task.ts';

let quiet: Quiet | undefined;
let skimmer: Skimmer | undefined;

parentPort?.on('message', (task: SkimTask) => {
  if (task.kind === 'file') {
    const look = formats.find(({ id }) => id === task.format)?.look?.(task.context);
    if (look === undefined) throw new Error(`${task.format} has no look at its lines`);
    const known = new Quiet(task.rules, task.ports);
    quiet = known;
    skimmer = new Skimmer(look, (glance) => known.answer(glance), likesOf(look, known));
    return;
  }
  quiet?.learn(task.quiet);
  const skimmed = skimmer?.skim(task);
  if (skimmed === undefined) throw new Error('a chunk came before its file');
  parentPort?.postMessage(skimmed);
});
