import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { FlowEnds, NightFlows, SuggestedRule, Suggestion } from '../../src/model/policy.ts';
import { allowCandidates, denyCandidates } from '../../src/policy/candidates.ts';
import { effectOf } from '../../src/policy/effect.ts';
import { READABLE, readPolicy } from '../../src/policy/readers/index.ts';
import { policyOf } from '../../src/policy/suggest.ts';
import { planFor, targets } from '../../src/policy/targets/index.ts';
import type { Target } from '../../src/policy/targets/target.ts';

const port = fc.constantFrom(22, 53, 80, 443, 3333, 6379);
const flows: fc.Arbitrary<FlowEnds> = fc.record(
  {
    source: fc.constantFrom('10.1.0.2', '10.1.0.3', 'fd00::2'),
    ip: fc.oneof(
      fc.integer({ min: 1, max: 9 }).map((last) => `203.0.113.${last}`),
      fc.integer({ min: 1, max: 9 }).map((last) => `2001:db8::${last}`),
    ),
    domain: fc.constantFrom('a.example', 'x.a.example', 'y.x.a.example', 'b.example', 'evil"\n}.example'),
    port,
    transport: fc.constantFrom('tcp', 'udp', 'icmp'),
    proxied: fc.constant(true as const),
  },
  { requiredKeys: [] },
);
/** What goes through a proxy is TCP. */
const seen = flows.map((flow) => (flow.proxied === undefined ? flow : { ...flow, transport: 'tcp' }));
const nights: fc.Arbitrary<{ bad: FlowEnds[]; night: NightFlows }> = fc.record({
  bad: fc.array(seen, { minLength: 1, maxLength: 6 }),
  night: fc.array(seen, { maxLength: 6 }).map((good) => ({
    good: good.map((flow) => ({ ...flow, count: 1 })),
    bad: new Map(),
  })),
});

const find = (id: string): Target => {
  const target = targets.find((entry) => entry.id === id);
  if (target === undefined) throw new Error(`no target ${id}`);
  return target;
};

/** All candidates as if they had been chosen: every shape of rule is written. */
function suggestionOf(mode: 'deny' | 'allow', bad: readonly FlowEnds[], { good }: NightFlows): Suggestion {
  const rules = mode === 'deny' ? denyCandidates(bad, good) : allowCandidates(good);
  const suggested = rules.map((rule): SuggestedRule => ({ rule, matches: 1, breaks: 0, incidents: ['i-1'] }));
  const night = { good, bad: new Map() };
  const effect = effectOf(
    policyOf(mode, rules),
    bad.map((ends) => ({ ends, incident: 'i-1' })),
    night,
  );
  return { mode, rules: suggested, effect, optimal: true, nodes: 1, leftOut: 0 };
}

function written(target: Target, mode: 'deny' | 'allow', bad: readonly FlowEnds[], night: NightFlows) {
  const badFlows = bad.map((ends) => ({ ends, incident: 'i-1' }));
  const suggestion = suggestionOf(mode, bad, night);
  const plan = planFor(target, suggestion, { bad: badFlows, flows: night, command: 'egressblame\nflush ruleset' });
  return { plan, text: target.write(plan), badFlows };
}

const cases = READABLE.flatMap((id) => find(id).modes.map((mode) => [id, mode] as const));

describe('what is written is what is read', () => {
  it.each(cases)('%s, %s', (id, mode) => {
    fc.assert(
      fc.property(nights, ({ bad, night }) => {
        const { plan, text, badFlows } = written(find(id), mode, bad, night);
        // A proxy's configuration without a rule says nothing, and nothing is what `test` cannot replay.
        fc.pre(plan.expressed.length > 0);
        const reading = readPolicy(text);
        expect(reading).toMatchObject({ format: id });
        if ('problem' in reading) throw new Error(`${reading.problem}\n${text}`);
        expect(effectOf(reading.policy, badFlows, night)).toEqual(plan.effect);
      }),
      { numRuns: 60 },
    );
  });
});

describe('every target', () => {
  it.each(targets.map((target) => [target.id, target] as const))('%s names what it has no words for', (_, target) => {
    fc.assert(
      fc.property(nights, ({ bad, night }) => {
        const { plan, text } = written(target, target.modes[0] ?? 'deny', bad, night);
        expect(text.split('NOT EXPRESSED').length - 1).toBe(plan.unexpressed.length);
        expect(text).not.toContain('\nflush ruleset');
      }),
      { numRuns: 30 },
    );
  });

  const bad = [
    { ip: '203.0.113.9', port: 3333, transport: 'tcp' },
    { ip: '10.20.8.1', port: 6379, transport: 'tcp' },
    { domain: 'evil.example', port: 443, transport: 'tcp' },
  ];
  const night = { good: [], bad: new Map() };

  it('cilium denies addresses without denying the rest', () => {
    const policy = parse(written(find('cilium'), 'deny', bad, night).text);
    expect(policy).toMatchObject({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      spec: { endpointSelector: {}, enableDefaultDeny: { egress: false } },
    });
    expect(policy.spec.egressDeny).toContainEqual({
      toCIDR: ['203.0.113.9/32'],
      toPorts: [{ ports: [{ port: '3333', protocol: 'TCP' }] }],
    });
    expect(JSON.stringify(policy)).not.toContain('evil');
  });

  it('cilium allows names and the questions for them', () => {
    const good = [{ domain: 'pkgs.example', port: 443, transport: 'tcp', count: 3 }];
    const { spec } = parse(written(find('cilium'), 'allow', [], { good, bad: new Map() }).text);
    const names = [{ matchName: 'pkgs.example' }, { matchPattern: '**.pkgs.example' }];
    expect(spec.egress[0].toPorts[0].rules).toEqual({ dns: names });
    expect(spec.egress[1]).toEqual({ toFQDNs: names });
  });

  it('alibaba-cloud-firewall makes one call a destination, at the place that sees it', () => {
    const { calls } = JSON.parse(written(find('alibaba-cloud-firewall'), 'deny', bad, night).text);
    const call = (to: string) => calls.filter((entry: Record<string, unknown>) => entry['Destination'] === to);
    expect(call('203.0.113.9/32')).toContainEqual(
      expect.objectContaining({
        Action: 'AddControlPolicy',
        Direction: 'out',
        AclAction: 'drop',
        Proto: 'TCP',
        DestPort: '3333/3333',
      }),
    );
    expect(call('10.20.8.1/32')[0]).toMatchObject({ Action: 'CreateVpcFirewallControlPolicy', DestinationType: 'net' });
    expect(call('*.evil.example')[0]).toMatchObject({
      DestinationType: 'domain',
      ApplicationNameList: ['HTTP', 'HTTPS', 'SSL'],
    });
    expect(calls.map((entry: Record<string, unknown>) => entry['NewOrder'])).toEqual(
      calls.map((_: unknown, index: number) => String(index + 1)),
    );
  });
});
