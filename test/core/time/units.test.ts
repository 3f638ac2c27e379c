import { describe, expect, it } from 'vitest';
import { megabytesOf } from '../../../src/core/time/units.ts';

describe('a size in memory', () => {
  it.each([
    ['512', 512],
    ['512MB', 512],
    ['512 mb', 512],
    ['0.5G', 500],
    ['2GB', 2000],
    ['1GiB', 1073.741824],
    ['250MiB', 262.144],
    ['', undefined],
    ['0', undefined],
    ['-1', undefined],
    ['2TB', undefined],
    ['1e3', undefined],
    ['lots', undefined],
    ['GB', undefined],
    ['9'.repeat(400), undefined],
  ])('is told by %j', (text, megabytes) => {
    expect(megabytesOf(text)).toBe(megabytes);
  });
});
