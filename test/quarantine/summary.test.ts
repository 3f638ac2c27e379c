import { describe, expect, it } from 'vitest';
import type { FlaggedEpisode, Quarantine } from '../../src/model/quarantine.ts';
import { quarantineOf } from '../../src/quarantine/quarantine.ts';
import { renderQuarantine } from '../../src/report/terminal/quarantine.ts';
import { PLAIN } from '../../src/report/terminal/style.ts';
import { charge, reportOf, rollout } from './report.ts';

const options = { width: 80, style: PLAIN, clean: (text: string) => text, command: 'egressblame logs', verbose: false };
const whole = quarantineOf(reportOf([charge(1, 'proven', 'a')], [rollout('a', { group: 'g-1' })]), 'likely');
const [pattern] = whole.flagged;
if (pattern === undefined) throw new Error('nothing is flagged');

function shown(facts: Partial<FlaggedEpisode>, rest: Partial<Quarantine> = {}): readonly string[] {
  const flagged = [{ ...(pattern as FlaggedEpisode), ...facts }];
  return renderQuarantine({ ...whole, flagged, ...rest }, options).split('\n');
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `n-${i}`);
const affected = (id: string, by: 'same-step' | 'step-unknown') => ({ rollout: rollout(id), through: ['a'], by });
const call = (id: string, command?: string) => ({
  call: { id, name: 'bash', ref: { source: 't', line: 1, offset: 0, bytes: 1 }, ...(command && { command }) },
  categories: [],
  destinations: [],
  incident: 'i-1',
});

describe('the summary of a quarantine', () => {
  it.each<[string, Partial<FlaggedEpisode>, string]>([
    ['a group that nobody names', { rollout: rollout('a'), members: undefined }, 'unknown; its members are unknown'],
    ['a group of one', { members: [] }, 'g-1; no other member'],
    ['the last number of members named', { members: names(6) }, 'g-1; 6 other members: n-0, n-1, n-2, n-3, n-4, n-5'],
    ['one more', { members: names(7) }, 'g-1; 7 other members: n-0, n-1, n-2, n-3, n-4, n-5 and 1 more'],
  ])('%s', (_, facts, says) => {
    expect(shown(facts)).toContain(`  group      ${says}`);
  });

  it.each<[string, readonly ('same-step' | 'step-unknown')[], string]>([
    ['all of a known step', ['same-step', 'same-step'], 'g-1; 2 other members: n-0, n-1'],
    [
      'no step at all',
      ['step-unknown', 'step-unknown'],
      'g-1; 2 other members (no step recorded, so perhaps of another step): n-0, n-1',
    ],
    [
      'one without',
      ['same-step', 'step-unknown'],
      'g-1; 2 other members (of 1 no step is recorded, so they perhaps of another step): n-0, n-1',
    ],
  ])('members: %s', (_, steps, says) => {
    const others = steps.map((by, i) => affected(`n-${i}`, by));
    const text = shown({ members: names(2) }, { affected: others })
      .join(' ')
      .replace(/ +/g, ' ');
    expect(text).toContain(`group ${says}`);
  });

  it('names two calls and counts the others; without any it says that the episode is known', () => {
    const calls = [call('c-1', 'curl a\n  b'), call('c-2'), call('c-3'), call('c-4')];
    expect(shown({ toolCalls: calls })).toEqual(
      expect.arrayContaining([
        '  tool call  c-1 (bash): curl a ; b',
        '  tool call  c-2 (bash)',
        '             and 2 more calls',
      ]),
    );
    expect(shown({ toolCalls: calls.slice(0, 2) }).join('\n')).not.toContain('more call');
    expect(shown({ toolCalls: [] })).toContain('  tool call  not decided; the episode is');
  });

  it('names three places and counts the others', () => {
    expect(shown({ destinations: names(3) })).toContain('  went to    n-0, n-1, n-2');
    expect(shown({ destinations: names(4) })).toContain('  went to    n-0, n-1, n-2 and 1 more');
  });

  it('tells 25 episodes, counts the others and says where they are', () => {
    const many = (count: number) => shown({}, { flagged: Array.from({ length: count }, () => pattern) });
    const told = (lines: readonly string[]) => lines.filter((line) => line.startsWith('  episode    ')).length;
    expect([told(many(25)), told(many(26))]).toEqual([25, 25]);
    expect(many(25).join('\n')).not.toContain('more episode');
    expect(many(26)).toContain('  1 more episode: the manifest lists all (--format jsonl).');
  });

  it('hangs what the list may lack below its sign, and says nothing where it lacks nothing', () => {
    const says = `${'word '.repeat(30)}end`;
    const lines = shown({}, { gaps: [{ code: 'step-unknown', count: 1, says }] });
    const at = lines.indexOf('What this list may lack:');
    expect(lines[at + 1]).toMatch(/^! word /);
    expect(lines[at + 2]).toMatch(/^ {2}word /);
    expect(shown({}, { gaps: [] })).not.toContain('What this list may lack:');
  });

  it('labels a row once, and keeps each of its lines within the screen', () => {
    const lines = shown({ toolCalls: [call('c-1', 'word '.repeat(28))] });
    expect(lines.filter((line) => line.startsWith('  tool call  ')).length).toBe(1);
    expect(lines.filter((line) => /^ {13}word/.test(line)).length).toBeGreaterThan(0);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });
});
