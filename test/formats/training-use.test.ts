import { describe, expect, it } from 'vitest';
import { trainingDump } from '../../src/formats/training-dump/index.ts';
import { useOf } from '../../src/formats/training-dump/use.ts';
import type { Micros } from '../../src/model/time.ts';

describe('what rollouts are for follows from the folder of their dump', () => {
  it.each([
    ['run-7/validation/3.jsonl', 'eval'],
    ['run-7/validation_data/3.jsonl', 'eval'],
    ['log_validation/agentic-7b/3.jsonl', 'eval'],
    ['validation_results/project/exp/3.jsonl', 'eval'],
    ['rollouts-val/3.jsonl', 'eval'],
    ['exports/dumped_evals/global_step_40_evals/swe.jsonl', 'eval'],
    ['dumped_evals/eval_only/swe.jsonl', 'eval'],
    ['logs/generated-eval/3/7.jsonl', 'eval'],
    ['run-7/rollout/3.jsonl', undefined],
    ['eval/rollout_data/3.jsonl', undefined],
    ['swe-eval-rl/3.jsonl', undefined],
    ['train_val/3.jsonl', undefined],
    ['validation.jsonl', undefined],
    ['3.jsonl', undefined],
    ['value/3.jsonl', undefined],
  ])('%s', (path, use) => {
    expect(useOf(path)).toBe(use);
  });

  it('and rows of validation say so', () => {
    const decoder = trainingDump.open({ path: 'validation/3.jsonl', zoneOffsetMin: 0, reference: 0 as Micros });
    const text = JSON.stringify({ input: 'p', output: 'x', gts: '', score: 1, step: 3 });
    const ref = { source: 'validation/3.jsonl', line: 1, offset: 0, bytes: text.length };
    expect(decoder.decode({ text, ref })).toMatchObject({ events: [{ kind: 'episode', step: 3, use: 'eval' }] });
  });
});
