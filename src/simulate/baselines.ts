import type { Answered } from './answers.ts';
import type { Answer } from './score.ts';

/** A tool call as a baseline sees it; times in microseconds. */
export interface BaselineCall {
  readonly id: string;
  readonly episode: string;
  readonly start: number;
  readonly end: number;
  readonly mentions: ReadonlySet<string>;
}

type Rule = (one: Answered) => Answer;

const NOTHING: Answer = { verdict: 'unattributed', probability: 0, tier: 'baseline' };

function blame(call: BaselineCall | undefined): Answer {
  if (call === undefined) return NOTHING;
  return { verdict: 'likely', probability: 1, episode: call.episode, toolCall: call.id, tier: 'baseline' };
}

/** The three answers that people reach for first. `timeOf` reads an ISO stamp. */
export function baselineRules(
  calls: readonly BaselineCall[],
  timeOf: (iso: string) => number | undefined,
): Readonly<Record<string, Rule>> {
  const ordered = [...calls].sort((a, b) => a.start - b.start);
  const before = ({ time }: Answered): readonly BaselineCall[] => {
    const moment = timeOf(time);
    return moment === undefined ? [] : ordered.filter(({ start }) => start <= moment);
  };
  return {
    'time containment': (one) => {
      const moment = timeOf(one.time) ?? 0;
      const running = before(one).filter(({ end }) => end >= moment);
      return blame(running.length === 1 ? running[0] : undefined);
    },
    'newest wins': (one) => blame(before(one).at(-1)),
    'any signal': (one) => blame(before(one).findLast(({ mentions }) => one.targets.some((to) => mentions.has(to)))),
  };
}
