import { Buffer } from 'node:buffer';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Template } from '../../src/model/template.ts';
import { createMatcher, type Matcher } from '../../src/scan/matcher.ts';
import { newScanMemory } from '../../src/scan/memory.ts';

const AFTER = 100;
const literal = (text: string): Template => [{ literal: text }];

/** That templates compiled take what they took before, all other tests of this folder say. */
describe('templates are compiled', () => {
  let compiled = vi.fn();
  beforeEach(() => {
    const { Module } = WebAssembly;
    compiled = vi.fn();
    vi.stubGlobal('WebAssembly', {
      ...Object.fromEntries(
        Object.getOwnPropertyNames(WebAssembly).map((name) => [name, Reflect.get(WebAssembly, name)]),
      ),
      Module: class extends Module {
        constructor(bytes: Uint8Array) {
          super(bytes);
          compiled();
        }
      },
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  function open(): Matcher {
    const { area } = newScanMemory({ others: 0, buffers: 0, bytes: 0, compiledAfter: AFTER });
    const matcher = createMatcher(area);
    if (matcher === undefined) throw new Error('this machine has no vector instructions');
    compiled.mockClear();
    return matcher;
  }

  /** Whether the first line was taken. */
  function scan(matcher: Matcher, line: string, bytes: number): boolean {
    matcher.load(Buffer.from(`${line}\n`.repeat(Math.ceil(bytes / (line.length + 1)))));
    matcher.scan(0);
    return matcher.rows[1] !== 0 || matcher.rows[2] !== 0;
  }

  it('once so many bytes were compared, and again when twice as many were and there are new ones', () => {
    const matcher = open();
    matcher.add(literal('one'));
    scan(matcher, 'one', AFTER / 2);
    expect(compiled).toHaveBeenCalledTimes(0);
    scan(matcher, 'one', AFTER / 2);
    expect(compiled).toHaveBeenCalledTimes(1);
    scan(matcher, 'one', 10 * AFTER);
    expect(compiled).toHaveBeenCalledTimes(1);
    expect(scan(matcher, 'two', 4)).toBe(false);
    matcher.add(literal('two'));
    expect(scan(matcher, 'two', 4)).toBe(true);
    expect(compiled).toHaveBeenCalledTimes(2);
  });

  it('not while they are fresh: what is new is found all the same', () => {
    const matcher = open();
    matcher.add(literal('one'));
    scan(matcher, 'one', AFTER);
    matcher.add(literal('two'));
    expect([scan(matcher, 'one', 4), scan(matcher, 'two', 4)]).toEqual([true, true]);
    expect(compiled).toHaveBeenCalledTimes(1);
  });

  it('and forgotten with them', () => {
    const matcher = open();
    matcher.add(literal('one'));
    scan(matcher, 'one', AFTER);
    matcher.clear();
    expect(scan(matcher, 'one', 4)).toBe(false);
    matcher.add(literal('two'));
    expect([scan(matcher, 'one', 4), scan(matcher, 'two', 4)]).toEqual([false, true]);
  });

  it('not where there are too many', () => {
    const matcher = open();
    for (let n = 0; n < 1100; n++) matcher.add(literal(`template ${n}`));
    expect(scan(matcher, 'template 1099', AFTER)).toBe(true);
    expect(compiled).toHaveBeenCalledTimes(0);
  });
});
