import { describe, expect, it } from 'vitest';
import { statedTranslation } from '../../../src/core/network/stated-translation.ts';
import type { NetworkEvent } from '../../../src/model/event.ts';

const IN = { ip: '10.0.0.5', port: 40_000 };
const OUT = { ip: '203.0.113.2', port: 61_000 };
const FAR = { ip: '198.51.100.7', port: 3333 };
const NAT = { srcIp: OUT.ip, srcPort: OUT.port };

const flow = (fields: object, basis = 'flow-end'): NetworkEvent =>
  ({
    kind: 'network',
    type: 'flow',
    transport: 'tcp',
    src: IN,
    dst: FAR,
    time: { basis },
    ...fields,
  }) as unknown as NetworkEvent;

const stated = (event: NetworkEvent) => {
  const found = statedTranslation(event);
  return found && [found.phase, found.src, found.dst, found.replyDst, found.replySrc];
};

describe('what a record of a flow states of its translation', () => {
  it.each<[string, NetworkEvent, unknown]>([
    ['the source, by a record of the whole flow', flow({ nat: NAT }), ['session', IN, FAR, OUT, FAR]],
    ['the same by a record of one moment', flow({ nat: NAT }, 'event'), ['update', IN, FAR, OUT, FAR]],
    ['the same by a window of the flow', flow({ nat: NAT }, 'window'), ['session', IN, FAR, OUT, FAR]],
    ['the same of UDP', flow({ nat: NAT, transport: 'udp' }), ['session', IN, FAR, OUT, FAR]],
    [
      'a new port of the same address',
      flow({ nat: { srcIp: IN.ip, srcPort: OUT.port } }),
      ['session', IN, FAR, { ip: IN.ip, port: OUT.port }, FAR],
    ],
    [
      'both ends',
      flow({ nat: { ...NAT, dstIp: '192.0.2.8', dstPort: 80 } }),
      ['session', IN, FAR, OUT, { ip: '192.0.2.8', port: 80 }],
    ],
    [
      'the destination alone',
      flow({ nat: { dstIp: '192.0.2.8', dstPort: 80 } }),
      ['session', IN, FAR, IN, { ip: '192.0.2.8', port: 80 }],
    ],
    [
      'the address of the destination alone keeps its port',
      flow({ nat: { dstIp: '192.0.2.8' } }),
      ['session', IN, FAR, IN, { ip: '192.0.2.8', port: 3333 }],
    ],
    [
      'of a client that stands second',
      flow({ src: FAR, dst: IN, initiator: 'dst', nat: { dstIp: OUT.ip, dstPort: OUT.port } }),
      ['session', IN, FAR, OUT, FAR],
    ],
    [
      'without the name of the far end',
      flow({ nat: NAT, dst: { ...FAR, domain: 'pool.example' } }),
      ['session', IN, FAR, OUT, FAR],
    ],
    ['nothing where it states none', flow({}), undefined],
    ['nothing where both are the same', flow({ nat: { srcIp: IN.ip, srcPort: IN.port } }), undefined],
    ['nothing where the new port is not told', flow({ nat: { srcIp: OUT.ip } }), undefined],
    ['nothing where the new port is none', flow({ nat: { ...NAT, srcPort: 0 } }), undefined],
    ['nothing where the old port is not told', flow({ nat: NAT, src: { ip: IN.ip } }), undefined],
    ['nothing where the far end is not told', flow({ nat: NAT, dst: { port: 443 } }), undefined],
    ['nothing of a protocol without ports', flow({ nat: NAT, transport: 'icmp' }), undefined],
    ['nothing of a proxy: the connection is its own', flow({ nat: NAT, type: 'proxy' }), undefined],
    ['nothing at no time', flow({ nat: NAT }, 'none'), undefined],
  ])('%s', (_, event, expected) => expect(stated(event)).toEqual(expected));
});
