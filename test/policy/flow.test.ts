import { describe, expect, it } from 'vitest';
import type { DnsEvent, Event, NatEvent, NetworkEvent, ProcessEvent } from '../../src/model/event.ts';
import { sightingOf, wasAllowed } from '../../src/policy/flow.ts';

const CLIENT = { ip: '10.0.0.1', port: 40_000 };
const SERVER = { ip: '203.0.113.5', port: 443 };

const network = (fields: Partial<NetworkEvent> = {}): Event =>
  ({
    kind: 'network',
    type: 'flow',
    action: 'allow',
    src: CLIENT,
    dst: SERVER,
    transport: 'tcp',
    ...fields,
  }) as NetworkEvent;
const dns = (fields: Partial<DnsEvent> = {}): Event =>
  ({ kind: 'dns', op: 'query', name: 'a.example', client: CLIENT, ...fields }) as DnsEvent;
const nat = (fields: Partial<NatEvent> = {}): Event =>
  ({
    kind: 'nat',
    transport: 'tcp',
    src: CLIENT,
    dst: SERVER,
    replySrc: SERVER,
    replyDst: { ip: '192.0.2.2', port: 61_000 },
    ...fields,
  }) as NatEvent;
const process = (fields: Partial<ProcessEvent> = {}): Event => ({ kind: 'process', ...fields }) as ProcessEvent;

const ENDS = { source: CLIENT.ip, ...SERVER, transport: 'tcp' };

describe('the ends of a connection', () => {
  it.each<[string, Event, unknown]>([
    ['of a flow', network(), ENDS],
    ['of a flow whose client stands second', network({ src: SERVER, dst: CLIENT, initiator: 'dst' }), ENDS],
    [
      'of a question that a sensor saw',
      network({ type: 'dns', dns: { name: 'a.example' } }),
      { ...ENDS, domain: 'a.example' },
    ],
    ['of no destination', network({ dst: { port: 443 } }), undefined],
    [
      'of a destination by its name',
      network({ dst: { domain: 'a.example' } }),
      { source: CLIENT.ip, domain: 'a.example', transport: 'tcp' },
    ],
    ['of a socket', process({ socket: { local: CLIENT, remote: SERVER, transport: 'tcp' } as never }), ENDS],
    ['of a process without one', process(), undefined],
    ['of a question', dns(), { source: CLIENT.ip, domain: 'a.example', port: 53, transport: 'udp' }],
    [
      'of a question over TCP, of nobody known',
      dns({ transport: 'tcp', client: {} }),
      { domain: 'a.example', port: 53, transport: 'tcp' },
    ],
    ['of an answer', dns({ op: 'answer' }), undefined],
    ['of a translation', nat(), ENDS],
    ['of a translated destination', nat({ dst: { ip: '192.0.2.80', port: 80 } }), ENDS],
    ['of a translation without its answer', nat({ replySrc: {}, replyDst: {} }), ENDS],
    ['of a lease', { kind: 'lease' } as Event, undefined],
  ])('%s', (_, event, expected) => expect(sightingOf(event)?.ends).toEqual(expected));

  const proxied = (fields: Partial<NetworkEvent>): Event => {
    const proxy = { ip: '10.0.0.9', port: 3128 };
    return network({ type: 'proxy', dst: proxy, ...fields });
  };
  it.each<[string, Event, object]>([
    ['an address in the URL', proxied({ http: { url: 'http://203.0.113.5/x' } }), { ...SERVER, port: 80 }],
    ['the same, encrypted', proxied({ http: { url: 'HTTPS://203.0.113.5/x' } }), SERVER],
    ['the same with its port', proxied({ http: { url: 'https://203.0.113.5:8443/x' } }), { ...SERVER, port: 8443 }],
    ['an address asked for', proxied({ http: { host: '203.0.113.5:443' } }), SERVER],
    ['a name asked for', proxied({ http: { host: 'A.example' } }), { ip: '10.0.0.9', port: 3128, domain: 'a.example' }],
    [
      'a name in the URL',
      proxied({ http: { url: 'http://a.example/x' } }),
      { ip: '10.0.0.9', port: 3128, domain: 'a.example' },
    ],
    ['the upstream', proxied({ upstream: SERVER }), SERVER],
    ['the upstream without a port', proxied({ upstream: { ip: SERVER.ip } }), { ...SERVER, port: 3128 }],
    [
      'the upstream under its name',
      proxied({ upstream: { ...SERVER, domain: 'a.example' } }),
      { ...SERVER, domain: 'a.example' },
    ],
    ['no transport', proxied({ upstream: SERVER, transport: undefined as never }), SERVER],
  ])('of a request to a proxy: %s', (_, event, target) => {
    const sighting = sightingOf(event);
    expect(sighting?.ends).toEqual({ source: CLIENT.ip, transport: 'tcp', proxied: true, ...target });
    expect(sighting?.tuples).toEqual([]);
  });
});

describe('a connection is known again', () => {
  it.each<[string, Event, readonly string[]]>([
    ['by its tuple', network(), ['tcp|10.0.0.1:40000|203.0.113.5:443']],
    ['by none without ports', network({ src: { ip: CLIENT.ip } }), []],
    ['by none without an address', network({ src: { port: CLIENT.port } }), []],
    ['by none to a name', network({ dst: { domain: 'a.example', port: 443 } }), []],
    ['by both of a translation', nat(), ['tcp|192.0.2.2:61000|203.0.113.5:443', 'tcp|10.0.0.1:40000|203.0.113.5:443']],
    ['by the port that asked', dns(), ['dns|10.0.0.1:40000|a.example']],
    ['by no port that asked', dns({ client: { ip: CLIENT.ip } }), []],
  ])('%s', (_, event, tuples) => expect(sightingOf(event)?.tuples).toEqual(tuples));

  it.each<[string, Event, unknown]>([
    ['of a translated source', nat(), { inner: CLIENT.ip, outer: '192.0.2.2' }],
    ['of one that stays', nat({ replyDst: CLIENT }), undefined],
    ['of an unknown one', nat({ src: {} }), undefined],
    ['to an unknown one', nat({ replyDst: {} }), undefined],
  ])('%s', (_, event, translated) => expect(sightingOf(event)?.translated).toEqual(translated));
});

it.each<[string, Event, number]>([
  ['a flow', network(), 1],
  ['connections that are told together', network({ count: 7 }), 7],
  ['packets of one', network({ type: 'packet', count: 7 }), 1],
  ['none', network({ count: 0 }), 1],
  ['a socket', process({ socket: { local: CLIENT, remote: SERVER, transport: 'tcp' } as never }), 1],
  ['a question', dns(), 1],
  ['a translation', nat(), 1],
])('%s counts as so many connections', (_, event, count) => expect(sightingOf(event)?.count).toBe(count));

it.each<[string, Event, boolean]>([
  ['a flow', network(), true],
  ['a flow of which nothing is said', network({ action: 'unknown' }), true],
  ['a flow without an answer', network({ action: 'unknown', bytes: { toDst: 60, toSrc: 0 } }), false],
  ['a denied flow', network({ action: 'deny' }), false],
  ['an alert', network({ type: 'alert' }), false],
  ['a packet that was let through', network({ type: 'packet' }), true],
  ['a packet of which nothing is said', network({ type: 'packet', action: 'unknown' }), false],
  ['what comes in', network({ direction: 'inbound' }), false],
  ['the answer of a resolver', network({ src: { ...SERVER, port: 53 } }), false],
  ['a resolver that asks another', network({ src: { ...CLIENT, port: 53 }, dst: { ...SERVER, port: 53 } }), true],
  ['a question', dns(), true],
  ['a question that was let through', dns({ action: 'allow' }), true],
  ['a question that was not', dns({ action: 'deny' }), false],
  ['an answer', dns({ op: 'answer' }), false],
  ['a translation', nat(), true],
  ['half a translation', nat({ state: 'UNREPLIED' }), false],
  ['a socket', process({ socket: { local: CLIENT, remote: SERVER, transport: 'tcp' } as never }), false],
])('%s is known to be let through: %s', (_, event, expected) => expect(wasAllowed(event)).toBe(expected));
