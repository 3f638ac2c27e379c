import { describe, expect, it } from 'vitest';
import type { NatEvent, NetworkEvent } from '../../../src/model/event.ts';
import { Interest } from '../../../src/reach/keeping/interest.ts';

const violation = {
  kind: 'network',
  ref: { source: 'eve.json' },
  src: { ip: '203.0.113.2', port: 61_001 },
  dst: { ip: '198.51.100.7', port: 3333 },
} as unknown as NetworkEvent;

const slot = (ip: string, port?: number): NatEvent =>
  ({
    kind: 'nat',
    src: { ip: '10.66.1.5', port },
    dst: {},
    replySrc: {},
    replyDst: port === undefined ? { ip } : { ip, port },
  }) as unknown as NatEvent;

describe('a translation for any far end', () => {
  const interest = new Interest();
  const before = interest.version;
  interest.addViolation(violation);

  it.each([
    ['is kept where a violation has its place outside', slot('203.0.113.2', 61_001), true],
    ['is not where its port is another', slot('203.0.113.2', 61_002), false],
    ['is not where its address is another', slot('203.0.113.3', 61_001), false],
    ['is kept where it is of a whole address: there are few', slot('203.0.113.3'), true],
  ])('%s', (_, event, expected) => expect(interest.wantsEnds(event)).toBe(expected));

  it('was not wanted before the violation was known', () =>
    expect(interest.wantsEnds(slot('203.0.113.2', 61_001), before)).toBe(false));
});
