import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readArguments, readQuotedArguments } from '../../src/core/arguments.ts';

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
