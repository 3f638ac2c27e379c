import { expect, it } from 'vitest';
import { shownPath } from '../../src/cli/command-line/shown-path.ts';

it.each([
  ['x.json', '/a/b/x.json'],
  ['../x.json', '/a/x.json'],
  ['../../x.json', '/x.json'],
  ['/c/x.json', '/c/x.json'],
])('a path is shown as short as it would be typed: %s', (path, whole) => {
  expect(shownPath(path, '/a/b')).toBe(whole.startsWith('/a/') ? path : whole);
});
