import { expect, it } from 'vitest';
import { takesCommands } from '../../../src/correlate/processes/takes-commands.ts';

it.each([
  ['/bin/bash --norc -i', true],
  ['-bash', true],
  ['python3.12 -u', true],
  ['/opt/venv/bin/python -m ipykernel_launcher -f k.json', true],
  ['jupyter-lab', false],
  ['bash -c id', false],
  ['bash -lc id', false],
  ['sh run.sh', false],
  ['python3 -', false],
  ['python3 beacon.py', false],
  ['perl -e 1', false],
  ['curl -s', false],
])('%s takes commands: %s', (text, takes) => {
  const execs = [{ at: 0, text, args: undefined }] as never;
  expect(takesCommands({ comm: undefined, exe: undefined, execs })).toBe(takes);
});

it('goes by the name where no record tells the arguments', () => {
  expect(['zsh', 'x', undefined].map((comm) => takesCommands({ comm, exe: undefined, execs: [] }))).toEqual([
    true,
    false,
    false,
  ]);
});
