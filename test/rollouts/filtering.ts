import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { writeFiltered } from '../../src/cli/files/filtered-copy.ts';
import { formats } from '../../src/formats/index.ts';
import { type CutPlan, planCuts } from '../../src/rollouts/plan.ts';
import { recogniseRollouts } from '../../src/rollouts/recognise.ts';
import type { RowFile } from '../../src/rollouts/rows.ts';
import { discover } from '../../src/sources/files/discover.ts';
import type { against } from './against.ts';

interface Filtered {
  readonly plan: CutPlan;
  readonly file: RowFile;
  readonly text: string;
  readonly holds: boolean;
}

interface Filtering {
  /** Gone after the tests of the file that asked. */
  readonly folder: string;
  /** What is left of a rollout file. */
  readonly filtered: (
    text: string | Uint8Array,
    fateOf: ReturnType<typeof against>,
    name?: string,
  ) => Promise<Filtered>;
}

export function filtering(): Filtering {
  const folder = mkdtempSync(join(tmpdir(), 'rollouts-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let files = 0;
  return {
    folder,
    filtered: async (text, fateOf, name = 'rollouts.jsonl') => {
      // Episodes without a name of their own are called by that of the file.
      const path = join(folder, String(files++), name);
      mkdirSync(dirname(path));
      writeFileSync(path, text);
      const [input] = discover([path], folder).inputs;
      if (input === undefined) throw new Error(`${path} was not found`);
      const file = await recogniseRollouts(input, formats);
      if ('refused' in file) throw new Error(file.refused);
      const plan = await planCuts(file, { fateOf, lineNames: 'ignored' });
      if ('refused' in plan) throw new Error(plan.refused);
      const { holds } = await writeFiltered(file, plan, { out: `${path}.out`, fateOf });
      return { plan, file, text: readFileSync(`${path}.out`, 'utf8'), holds };
    },
  };
}

/** A row of NeMo Gym. */
export const nemo = (task: number, index: number, more: object = {}): string =>
  JSON.stringify({
    responses_create_params: {},
    response: { output: [] },
    reward: 1,
    _ng_task_index: task,
    _ng_rollout_index: index,
    ...more,
  });
