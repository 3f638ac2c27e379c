import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/model/policy.ts';
import { badFlowsOf, compile } from '../../src/policy/effect.ts';
import { ruleText } from '../../src/policy/rule.ts';
import { suggestPolicy } from '../../src/policy/suggest.ts';
import { planFor, targets } from '../../src/policy/targets/index.ts';
import { renderSuggestion } from '../../src/policy/text.ts';
import { matchesGolden } from '../golden.ts';
import { night } from './nights.ts';

const nights = { rome: night('rome'), night: night('night') } as const;
const names = ['rome', 'night'] as const;
const plain = { width: 100, bold: (text: string) => text, clean: (text: string) => text };

const golden = (name: string, text: string): void => matchesGolden(join(import.meta.dirname, 'goldens', name), text);

it('of several rules the first that matches decides, and the default where none does', () => {
  const rules = [
    { action: 'allow', destination: '203.0.113.5' },
    { action: 'deny', destination: '203.0.113.0/24' },
  ] as const;
  const ips = ['203.0.113.5', '203.0.113.6', '198.51.100.7'];
  const passes = (policy: Policy): readonly boolean[] => ips.map((ip) => compile(policy)({ ip }));
  expect(passes({ default: 'allow', scope: 'all', rules })).toEqual([true, false, true]);
  expect(passes({ default: 'deny', scope: 'all', rules: rules.toReversed() })).toEqual([false, false, false]);
});

describe('the smallest policy of a bundled night', () => {
  it.each(names)('%s: is what the golden shows', async (name) => {
    const { report, flows } = await nights[name];
    const asked = [
      ['', {}],
      [' --max-good-broken 0', { maxGoodBroken: 0 }],
      [' --mode allow', { mode: 'allow' }],
    ] as const;
    const texts = asked.map(([flags, options]) =>
      renderSuggestion(suggestPolicy(report, flows, options), {
        ...plain,
        flags,
        command: `egressblame fixtures/${name}`,
      }),
    );
    golden(`${name}.txt`, texts.join('\n----\n\n'));
  });

  it.each(names.flatMap((name) => targets.map((target) => [name, target] as const)))(
    '%s: is what the golden shows in the words of $id',
    async (name, target) => {
      const { report, flows } = await nights[name];
      const mode = target.modes[0] ?? 'deny';
      const suggestion = suggestPolicy(report, flows, { mode, can: (rule) => target.can(rule, mode) });
      const command = `egressblame policy suggest fixtures/${name} --format ${target.id}`;
      const plan = planFor(target, suggestion, { bad: badFlowsOf(report, flows, 'likely'), flows, command });
      const text = target.write(plan);
      golden(`${name}.${target.id}.txt`, text);
      for (const { rule } of plan.unexpressed) expect(text).toContain(ruleText(rule));
    },
  );

  it('stops everything in rome and breaks nothing, with five rules', async () => {
    const { report, flows } = await nights.rome;
    const { effect, rules, optimal, leftOut } = suggestPolicy(report, flows);
    expect(effect).toMatchObject({ bad: 29, stopped: 29, broken: 0, good: 8, remaining: [] });
    expect([rules.length, optimal, leftOut]).toEqual([5, true, 6]);
  });

  it('counts flows of surer or less sure verdicts as asked', async () => {
    const { report, flows } = await nights.rome;
    const bad = (['proven', 'likely', 'any'] as const).map((least) => badFlowsOf(report, flows, least).length);
    expect(bad).toEqual([0, 29, 35]);
    expect(suggestPolicy(report, flows, { least: 'proven' })).toMatchObject({ rules: [], optimal: true });
  });

  it('breaks no more than --max-good-broken and names what is left', async () => {
    const { report, flows } = await nights.night;
    for (const budget of [0, 5]) {
      const { effect } = suggestPolicy(report, flows, { maxGoodBroken: budget });
      expect(effect.broken).toBeLessThanOrEqual(budget);
      expect(effect.remaining.reduce((sum, { count }) => sum + count, 0)).toBe(effect.bad - effect.stopped);
      expect(effect.bad - effect.stopped).toBeGreaterThan(0);
    }
  });

  it('never lets a bad flow pass an allow list', async () => {
    const { report, flows } = await nights.night;
    const { effect } = suggestPolicy(report, flows, { mode: 'allow' });
    expect(effect).toMatchObject({ bad: 360, stopped: 360 });
  });
});
