import { expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import { mayAskFor } from '../../../src/correlate/processes/asked-for.ts';
import type { Process } from '../../../src/correlate/processes/process.ts';

const startedWith = (...texts: readonly string[]): Process =>
  ({ execs: texts.map((text) => ({ text })) }) as unknown as Process;
const during = (command: string): { readonly call: Call } => ({ call: { command } as Call });
const NOBODY = { call: undefined };
const names = new Set(['pool.xmr-harbor.example']);

it('takes no process for the one that asked the resolver for a name which itself names others only', () => {
  expect(mayAskFor(startedWith('getent hosts mirror.pkgs.example'), NOBODY, names)).toBe(false);
  expect(mayAskFor(startedWith('wget -q http://mirror.pkgs.example/simple/'), during('sh run.sh'), names)).toBe(false);
});

it('takes one that names it, its parent or nothing at all', () => {
  expect(mayAskFor(startedWith('python3 kworkerd pool.xmr-harbor.example 3333'), NOBODY, names)).toBe(true);
  expect(mayAskFor(startedWith('python3 tell.py xmr-harbor.example mirror.pkgs.example'), NOBODY, names)).toBe(true);
  expect(mayAskFor(startedWith('getent hosts pool'), NOBODY, names)).toBe(true);
  expect(mayAskFor(startedWith('python3 bot.py'), during('curl http://mirror.pkgs.example/'), names)).toBe(true);
});

it('takes one that asks with a search domain behind the name', () => {
  const searched = new Set(['mirror.pkgs.example.cluster.local']);
  expect(mayAskFor(startedWith('getent hosts mirror.pkgs.example'), NOBODY, searched)).toBe(true);
});

it('goes by the call where the exec left no record', () => {
  expect(mayAskFor(startedWith(), during('getent hosts mirror.pkgs.example'), names)).toBe(false);
  expect(mayAskFor(startedWith(), during('make test'), names)).toBe(true);
  expect(mayAskFor(startedWith(), NOBODY, names)).toBe(true);
});
