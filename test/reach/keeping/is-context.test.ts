import { expect, it } from 'vitest';
import type { DnsEvent, NetworkEvent } from '../../../src/model/event.ts';
import { isContext } from '../../../src/reach/keeping/is-context.ts';

const network = (fields: object): NetworkEvent => ({ kind: 'network', type: 'http', ...fields }) as NetworkEvent;

it.each<[string, NetworkEvent | DnsEvent, boolean]>([
  ['a question', { kind: 'dns' } as DnsEvent, true],
  ['a request to a proxy', network({ type: 'proxy' }), true],
  ['a request by its whole address', network({ http: { url: 'http://a.example/x' } }), true],
  ['a request by its path', network({ http: { url: '/x' } }), false],
  ['a request without an address', network({ http: { host: 'a.example' } }), false],
  ['a flow', network({ type: 'flow' }), false],
])('%s shows a violation one hop earlier: %s', (_, event, expected) => expect(isContext(event)).toBe(expected));
