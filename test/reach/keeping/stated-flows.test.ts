import { describe, expect, it } from 'vitest';
import type { NetworkEvent } from '../../../src/model/event.ts';
import { Interest } from '../../../src/reach/keeping/interest.ts';
import { KeptFlows } from '../../../src/reach/keeping/kept-flows.ts';
import { StatedFlows } from '../../../src/reach/keeping/stated-flows.ts';
import { recordAt } from '../open-retention.ts';

const FAR = { ip: '203.0.113.9', port: 3333 };
const OUTER = { ip: '192.0.2.1', port: 61_000 };

const seenIn = (source: string, rest: Partial<NetworkEvent> = {}): NetworkEvent => {
  const record = recordAt(1);
  return {
    ...record,
    ref: { ...record.ref, source },
    kind: 'network',
    type: 'flow',
    action: 'allow',
    transport: 'tcp',
    src: { ip: '10.0.0.5', port: 40_000 },
    dst: FAR,
    ...rest,
  };
};
const violation = (source: string): NetworkEvent => seenIn(source, { type: 'alert', src: OUTER });
const stated = (source: string, rest: Partial<NetworkEvent> = {}): NetworkEvent =>
  seenIn(source, { nat: { srcIp: OUTER.ip, srcPort: OUTER.port }, ...rest });

/** After violations in these files, of which `fw.log.1` is a piece of `fw.log`. */
function opened(...sources: readonly string[]) {
  const interest = new Interest();
  for (const source of sources) interest.addViolation(violation(source));
  const flows = new KeptFlows(interest, 1);
  return { interest, stated: new StatedFlows(interest, flows, (source) => source.replace(/\.\d$/, '')) };
}

describe('whether a flow that states its translation is wanted', () => {
  it.each<[string, readonly string[], NetworkEvent, boolean]>([
    ['to the far end of a violation', ['eve.json'], stated('fw.log'), true],
    ['without any', ['eve.json'], seenIn('fw.log'), false],
    ['that is none', ['eve.json'], stated('fw.log', { nat: { srcIp: '10.0.0.5', srcPort: 40_000 } }), false],
    ['to another far end', ['eve.json'], stated('fw.log', { dst: { ip: '203.0.113.8', port: 3333 } }), false],
    ['where there are no violations', [], stated('fw.log'), false],
    ['where its own log has all violations', ['fw.log'], stated('fw.log'), false],
    ['where a piece of its log has them', ['fw.log.1'], stated('fw.log'), false],
    ['where another log has some of them', ['fw.log', 'eve.json'], stated('fw.log'), true],
  ])('%s', (_, sources, event, expected) => expect(opened(...sources).stated.wants(event)).toBe(expected));

  it('not where memory has no room: only those of a violation are', () => {
    const { stated: flows } = opened('eve.json');
    const ofAnother = stated('fw.log', { nat: { srcIp: OUTER.ip, srcPort: 62_000 } });
    expect([ofAnother, ofAnother, stated('fw.log')].map((event) => flows.wants(event))).toEqual([true, false, true]);
  });

  it('is new where it was not wanted before', () => {
    const { interest, stated: flows } = opened('fw.log');
    const before = interest.version;
    expect(flows.isNew(stated('fw.log'), before)).toBe(false);
    interest.addViolation({ ...violation('eve.json'), dst: { ip: '203.0.113.8', port: 3333 } });
    expect(flows.isNew(stated('fw.log'), before)).toBe(true);
    expect(flows.isNew(stated('fw.log'), interest.version)).toBe(false);
    expect(flows.wants(stated('fw.log'), before)).toBe(false);
  });

  it('is behind what other logs have made matter since', () => {
    const { interest, stated: flows } = opened('fw.log');
    const before = interest.version;
    expect(flows.isBehind('eve.json', before)).toBe(false);
    expect(flows.isBehind('eve.json', before - 1)).toBe(true);
    expect(flows.isBehind('fw.log.2', before - 1)).toBe(false);
  });
});
