import { afterEach, expect, it } from 'vitest';
import { terminalOptions } from '../../../src/cli/terminal/terminal.ts';
import { COLOURED, PLAIN } from '../../../src/report/terminal/style.ts';

const before = { isTTY: process.stdout.isTTY, columns: process.stdout.columns, env: { ...process.env } };
afterEach(() => {
  Object.assign(process.stdout, { isTTY: before.isTTY, columns: before.columns });
  process.env = { ...before.env };
});

type Color = 'auto' | 'always' | 'never' | false;

it.each<[string, boolean, Color, Record<string, string>, boolean]>([
  ['a terminal', true, 'auto', {}, true],
  ['a pipe', false, 'auto', {}, false],
  ['a pipe, always', false, 'always', {}, true],
  ['never', true, 'never', {}, false],
  ['--no-color', true, false, {}, false],
  ['NO_COLOR', true, 'auto', { NO_COLOR: '1' }, false],
  ['NO_COLOR set to nothing', true, 'auto', { NO_COLOR: '' }, true],
  ['a terminal without colours', true, 'auto', { TERM: 'dumb' }, false],
  ['FORCE_COLOR in a pipe', false, 'auto', { FORCE_COLOR: '1', TERM: 'dumb' }, true],
  ['FORCE_COLOR 0', true, 'auto', { FORCE_COLOR: '0' }, false],
  ['FORCE_COLOR and NO_COLOR', true, 'auto', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ['never, whatever FORCE_COLOR says', false, 'never', { FORCE_COLOR: '1' }, false],
  ['always, whatever the environment says', true, 'always', { NO_COLOR: '1', TERM: 'dumb' }, true],
])('%s', (_, isTTY, color, env, isColoured) => {
  process.stdout.isTTY = isTTY;
  process.env = { ...env };
  expect(terminalOptions({ redact: true, color }, '').style).toBe(isColoured ? COLOURED : PLAIN);
});

it.each([
  [0, undefined, 80],
  [20, undefined, 40],
  [100, undefined, 100],
  [300, undefined, 120],
  [0, '60', 60],
  [0, '0', 80],
  [0, '-5', 80],
  [0, '1e3', 80],
  [0, '', 80],
  [100, '60', 100],
])('of %i columns, COLUMNS %s, the report takes %i', (columns, stated, width) => {
  process.stdout.columns = columns;
  if (stated === undefined) delete process.env['COLUMNS'];
  else process.env['COLUMNS'] = stated;
  expect(terminalOptions({ redact: true }, '').width).toBe(width);
});
