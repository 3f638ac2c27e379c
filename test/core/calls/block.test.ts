import { expect, it } from 'vitest';
import { type CallBlock, CallPacker } from '../../../src/core/calls/block.ts';
import { CallColumns } from '../../../src/core/calls/columns.ts';
import type { CallCutter } from '../../../src/model/call-cutter.ts';
import type { ToolCallEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import { timeOf } from '../../event-time.ts';

const cutter: CallCutter = {
  words: 1,
  cut: () => undefined,
  identify: (record, words, at) => {
    words[at] = record;
  },
};

function call(n: number): ToolCallEvent {
  const at = (1_795_464_000_000_000 + n) as Micros;
  return {
    kind: 'tool-call',
    format: 'x',
    clock: 'x',
    time: timeOf(at, 'request-start'),
    ref: { source: 'x', line: n % 100, offset: n % 1000, bytes: 5 },
    episodeId: `episode ${n % 7}`,
    index: 0,
    callId: `call_${n}`,
    name: `tool ${n % 3}`,
    command: `ls ${n}`,
    argumentsText: `{"command":"ls ${n}"}`,
    start: at,
    startBasis: 'recorded',
    endBasis: 'none',
    slack: { earlyUs: 0, lateUs: 0 },
    executed: 'yes',
    trust: 'outside',
    ...(n % 5 === 0 ? { sandboxId: `rock-${n % 11}`, exit: n } : {}),
  };
}

const recordOf = (event: ToolCallEvent) => ({ episodeId: event.episodeId, call: event });

it('blocks of several writers become one log, also where a writer forgets what it told', () => {
  const columns = new CallColumns();
  const packers = [new CallPacker(0, cutter), new CallPacker(1, cutter)];
  const expected: ToolCallEvent[] = [];
  let begun = 0;
  for (let round = 0; round < 16; round++) {
    const events = Array.from({ length: 8000 }, (_, i) => call(round * 8000 + i));
    const packer = packers[round % 2];
    for (const [i, event] of events.entries()) expect(packer?.add([recordOf(event)], i)).toBe(true);
    // As another thread would hand it on.
    const block: CallBlock | undefined = structuredClone(packer?.take());
    if (block === undefined) throw new Error('no block');
    if (block.isFirst) begun++;
    const numbers = columns.learn(block);
    // In parts, as lines that had to be decoded stand between them.
    for (let row = 0, count = 1; row < events.length; row += count, count = 1 + ((row * 7) % 5000)) {
      const indexes = Uint32Array.from(events.slice(row, row + count), (_, i) => row + i);
      columns.copy(block, row, numbers, { line: 5, offset: 7, indexes });
    }
    for (const [row, event] of events.entries()) {
      const { line, offset } = event.ref;
      expected.push({ ...event, index: row, ref: { ...event.ref, line: line + 5, offset: offset + 7 } });
    }
  }
  expect(begun).toBeGreaterThan(2);
  expect(columns.length).toBe(expected.length);
  for (const [row, event] of expected.entries()) expect(columns.at(row)).toStrictEqual(event);
});

it('a block takes so many calls and no more', () => {
  const packer = new CallPacker(0, cutter);
  const some = Array.from({ length: 3000 }, (_, n) => recordOf(call(n)));
  expect([packer.add(some, 0), packer.add(some, 1), packer.add(some, 2)]).toEqual([true, true, false]);
  expect(packer.take().calls.rows).toBe(6000);
  expect(packer.add(some, 0)).toBe(true);
  const { calls, lines, words } = packer.take();
  expect([calls.rows, [...lines], words.length]).toEqual([3000, [0, 3000], 3000]);
});
