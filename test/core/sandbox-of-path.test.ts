import { expect, it } from 'vitest';
import { sandboxOfPath } from '../../src/core/tools/model-calls.ts';

const [A, B] = ['9f2c4e1ab7d04c65a3e8d1f05b6c7a12', '0a1b2c3d4e5f60718293a4b5c6d7e8f9'];

it.each<[string, { path: string; folder?: string }, string | undefined]>([
  ['a folder', { path: `logs/${A}/command.log` }, A],
  ['the innermost folder', { path: `${A}/${B}/command.log` }, B],
  ['the folder that the paths are relative to', { path: 'LLMService.log', folder: A }, A],
  ['a folder below that one', { path: `${B}/LLMService.log`, folder: A }, B],
  ['the name of the file', { path: `logs/LLMService-${A}.log` }, A],
  ['a folder, whatever the file is named', { path: `${A}/trace_${B}.jsonl` }, A],
  ['no longer hash', { path: `logs/${A}${B}/x.log` }, undefined],
  ['nothing', { path: 'logs/x.log', folder: 'night' }, undefined],
])('the sandbox is named by %s', (_, place, expected) => {
  expect(sandboxOfPath(place)).toBe(expected);
});
