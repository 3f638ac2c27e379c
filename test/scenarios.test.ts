import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { investigate } from '../src/pipeline.ts';

interface Row {
  readonly file: string;
  readonly line: number;
  readonly cause: 'tool_call' | 'none';
  readonly episode_id?: string | null;
  readonly tool_call_id?: string | null;
}

const root = join(import.meta.dirname, '..');
const shared = join(root, '../shared/nights/night-a');

function truthOf(path: string): Row[] {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

async function answers(
  folder: string,
): Promise<Map<string, { verdict: string; episode: string | undefined; call: string | undefined }>> {
  const report = await investigate({ paths: [folder], cwd: root });
  const out = new Map<string, { verdict: string; episode: string | undefined; call: string | undefined }>();
  for (const { violation, verdict, episode, toolCall } of report.attributions) {
    for (const ref of [violation.event.ref, ...violation.alsoSeen])
      out.set(`${ref.source.replace(/\.gz$/, '')}:${ref.line}`, { verdict, episode: episode?.id, call: toolCall?.id });
  }
  return out;
}

const nights = [
  ['fixtures/night', join(root, 'fixtures/night/inputs'), join(root, 'fixtures/night/truth.jsonl.gz')],
  ['fixtures/rome', join(root, 'fixtures/rome/inputs'), join(root, 'fixtures/rome/truth.jsonl')],
  ['night-a raw', join(shared, 'raw'), join(shared, 'truth/truth.jsonl')],
  ['night-a skewed', join(shared, 'skewed'), join(shared, 'truth/truth.jsonl')],
] as const;

describe.each(nights.filter(([, inputs]) => existsSync(inputs)))('%s', (_, inputs, truth) => {
  it('names the right tool call for every record that one caused, and nobody for the others', async () => {
    const found = await answers(inputs);
    const wrong = truthOf(truth).filter((row) => {
      const answer = found.get(`${row.file}:${row.line}`);
      if (answer === undefined) return true;
      if (row.cause === 'none') return answer.episode !== undefined;
      return answer.episode !== row.episode_id || answer.call !== row.tool_call_id;
    });
    expect(wrong).toEqual([]);
  });
});
