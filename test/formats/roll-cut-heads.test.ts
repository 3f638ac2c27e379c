import { describe, expect, it } from 'vitest';
import { formats } from '../../src/formats/index.ts';
import type { Format, Sample } from '../../src/model/format.ts';

const format = (id: string): Format => formats.find((one) => one.id === id) as Format;
const sampleOf = (path: string, text: string): Sample => ({ path, records: [{ text, json: undefined }] });

describe('dumps of ROLL that are longer than the head', () => {
  it('are known by a column of trajectories behind short ones', () => {
    const text =
      '{"exp_name": ["run_a", "run_a"], "global_step": [41, 41], "trajectory_data": ["{\\"trajectory_id\\": \\"x';
    expect(format('roll-dump').claims({ text, json: undefined }).score).toBeGreaterThan(0.9);
  });

  it('are known by their name where only rewards are in them', () => {
    const text = '{"id": ["math-1", "math-1"], "source": ["s';
    expect(format('training-dump').sniff?.(sampleOf('/d/rollout_dump_data.step_3.jsonl', text)).score).toBe(0.8);
    expect(format('training-dump').sniff?.(sampleOf('/d/other.jsonl', text)).score).toBe(0);
  });
});

it("keeps LiteLLM's log of many agents from being read as one agent's turns", () => {
  const json = {
    call_type: 'acompletion',
    startTime: 1765433288.12,
    endTime: 1765433299.9,
    messages: [],
    response: {},
  };
  const records = [{ text: JSON.stringify(json), json }];
  const scoreAt = (path: string) => format('rock-llmtraj').sniff?.({ path, records }).score;
  expect(scoreAt('/data/logs/LLMTraj.jsonl')).toBe(0.9);
  expect(scoreAt('/var/log/litellm.jsonl')).toBe(0);
});
