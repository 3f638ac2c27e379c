import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Holds a text against the file that says what it must be; `UPDATE_GOLDENS=1` writes the file. */
export function matchesGolden(path: string, text: string): void {
  if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(path, text);
  expect(existsSync(path), `${path} is missing: UPDATE_GOLDENS=1 writes it`).toBe(true);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
