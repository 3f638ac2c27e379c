import { describe, expect, it } from 'vitest';
import type { FlowEnds, Policy } from '../../src/model/policy.ts';
import { compile } from '../../src/policy/effect.ts';
import { readPolicy } from '../../src/policy/readers/index.ts';
import { readNftables } from '../../src/policy/readers/nftables.ts';

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

/** A file of our own with one denial. */
function own(rule: object): string {
  return JSON.stringify({ record: 'policy', version: 1, default: 'allow', rules: [{ action: 'deny', ...rule }] });
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
    [forwardChain('a', 'drop', 'ct state established,related,new accept'), 'line 4: not understood: ct state'],
    [forwardChain('a', 'drop', 'meta l4proto 6 accept'), 'line 4: not understood: meta l4proto 6'],
    [forwardChain('a', 'drop').replace('inet', 'ip6'), 'a table of ip6 cannot be replayed'],
    [`${forwardChain('a', 'accept')}add rule inet a forward drop`, 'line 6: not understood: add rule'],
    [`include "/etc/nftables.d/*"\n${forwardChain('a', 'accept')}`, 'line 1: not understood: include'],
    [
      'table inet x {\n chain f { type filter hook forward priority 0; policy drop; }\n}\n' +
        forwardChain('a', 'accept'),
      'line 2: not understood: chain f',
    ],
    ['table inet x { chain f { drop; } }', 'line 1: not understood: table inet x'],
    ['acl a dst a.example\nhttp_access deny a', 'line 2: acl a cannot be replayed'],
    ['acl a port 99999\nhttp_access deny a', 'line 2: acl a cannot be replayed'],
    ['acl a dst\nhttp_access deny a', 'line 2: acl a cannot be replayed'],
    ['acl a dst 203.0.113.1\nacl a dst somewhere\nhttp_access deny a', 'line 3: acl a cannot be replayed'],
    ['include conf.d/x.conf\nhttp_access allow all', 'line 1: the included file is not read'],
    [
      'acl a dstdomain a.example\nacl b dstdomain b.example\nhttp_access deny a b',
      'line 3: two acls of names at once cannot be replayed',
    ],
    [
      'kind: NetworkPolicy\nspec:\n  policyTypes: [Ingress]\n  egress:\n    - to: [{ipBlock: {cidr: 10.0.0.0/8}}]\n',
      'no NetworkPolicy with egress',
    ],
    ['kind: NetworkPolicy\nspec:\n  egress: [{ports: [{endPort: 80}]}]\n', 'no range of ports'],
    ['kind: NetworkPolicy\nspec:\n  egress: [{ports: [{port: 81, endPort: 80}]}]\n', 'no range of ports'],
    [
      'kind: CiliumNetworkPolicy\nspec:\n  egressDeny:\n    - toEndpoints: [{}]\n      toPorts: [{ports: [{port: 53}], rules: {dns: [{matchName: a.example}]}}]\n',
      'spec.egressDeny.0',
    ],
    [
      'kind: CiliumNetworkPolicy\nspec:\n  egress:\n    - toEndpoints: [{}]\n      toCIDR: [10.0.0.0/8]\n',
      'toEndpoints: not beside other destinations',
    ],
    ['kind: CiliumNetworkPolicy\nspec:\n  egressDeny:\n    - toPorts: []\n', 'spec.egressDeny.0.toPorts'],
    ['kind: CiliumNetworkPolicy\nspec:\n  egressDeny:\n    - toPorts: [{ports: []}]\n', 'toPorts.0.ports'],
    [
      'kind: CiliumNetworkPolicy\nspec:\n  egress:\n    - toPorts: [{ports: [{port: 81, endPort: 80}]}]\n',
      'no range of ports',
    ],
    [own({ port: 443 }), 'Unrecognized key'],
    [own({ ports: [443, 80] }), 'no range of ports'],
    [own({ domain: '*.a.example' }), 'rules.0.domain'],
    [own({ domain: '203.0.113.7' }), 'no name'],
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

  const v4 = forwardChain('a', 'drop', 'tcp dport 443 accept').replace('inet', 'ip');
  const within = forwardChain('a', 'accept', 'ip daddr 203.0.113.0/24 ip daddr { 203.0.113.8/29, 198.51.100.1 } drop');
  const ports = 'acl ssl port 443\nacl safe port 80 400-500\nhttp_access allow ssl safe\nhttp_access deny all';
  const twoSources = 'acl a src 10.1.0.0/16\nacl b src 10.0.0.0/8\nhttp_access deny b a\nhttp_access allow all';
  const twoLines = '  acl a dst 203.0.113.1\nacl a dst 203.0.113.2\nhttp_access deny a';
  const exact = 'acl a dstdomain a.example\nhttp_access deny a';
  const squidFlow = { domain: 'a.example', transport: 'tcp', proxied: true } as const;

  it.each([
    [
      'nft known connections alone',
      forwardChain('a', 'drop', 'ct state { related, established } accept'),
      { ip: '192.0.2.1' },
      false,
    ],
    ['nft ip drops by default', v4, { ip: '192.0.2.1', port: 22, transport: 'tcp' }, false],
    ['nft ip accepts', v4, { ip: '192.0.2.1', ...web }, true],
    ['nft ip does not see IPv6', v4, { ip: '2001:db8::1', port: 22, transport: 'tcp' }, true],
    ['nft two networks hold together', within, { ip: '203.0.113.9', ...web }, false],
    ['nft the wider of two networks', within, { ip: '203.0.113.1', ...web }, true],
    ['nft two networks that never meet', within, { ip: '198.51.100.1', ...web }, true],
    [
      'nft ip protocol is IPv4',
      forwardChain('a', 'accept', 'ip protocol tcp drop'),
      { ip: '192.0.2.1', ...web },
      false,
    ],
    [
      'nft ip protocol is no IPv6',
      forwardChain('a', 'accept', 'ip protocol tcp drop'),
      { ip: '2001:db8::1', ...web },
      true,
    ],
    [
      'nft ip6 nexthdr is IPv6',
      forwardChain('a', 'accept', 'ip6 nexthdr tcp drop'),
      { ip: '2001:db8::1', ...web },
      false,
    ],
    [
      'nft two transports never meet',
      forwardChain('a', 'accept', 'meta l4proto udp tcp dport 443 drop'),
      { ip: '192.0.2.1', ...web },
      true,
    ],
    ['Squid ports hold together', ports, { ...squidFlow, port: 443 }, true],
    ['Squid a port of one of two', ports, { ...squidFlow, port: 80 }, false],
    ['Squid a port in the range of one of two', ports, { ...squidFlow, port: 450 }, false],
    ['Squid sources hold together', twoSources, { ...squidFlow, source: '10.1.2.3' }, false],
    ['Squid a source of one of two', twoSources, { ...squidFlow, source: '10.2.2.3' }, true],
    ['Squid an acl of two lines', twoLines, { ...squidFlow, ip: '203.0.113.1' }, false],
    ['Squid the second of its lines', twoLines, { ...squidFlow, ip: '203.0.113.2' }, false],
    ['Squid without a match', twoLines, { ...squidFlow, ip: '203.0.113.3' }, true],
    ['Squid a name without a dot is exact', exact, { ...squidFlow, domain: 'x.a.example' }, true],
    ['Squid the exact name', exact, squidFlow, false],
    ['NetworkPolicy of stated types', k8s.replace('[Egress]', '[Ingress, Egress]'), { ip: '10.9.2.3', ...web }, false],
    [
      'own names in capitals',
      own({ domain: 'A.Example.', transport: 'TCP' }),
      { domain: 'x.a.example', ...web },
      false,
    ],
    ['own ports', own({ ports: [443, 444] }), { ip: '2001:db8::1', ...web }, false],
    ['own IPv6', own({ destination: '2001:DB8::/32' }), { ip: '2001:db8::1', ...web }, false],
    ['own, the first address beyond', own({ destination: '203.0.113.8/29' }), { ip: '203.0.113.16', ...web }, true],
    ['own, the last address within', own({ destination: '203.0.113.8/29' }), { ip: '203.0.113.15', ...web }, false],
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
