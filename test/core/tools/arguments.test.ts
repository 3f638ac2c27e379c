import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CommandLine,
  readArguments,
  readQuotedArguments,
  shellScript,
} from '../../../src/core/tools/arguments.ts';

/** As a text stands between its quotes in a line. */
const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);

describe('arguments as they stand between quotes', () => {
  const command = fc.oneof(fc.string(), fc.constantFrom('ls -la /repo', 'echo "a"', 'printf \\n', 'a\nb', ''));
  const argumentsText = fc.oneof(
    command.map((text) => JSON.stringify({ command: text })),
    command.map((text) => `{"command": ${JSON.stringify(text)}}`),
    fc.record({ command, cwd: fc.string() }).map((args) => JSON.stringify(args)),
    fc.string(),
  );

  it('are what they are without (property)', () => {
    fc.assert(
      fc.property(argumentsText, fc.nat(60), fc.constantFrom('', '"', '\\', ' ', '}'), (text, at, put) => {
        const mutated = text.slice(0, at) + put + text.slice(at);
        for (const each of [text, mutated])
          expect(readQuotedArguments(quoted(each))).toStrictEqual(readArguments(each));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the command that a shell was given', () => {
  const told: readonly (readonly [CommandLine, string | undefined])[] = [
    [{ args: ['/bin/bash', '-lc', 'make probe'] }, 'make probe'],
    [{ args: ['bash', '--norc', '-c', 'make probe', 'x'] }, 'make probe'],
    [{ args: ['python3', '-c', 'print()'] }, undefined],
    [{ args: ['bash', 'run.sh'] }, undefined],
    [{ commandLine: 'bash -c make probe' }, 'make probe'],
    [{ commandLine: '/usr/bin/sh -o pipefail --norc -ec  make probe\nmake next' }, 'make probe\nmake next'],
    [{ commandLine: '/bin/bash -c "make probe"' }, 'make probe'],
    [{ commandLine: "zsh -c 'make probe'" }, 'make probe'],
    [{ commandLine: 'bash -c "make" probe' }, '"make" probe'],
    [{ commandLine: 'bash run.sh -c x' }, undefined],
    [{ commandLine: 'python3 -c x' }, undefined],
    [{ commandLine: 'bash -c' }, undefined],
    [{}, undefined],
  ];

  it.each(told)('%j: %j', (process, script) => {
    expect(shellScript(process)).toBe(script);
  });
});
