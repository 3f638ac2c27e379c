import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { FlowEnds, NightFlows, Policy, SuggestedRule, Suggestion } from '../../src/model/policy.ts';
import { allowCandidates, denyCandidates } from '../../src/policy/candidates.ts';
import { compile, effectOf } from '../../src/policy/effect.ts';
import { READABLE, readPolicy } from '../../src/policy/readers/index.ts';
import { readNftables } from '../../src/policy/readers/nftables.ts';
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

/** One released call, otherwise anything from anywhere at the Internet border. */
function cfw(...changes: readonly Record<string, unknown>[]): string {
  const call = {
    Action: 'AddControlPolicy',
    AclAction: 'drop',
    SourceType: 'net',
    Source: '0.0.0.0/0',
    DestinationType: 'net',
    Destination: '0.0.0.0/0',
    Proto: 'ANY',
  };
  return JSON.stringify({ calls: changes.map((change, i) => ({ ...call, NewOrder: String(i + 1), ...change })) });
}

function forwardChain(table: string, policy: string, ...rules: readonly string[]): string {
  const lines = [`type filter hook forward priority 0; policy ${policy};`, ...rules];
  return `table inet ${table} {\n chain forward {\n${lines.join('\n')}\n }\n}\n`;
}

describe('reading a policy', () => {
  it('of nftables: a chain that lets all pass beside it changes nothing, and names of chains are those of its table', () => {
    const telling = forwardChain('a', 'accept', 'jump more').replace(/}\n$/, ' chain more {\n drop\n }\n}\n');
    const other = 'table inet b {\n chain more {\n accept\n }\n}\n';
    const { policy } = readNftables(telling + forwardChain('c', 'accept') + other) as { policy: Policy };
    expect(policy).toEqual({ default: 'allow', scope: 'all', rules: [{ action: 'deny' }] });
  });

  it.each([
    ['jump', 2],
    ['goto', 1],
  ])('of nftables: after a chain that decides nothing %s comes back or not', (way, rules) => {
    const text = forwardChain('a', 'accept', `${way} more`, 'drop').replace(
      /}\n$/,
      ' chain more {\n tcp dport 22 drop\n }\n}\n',
    );
    expect((readNftables(text) as { policy: Policy }).policy.rules).toHaveLength(rules);
  });

  it.each([
    [
      'table inet x {\n chain f {\n  type filter hook forward priority 0; policy accept;\n  ct mark 7 drop\n }\n}',
      'line 4: not understood: ct mark 7 drop',
    ],
    ['table inet x {\n chain f {\n  tcp dport 22 drop\n }\n}', 'no chain with hook forward or output'],
    [
      ['a', 'b'].map((name) => forwardChain(name, 'accept', 'tcp dport 22 drop')).join(''),
      '2 chains with hook forward decide together',
    ],
    [
      forwardChain('a', 'drop') + forwardChain('b', 'accept', 'tcp dport 22 drop'),
      '2 chains with hook forward decide together',
    ],
    [forwardChain('a', 'accept', 'tcp dport 22 drop').slice(0, -3), 'ends inside a table or chain'],
    ['acl bots browser curl\nhttp_access deny bots', 'line 2: acl bots cannot be replayed'],
    ['http_access maybe all', 'line 1: http_access needs allow or deny'],
    ['kind: NetworkPolicy\nspec:\n  egress:\n    - to:\n        - podSelector: {}\n', 'only egress to ipBlock'],
    ['kind: NetworkPolicy\nspec: [', 'no YAML'],
    [
      '{"record":"policy","version":1,"default":"deny","rules":[{"action":"deny","destination":"everywhere"}]}',
      'no address and no CIDR',
    ],
    ['{"network":{"allowedDomains":["*"]}}', 'not understood: *'],
    ['kind: CiliumNetworkPolicy\nspec:\n  egress:\n    - toEntities: [world]\n', 'spec.egress.0.toEntities.0'],
    [
      'kind: CiliumNetworkPolicy\nspec:\n  egress:\n    - toEndpoints: [{matchLabels: {a: b}}]\n',
      'logs hold no labels',
    ],
    [
      'kind: CiliumNetworkPolicy\nspec:\n  egress:\n    - toFQDNs: [{matchPattern: "*.a.example"}, {matchPattern: "x.*"}]\n',
      'not understood: *.a.example',
    ],
    [
      'kind: CiliumNetworkPolicy\nspec:\n  egress:\n    - toCIDR: [10.0.0.0/8]\n      toPorts: [{ports: [{port: "80"}], rules: {http: [{}]}}]\n',
      'spec.egress.0.toPorts.0.rules',
    ],
    ['kind: CiliumNetworkPolicy\nspec:\n  ingress: []\n', 'no CiliumNetworkPolicy with egress'],
    ['[{"Action":"AddControlPolicy","AclAction":"block"}]', 'calls.0.AclAction'],
    [cfw({ Destination: 'group-1' }), 'NewOrder 1: Destination group-1: no address'],
    [cfw({ DestPort: '80,443' }), 'DestPort 80,443: expected a range'],
    [cfw({ ApplicationNameList: ['HTTP'] }), 'no log names the application'],
    ['what is this', 'no policy that can be replayed'],
    ['', 'no policy that can be replayed'],
  ])('%j cannot be used', (text, problem) => {
    expect(readPolicy(text)).toMatchObject({ problem: expect.stringContaining(problem) as string });
  });

  const passes = (text: string, flow: FlowEnds): boolean => {
    const reading = readPolicy(text);
    if ('problem' in reading) throw new Error(reading.problem);
    return compile(reading.policy)(flow);
  };
  const nft =
    'table inet x {\n chain base {\n  type filter hook forward priority 0; policy drop;\n  ct state established,related accept\n  ip daddr { 203.0.113.0/24, 198.51.100.1 } tcp dport { 443, 8000-8010 } accept\n  jump more\n }\n chain more {\n  udp dport 53 counter accept comment "dns # 1"\n }\n}';
  const k8s =
    'kind: NetworkPolicy\nspec:\n  policyTypes: [Egress]\n  egress:\n    - to:\n        - ipBlock: {cidr: 10.0.0.0/8, except: [10.9.0.0/16]}\n      ports:\n        - {port: 8000, endPort: 8010}\n';
  const proxy = 'acl good dstdomain .pkgs.example\nacl web port 443\nhttp_access allow good web\nhttp_access deny all';
  const srt = '{"network":{"allowedDomains":["*.pkgs.example"],"deniedDomains":["bad.pkgs.example"]}}';
  const web = { port: 443, transport: 'tcp' };
  const cnp = (spec: string): string => `kind: CiliumNetworkPolicy\nspec:\n${spec}`;
  const both = cnp(
    '  egress:\n    - toCIDRSet: [{cidr: 203.0.113.0/24, except: [203.0.113.8/32]}]\n      toPorts: [{ports: [{port: "400", endPort: 500}]}]\n  egressDeny:\n    - toCIDR: [203.0.113.9/32]\n',
  );
  const names = cnp('  egress:\n    - toFQDNs: [{matchName: a.example}, {matchPattern: "**.b.example"}]\n');
  const open = cnp('  enableDefaultDeny: {egress: false}\n  egressDeny:\n    - toCIDR: [203.0.113.9/32]\n');
  const vpc = { Action: 'CreateVpcFirewallControlPolicy' };
  const named = { DestinationType: 'domain', Destination: '*.evil.example', Proto: 'TCP' };
  const ordered = cfw({ NewOrder: '2' }, { NewOrder: '1', AclAction: 'accept', Destination: '203.0.113.7/32' });

  it.each([
    ['nft set and range', nft, { ip: '203.0.113.7', port: 8005, transport: 'tcp' }, true],
    ['nft other port', nft, { ip: '203.0.113.7', port: 22, transport: 'tcp' }, false],
    ['nft jump', nft, { ip: '192.0.2.1', port: 53, transport: 'udp' }, true],
    ['nft default', nft, { ip: '192.0.2.1', ...web }, false],
    ['NetworkPolicy inside', k8s, { ip: '10.1.2.3', port: 8010, transport: 'tcp' }, true],
    ['NetworkPolicy except', k8s, { ip: '10.9.2.3', port: 8010, transport: 'tcp' }, false],
    ['NetworkPolicy means TCP', k8s, { ip: '10.1.2.3', port: 8010, transport: 'udp' }, false],
    ['Cilium range', both, { ip: '203.0.113.7', ...web }, true],
    ['Cilium except', both, { ip: '203.0.113.8', ...web }, false],
    ['Cilium denial wins', both, { ip: '203.0.113.9', ...web }, false],
    ['Cilium closes what it governs', both, { ip: '198.51.100.1', ...web }, false],
    ['Cilium stays open when told', open, { ip: '198.51.100.1', ...web }, true],
    ['Cilium name', names, { domain: 'a.example', ...web }, true],
    ['Cilium name is exact', names, { domain: 'x.a.example', ...web }, false],
    ['Cilium below', names, { domain: 'x.y.b.example', ...web }, true],
    ['Cloud Firewall drops', cfw({}), { ip: '203.0.113.7', ...web }, false],
    ['Cloud Firewall, the border sees no private', cfw({}), { ip: '10.1.2.3', ...web }, true],
    ['Cloud Firewall, between networks', cfw(vpc), { ip: '10.1.2.3', ...web }, false],
    ['Cloud Firewall, not released', cfw({ Release: 'false' }), { ip: '203.0.113.7', ...web }, true],
    ['Cloud Firewall, only watched', cfw({ AclAction: 'log' }), { ip: '203.0.113.7', ...web }, true],
    ['Cloud Firewall by order', ordered, { ip: '203.0.113.7', ...web }, true],
    ['Cloud Firewall below a name', cfw(named), { domain: 'x.evil.example', ...web }, false],
    ['Cloud Firewall, a question passes', cfw(named), { domain: 'x.evil.example', port: 53, transport: 'udp' }, true],
    ['Squid below a name', proxy, { domain: 'x.pkgs.example', ...web, proxied: true }, true],
    ['Squid other name', proxy, { domain: 'evilpkgs.example', ...web, proxied: true }, false],
    ['Squid does not see', proxy, { domain: 'evil.example', ...web }, true],
    ['srt below', srt, { domain: 'x.pkgs.example' }, true],
    ['srt the name itself', srt, { domain: 'pkgs.example' }, false],
    ['srt denied wins', srt, { domain: 'bad.pkgs.example' }, false],
    ['srt bare address', srt, { ip: '203.0.113.7', ...web }, false],
    ['awf below', 'pkgs.example # ours\n', { domain: 'x.pkgs.example' }, true],
    ['awf other', 'pkgs.example, b.example', { domain: 'c.example' }, false],
  ] as const)('%s', (_, text, flow, expected) => {
    expect(passes(text, flow)).toBe(expected);
  });
});
