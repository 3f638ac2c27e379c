import { closeSync, fstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openNameless, Spill } from '../../../src/sources/bytes/spill.ts';

const folder = mkdtempSync(join(tmpdir(), 'spill-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a spill', () => {
  it('gives back what was written, by its place, and leaves no name in the folder', () => {
    const spill = new Spill(folder);
    const places = [1, 2, 3].map((n) => spill.write(Uint32Array.of(n, n * 10)));
    expect(places).toEqual([0, 8, 16]);
    expect(readdirSync(folder)).toEqual([]);
    const numbers = new Uint32Array(2);
    spill.read(8, numbers);
    expect([...numbers]).toEqual([2, 20]);
    spill.close();
  });

  it('says when there is no room', () => {
    expect(new Spill(join(folder, 'missing')).write(Uint32Array.of(1))).toBe(undefined);
  });

  it('never gives numbers that were not written', () => {
    const spill = new Spill(folder);
    expect(() => spill.read(0, new Uint32Array(1))).toThrow('ends before byte 4');
    spill.write(Uint32Array.of(1));
    expect(() => spill.read(0, new Uint32Array(2))).toThrow('ends before byte 8');
    spill.close();
    expect(() => spill.read(0, new Uint32Array(1))).toThrow('ends before byte 4');
    spill.close();
  });

  it('is read by nobody else', () => {
    const file = openNameless(folder);
    expect(fstatSync(file).mode & 0o777).toBe(0o600);
    closeSync(file);
  });
});
