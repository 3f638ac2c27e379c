import { expect, it } from 'vitest';
import type { CommonFlags } from '../../../src/cli/command-line/flags.ts';
import { type OutputFlags, plannedOutputs, stateHashes } from '../../../src/cli/outputs/planned-outputs.ts';

type Flags = OutputFlags & Pick<CommonFlags, 'json'>;

it.each<[string, Flags, boolean]>([
  ['nothing but the terminal', {}, false],
  ['--json', { json: true }, true],
  ['a report that states hashes', { output: ['a.csv', 'a.md'] }, true],
  ['an evidence bundle', { output: ['a.zip'] }, true],
  ['reports that state none', { output: ['a.csv', 'a.junit.xml'] }, false],
])('makes hashes of inputs for what states them: %s', (_, flags, expected) => {
  expect(stateHashes(plannedOutputs(flags, {}), flags)).toBe(expected);
});

it.each(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])(
  '%s is the standard output, never a file to replace',
  (name) => {
    expect(plannedOutputs({ output: [`csv=${name}`] }, {})).toMatchObject([{ path: undefined }]);
  },
);

it.each<[string, string, string | undefined]>([
  ['html=x.txt', 'html', 'x.txt'],
  ['md=FILE', 'markdown', 'FILE'],
  ['xml=x.txt', 'junit', 'x.txt'],
  ['zip=x', 'bundle', 'x'],
  ['bundle=x', 'bundle', 'x'],
  ['csv=-', 'csv', undefined],
  ['run=7.html', 'html', 'run=7.html'],
])('%s: the id or the ending before the = says how, anything else belongs to the name', (name, id, path) => {
  expect(plannedOutputs({ output: [name] }, {})).toMatchObject([{ format: { id }, path }]);
});

it.each([
  ['htlm=x.html', /^-o htlm=x\.html: did you mean html=x\.html\?$/],
  ['sarif=', /^-o sarif=: a file is missing, as sarif=FILE$/],
  ['', /^-o '': a file is missing, as html=FILE$/],
])('-o %s is no file to make', (name, says) => {
  expect(() => plannedOutputs({ output: [name] }, {})).toThrow(says);
});
