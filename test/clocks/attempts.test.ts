import { describe, expect, it } from 'vitest';
import { openFirstAttempts } from '../../src/clocks/attempts.ts';
import type { NetworkEvent } from '../../src/model/event.ts';

const syn = (parts: object = {}): NetworkEvent =>
  ({ kind: 'network', type: 'packet', isSyn: true, seq: 7, ...parts }) as unknown as NetworkEvent;

describe('the first packet that opens a connection', () => {
  it.each<[string, NetworkEvent, string, boolean]>([
    ['is not the one that is sent again', syn(), 'tuple', false],
    ['is that of another connection of the same ports', syn({ seq: 8 }), 'tuple', true],
    ['is that of other ports', syn(), 'other', true],
    ['is none that answers', syn({ isSyn: undefined }), 'other', false],
    ['is none of a flow', syn({ type: 'flow' }), 'other', false],
  ])('%s', (_, event, tuple, is) => {
    const isFirst = openFirstAttempts();
    expect(isFirst(syn(), 'fw.log', 'tuple')).toBe(true);
    expect(isFirst(event, 'fw.log', tuple)).toBe(is);
  });

  it('is told of each log', () => {
    const isFirst = openFirstAttempts();
    isFirst(syn(), 'fw.log', 'tuple');
    expect(isFirst(syn(), 'other.log', 'tuple')).toBe(true);
  });

  it('is told of so many and no more, of none with other numbers', () => {
    const isFirst = openFirstAttempts(2);
    const told = ['a', 'b', 'c', 'd'].map((tuple) => isFirst(syn(), 'fw.log', tuple));
    expect(told).toEqual([true, true, false, false]);
  });
});
