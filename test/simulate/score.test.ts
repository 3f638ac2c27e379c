import { describe, expect, it } from 'vitest';
import { indexAnswers, readAnswer } from '../../src/simulate/answers.ts';
import { type Answer, scoreAnswers, type TruthRow } from '../../src/simulate/score.ts';

const byCall: TruthRow = { file: 'fw.log', line: 1, cause: 'tool_call', episode_id: 'e1', tool_call_id: 'c1' };
const byDaemon: TruthRow = { file: 'fw.log', line: 1, cause: 'none', episode_id: null, tool_call_id: null };
const untraced: TruthRow = { ...byCall, episode_id: null, tool_call_id: null, answerable: false };
const named = (episode: string, toolCall: string, verdict = 'proven'): Answer => ({
  verdict,
  probability: 0.9,
  episode,
  toolCall,
  tier: 'process',
});
const silent: Answer = { verdict: 'ambiguous', probability: 0.5, tier: 'none' };
const cleared: Answer = { verdict: 'not-agent', probability: 0.95, tier: 'process' };

describe('score', () => {
  it.each([
    ['the episode and its call', byCall, named('e1', 'c1'), { right: 1, rightCall: 1 }],
    ['the episode and another call', byCall, named('e1', 'c2', 'likely'), { right: 1, rightCall: 0 }],
    ['another episode', byCall, named('e2', 'c1'), { wrong: 1 }],
    ['a set', byCall, silent, { abstained: 1, missed: 1 }],
    ['nothing at all', byCall, undefined, { abstained: 1, missed: 1, notFound: 1 }],
    ['a daemon for a call', byCall, cleared, { wrong: 1 }],
    ['a daemon for a daemon', byDaemon, cleared, { right: 1, rightCall: 0 }],
    ['an episode for a daemon', byDaemon, named('e1', 'c1'), { wrong: 1 }],
    ['silence where nothing decides', untraced, silent, { abstained: 1, missed: 0 }],
    ['an episode where its trace is lost', untraced, named('e2', 'c1'), { wrong: 1 }],
  ])('%s', (_, row, given, expected) => {
    expect(scoreAnswers([row], () => given)).toMatchObject({ records: 1, ...expected });
  });

  it('measures how far probability and truth are apart', () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ ...byCall, line: i }));
    const score = scoreAnswers(rows, (_, line) => named(line < 8 ? 'e1' : 'e2', 'c1'));
    expect(score).toMatchObject({ right: 8, wrong: 2, coverage: 1 });
    expect(score.ece).toBeCloseTo(0.1, 9);
  });

  it('reads answers of the contract and finds them by any tail of the path', () => {
    const one = readAnswer(
      JSON.stringify({
        record: 'attribution',
        verdict: 'likely',
        probability: 0.9,
        violation: {
          time: '2026-11-23T17:00:00.000000Z',
          source: { path: 'a/fw.log.gz', line: 4 },
          dst: { ip: '192.0.2.1' },
        },
        episode: { id: 'e1' },
        toolCall: { id: 'c1' },
        evidence: [{ code: 'dst-in-arguments' }],
      }),
    );
    const find = indexAnswers(one === undefined ? [] : [one]);
    expect(find('fw.log', 4)).toMatchObject({ episode: 'e1', toolCall: 'c1', tier: 'arguments' });
    expect(find('fw.log', 5)).toBeUndefined();
  });
});
