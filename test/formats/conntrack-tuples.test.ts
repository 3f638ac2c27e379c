import { expect, it } from 'vitest';
import { conntrack } from '../../src/formats/conntrack/index.ts';
import type { Micros } from '../../src/model/time.ts';

const natOf = (tail: string): unknown => eventOf(`[1795454343.100000]\t    [NEW] tcp      6 120 SYN_SENT ${tail}`);

function eventOf(text: string): unknown {
  const decoder = conntrack.open({ path: 'x', zoneOffsetMin: 0, reference: 0 as Micros });
  const result = decoder.decode({ text, ref: { source: 'x', line: 1, offset: 0, bytes: text.length } });
  return result.status === 'decoded' ? result.events[0] : result;
}

const ORIGINAL = 'src=10.66.1.10 dst=198.51.100.7 sport=40000 dport=443';
const REPLY = 'src=198.51.100.7 dst=192.0.2.1 sport=443 dport=40001';
const BOTH = {
  src: { ip: '10.66.1.10', port: 40000 },
  dst: { ip: '198.51.100.7', port: 443 },
  replySrc: { ip: '198.51.100.7', port: 443 },
  replyDst: { ip: '192.0.2.1', port: 40001 },
};

it.each([
  ['both tuples', `${ORIGINAL} [UNREPLIED] ${REPLY}`, BOTH],
  [
    'counters and marks between them',
    `${ORIGINAL} packets=1 bytes=60 ${REPLY} mark=0 use=1 id=77`,
    { ...BOTH, id: '77' },
  ],
  ['odd fields between them', `${ORIGINAL} secctx=a=b mark= =5 ==6 ${REPLY}`, BOTH],
  ['keys that every object has', `${ORIGINAL} constructor=1 ${REPLY} toString=2`, BOTH],
])('reads %s', (_, tail, expected) => {
  expect(natOf(tail)).toMatchObject(expected);
});

it('needs a reply', () => {
  expect(natOf(ORIGINAL)).toMatchObject({ status: 'failed' });
});

it('tells the id of an entry from those of its echo requests', () => {
  const echo = (tail: string): string =>
    `src=10.66.1.10 dst=198.51.100.7 type=8 code=0 id=77 src=198.51.100.7 dst=192.0.2.1 type=0 code=0 id=78${tail}`;
  expect(natOf(echo(' mark=0'))).not.toHaveProperty('id');
  expect(natOf(echo(' mark=0 id=123456'))).toMatchObject({ id: '123456', icmp: { id: 77, replyId: 78 } });
});

it('tells them apart in XML too', () => {
  const meta = (direction: string, src: string, dst: string, type: number, id: number): string =>
    `<meta direction="${direction}"><layer3 protonum="2" protoname="ipv4"><src>${src}</src><dst>${dst}</dst></layer3>` +
    `<layer4 protonum="1" protoname="icmp"><type>${type}</type><code>0</code><id>${id}</id></layer4></meta>`;
  const tuples =
    meta('original', '10.66.1.10', '198.51.100.7', 8, 77) + meta('reply', '198.51.100.7', '192.0.2.1', 0, 78);
  const own = '<meta direction="independent"><id>123456</id><unreplied/></meta>';
  const flow = eventOf(`<flow type="new">${tuples}${own}</flow>`);
  expect(flow).toMatchObject({ id: '123456', icmp: { type: 8, id: 77, replyId: 78 } });
});
