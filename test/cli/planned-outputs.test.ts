import { expect, it } from 'vitest';
import { plannedOutputs, stateHashes } from '../../src/cli/planned-outputs.ts';

it.each([
  ['nothing but the terminal', {}, false],
  ['--json', { json: true }, true],
  ['a report that states hashes', { output: ['a.csv', 'a.md'] }, true],
  ['an evidence bundle', { output: ['a.zip'] }, true],
  ['reports that state none', { output: ['a.csv', 'a.junit.xml'] }, false],
])('makes hashes of inputs for what states them: %s', (_, flags, expected) => {
  expect(stateHashes(plannedOutputs(flags, {}), flags)).toBe(expected);
});
