import { describe, expect, it } from 'vitest';
import { disputeOf } from '../../../src/correlate/episodes/disputed.ts';
import type { EpisodeEvent, ToolCallEvent } from '../../../src/model/event.ts';

type Fields = Partial<Pick<EpisodeEvent, 'run' | 'step' | 'reward'>> & { readonly raw?: string };

const row = (source: string, format: string, { raw = '', ...facts }: Fields = {}): EpisodeEvent =>
  ({ kind: 'episode', format, episodeId: '7/0', ref: { source }, time: { raw }, ...facts }) as unknown as EpisodeEvent;

const call = (source: string, argumentsText?: string, command?: string): ToolCallEvent =>
  ({ kind: 'tool-call', name: 'bash', argumentsText, command, ref: { source } }) as unknown as ToolCallEvent;

/** What goes apart, and where. */
function disputed(events: readonly EpisodeEvent[], calls?: readonly ToolCallEvent[]): unknown {
  const dispute = disputeOf(events, calls && (() => calls));
  return dispute && [...dispute.facts, ...dispute.sources];
}

const gym = (source: string, facts?: Fields): EpisodeEvent => row(source, 'nemo-gym', facts);

describe('records of one name', () => {
  it.each<[string, readonly EpisodeEvent[], unknown]>([
    ['one alone', [gym('a', { step: 1 })], undefined],
    ['runs', [gym('b', { run: 'x' }), gym('a', { run: 'y' })], ['run', 'a', 'b']],
    ['steps', [gym('a', { step: 3 }), gym('b', { step: 9 })], ['step', 'a', 'b']],
    ['steps of one file', [gym('a', { step: 3 }), gym('a', { step: 9 })], ['step', 'a']],
    ['the third step', [gym('a', { step: 3 }), gym('a', { step: 3 }), gym('a', { step: 4 })], ['step', 'a']],
    ['a step after one that tells none', [gym('a'), gym('a', { step: 3 }), gym('a', { step: 4 })], ['step', 'a']],
    ['the same step', [gym('a', { step: 3 }), gym('b', { step: 3 })], undefined],
    ['one step that is told', [gym('a', { step: 3 }), gym('b')], undefined],
    ['steps of two formats', [gym('a', { step: 3 }), row('b', 'verifiers', { step: 4 })], undefined],
    [
      'steps of records that are no rows',
      [row('a', 'otlp', { step: 3 }), row('b', 'otlp', { step: 4 }), gym('c', { step: 3 })],
      undefined,
    ],
    ['rewards of two files', [gym('a', { reward: 0 }), gym('b', { reward: 1 })], ['reward', 'a', 'b']],
    ['rewards of one file', [gym('a', { reward: 0 }), gym('a', { reward: 1 })], undefined],
    [
      'rewards of a dump that numbers steps of an agent',
      [row('a', 'roll-dump', { reward: 0 }), row('b', 'roll-dump', { reward: 1 })],
      undefined,
    ],
    ['times of two files', [gym('a', { raw: '1795428006' }), gym('b', { raw: '1795429999' })], ['time', 'a', 'b']],
    ['one time that is told', [gym('a', { raw: '1795428006' }), gym('b')], undefined],
  ])('%s', (_, events, expected) => expect(disputed(events)).toEqual(expected));

  const two = [gym('a'), gym('b')];
  it.each<[string, readonly ToolCallEvent[], unknown]>([
    ['what two files called', [call('a', 'ls'), call('b', 'pwd')], ['calls', 'a', 'b']],
    ['the second call', [call('a', 'ls'), call('a', 'x'), call('b', 'ls'), call('b', 'y')], ['calls', 'a', 'b']],
    ['the same calls', [call('a', 'ls'), call('b', 'ls')], undefined],
    ['more of the same calls', [call('a', 'ls'), call('a', 'pwd'), call('b', 'ls')], undefined],
    ['commands', [call('a', undefined, 'ls'), call('b', undefined, 'pwd')], ['calls', 'a', 'b']],
    ['arguments of one command', [call('a', '{"n":1}', 'ls'), call('b', '{"n":2}', 'ls')], ['calls', 'a', 'b']],
    ['no calls', [], undefined],
    ['calls of files that tell no rollout whole', [call('a', 'ls'), call('b', 'ls'), call('c', 'pwd')], undefined],
  ])('%s', (_, calls, expected) => expect(disputed(two, calls)).toEqual(expected));

  it('is held against each other file', () =>
    expect(disputed([gym('a'), gym('b'), gym('c')], [call('a', 'ls'), call('b', 'ls'), call('c', 'pwd')])).toEqual([
      'calls',
      'a',
      'b',
      'c',
    ]));

  it.each([
    ['one file', [gym('a'), gym('a')]],
    ['files of two formats', [gym('a'), row('b', 'verifiers')]],
    ['records of a call each', [row('a', 'tool-calls'), row('b', 'tool-calls')]],
  ])('whose calls are not asked for: %s', (_, events) =>
    expect(
      disputeOf(events, () => {
        throw new Error('asked');
      }),
    ).toBeUndefined(),
  );
});
