import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eachLine, piecesOf, stretchOf } from '../../../src/reach/skimming/chunk.ts';

const line = fc.oneof(
  fc.constantFrom('', '\r', 'ä', '\u{1f980}', '{"a":1}'),
  fc.integer({ min: 1, max: 60_000 }).map((length) => 'x'.repeat(length)),
);
const chunk = fc
  .tuple(fc.array(line, { maxLength: 20 }), fc.constantFrom('', 'cut sh'))
  .map(([lines, rest]) => Buffer.from(lines.map((each) => `${each}\n`).join('') + rest));

describe('a chunk', () => {
  it('is cut into pieces that begin and end with a line and leave nothing out', () => {
    fc.assert(
      fc.property(chunk, fc.boolean(), (bytes, startsLine) => {
        const stretch = stretchOf(bytes, { startsLine });
        let at = stretch.from;
        for (const piece of piecesOf(stretch)) {
          expect(piece.base).toBe(at);
          expect(piece.bytes.at(-1)).toBe(10);
          at += piece.bytes.length;
        }
        expect(at).toBe(stretch.to);
        expect(bytes.indexOf(10, at)).toBe(-1);
        if (stretch.from > 0) expect([startsLine, bytes[stretch.from - 1]]).toEqual([false, 10]);
      }),
    );
  });

  it('gives each line as it stands there', () => {
    fc.assert(
      fc.property(chunk, (bytes) => {
        const lines: string[] = [];
        const stretch = stretchOf(bytes, { startsLine: true });
        for (const piece of piecesOf(stretch))
          eachLine(piece, (text, from, to) => {
            lines.push(text);
            expect(bytes.toString('utf8', from, to)).toBe(text);
            expect(bytes[to]).toBe(10);
          });
        expect(lines).toEqual(bytes.toString('utf8', 0, stretch.to).split('\n').slice(0, -1));
      }),
    );
  });

  it('ends its pieces between events where lines continue one', () => {
    const event = `first ${'x'.repeat(50_000)}\n  more ${'y'.repeat(30_000)}\n`;
    const continues = (text: string, _: number, from: number): boolean => text.startsWith('  ', from);
    const stretch = stretchOf(Buffer.from(event.repeat(5)), { startsLine: true });
    const pieces = [...piecesOf(stretch, continues)];
    expect(pieces.map(({ bytes }) => bytes.length)).toEqual(pieces.map(() => event.length));
  });
});
