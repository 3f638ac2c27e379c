import { jsonText } from '../core/text/text.ts';
import type { Quarantine } from '../model/quarantine.ts';

/** One JSON line for each blamed call: what was asked, what was done, where it went. Replayed by a red team to test a fix. */
export function* seedLines(quarantine: Quarantine, clean: (text: string) => string): Generator<string> {
  const text = (value: string | undefined): string | null => (value === undefined ? null : clean(value));
  for (const { rollout, grade, toolCalls } of quarantine.flagged)
    for (const { call, categories, destinations, incident } of toolCalls)
      yield `${jsonText({
        record: 'seed',
        task: text(rollout.task),
        prompt: text(rollout.prompt),
        tool: clean(call.name),
        command: text(call.command),
        categories,
        destinations: destinations.map(clean),
        verdict: grade,
        reward: rollout.reward ?? null,
        episode: clean(rollout.episode),
        incident,
      })}\n`;
}
