import { describe, expect, it } from 'vitest';
import { Shapes } from '../../../src/core/looks/shapes.ts';

const shapes = () => new Shapes({ values: [['a']], compared: [['b']], refused: [['alert']] });

describe('shapes of JSON lines', () => {
  it('are tried no more where all lines of a kind were refused', () => {
    const known = shapes();
    for (let n = 0; n < 32; n++) expect(known.cut(`{"a":${n},"alert":{}}`, 'x')).toBeUndefined();
    expect(known.cut('{"a":1,"b":2}', 'x')).toBeUndefined();
    expect(known.cut('{"a":1,"b":2}', 'y')?.slice(1)).toEqual(['1']);
  });

  it('are learned late where some lines of a kind were refused, and kept where others follow', () => {
    const known = shapes();
    for (let n = 0; n < 31; n++) known.cut('{"alert":1}', 'x');
    expect(known.cut('{"a":1,"b":2}', 'x')?.slice(1)).toEqual(['1']);
    for (let n = 0; n < 100; n++) known.cut('{"alert":1}', 'x');
    expect(known.cut('{"a":5,"b":2}', 'x')?.slice(1)).toEqual(['5']);
    expect(known.cut('{"b":2,"a":5}', 'x')?.slice(1)).toEqual(['5']);
  });

  it('are not learned from lines with a member for which others were refused, unless other objects have it too', () => {
    const nested = '{"a":1,"x":{"alert":1}}';
    expect(shapes().cut(nested)?.slice(1)).toEqual(['1']);
    const known = shapes();
    known.cut('{"alert":1,"x":{"alert":1}}');
    known.cut(nested);
    expect(known.cut('{"a":2,"x":{"alert":1}}')?.slice(1)).toEqual(['2']);
    known.cut('{"alert":1}');
    expect(known.cut('{"x":{"alert":1},"a":1}')).toBeUndefined();
    expect(known.cut('{"a":3,"x":{"alert":1}}')?.slice(1)).toEqual(['3']);
  });

  it('are not learned from lines with longer names than an expression may hold', () => {
    const known = shapes();
    expect(known.cut(`{"a":1,"${'.'.repeat(300_000)}":2}`)).toBeUndefined();
    expect(known.cut('{"a":1,"b":2}')?.slice(1)).toEqual(['1']);
  });

  it('are not learned from lines in which more is escaped than an expression can repeat', () => {
    const known = shapes();
    expect(known.cut(`{"a":1,"x":"${String.raw`\n`.repeat(15_000_000)}"}`)).toBeUndefined();
    expect(known.cut('{"a":1,"b":2}')?.slice(1)).toEqual(['1']);
  });
});
