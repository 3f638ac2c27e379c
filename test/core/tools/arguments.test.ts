import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CommandLine,
  commandOf,
  readArguments,
  readQuotedArguments,
  shellScript,
} from '../../../src/core/tools/arguments.ts';
import { unwrapped } from '../../../src/core/tools/wrapped-arguments.ts';

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

describe('the command among arguments', () => {
  const curl = 'curl http://203.0.113.7/';
  const told: readonly (readonly [what: string, tool: string, args: unknown, command: string | undefined])[] = [
    ['a dict as Python prints it', 'terminal', `{'command': '${curl}', 'timeout': None}`, curl],
    ['the same in JSON', 'terminal', JSON.stringify(`{'command': '${curl}'}`), curl],
    ['a dict that was cut', 'terminal', "{'command': 'curl http", "{'command': 'curl http"],
    [
      'a program and its arguments',
      'mcp__shell__call',
      { command: 'curl', args: ['-s', 'http://203.0.113.7/'] },
      'curl -s http://203.0.113.7/',
    ],
    ['a command line beside other arguments', 'bash', { command: curl, args: ['x'] }, curl],
    ["OpenAI's list of commands", 'shell', { action: { commands: ['id', curl], timeout_ms: 1 } }, `id\n${curl}`],
    ["OpenAI's argv", 'local_shell', { action: { type: 'exec', command: ['bash', '-lc', curl] } }, curl],
    ['commands that are no texts', 'shell', { commands: [{ id: 1 }] }, undefined],
    ['commands of a tool that is no shell', 'plan', { commands: ['id'] }, undefined],
    ['code of an interpreter', 'Python_REPL', { code: 'import os' }, 'import os'],
    ['code of a tool in the case of a class', 'CodeExecutorTool', { code: 'import os' }, 'import os'],
    ['code of a tool behind a server', 'mcp__ide__executeCode', { code: 'import os' }, 'import os'],
    ['code that a tool only writes', 'review_code', { code: 'import os' }, undefined],
    [
      "a tool's arguments one level down",
      'bash',
      { inputs: null, input_str: `{'command': '${curl}'}`, kwargs: { color: 'green' } },
      curl,
    ],
    [
      'the call that CrewAI hands its tracers',
      'bash',
      {
        tool_string: 'Action: bash',
        tool: 'CrewStructuredTool(...)',
        calling: { tool_name: 'bash', arguments: { command: curl } },
      },
      curl,
    ],
    [
      'the same without arguments',
      'bash',
      { tool_string: curl, calling: { tool_name: 'bash', arguments: null } },
      undefined,
    ],
    ['the only argument, without a name', 'bash', { args: [curl], kwargs: {} }, curl],
    ['an empty wrapper', 'bash', { kwargs: {}, command: curl }, curl],
  ];

  it.each(told)('%s', (_, tool, raw, command) => {
    expect(commandOf(tool, unwrapped(readArguments(raw))?.value)).toBe(command);
  });
});

describe('readArguments', () => {
  it.each([
    ['an object', { command: 'id' }, 'id'],
    ['JSON text', '{"command":"a\\nb"}', 'a\nb'],
    ['JSON text twice', '"{\\"command\\":\\"id\\"}"', 'id'],
    ['an argv', '{"cmd":["bash","-lc","id; ls"]}', 'id; ls'],
    ['an argv of a program', '{"command":["ls","-l"]}', 'ls -l'],
    ['text cut in the middle', '{"command":"curl \\"http://192.0.2.1', 'curl "http://192.0.2.1'],
    ['an argv cut in the middle', '{"cmd":["bash","-lc","curl http://192.0.2', 'curl http://192.0.2'],
    ['plain text', 'ls -l', 'ls -l'],
    ['line breaks inside JSON strings', '{"command":"a\nb"}', 'a\nb'],
  ])('finds the command in %s', (_, raw, command) => {
    expect(commandOf('bash', readArguments(raw)?.value)).toBe(command);
  });

  it('reads a command that stands alone as the parser does (property)', () => {
    const characters = fc.constantFrom('a', ' ', '"', '\\', '\n', 'é', '\u2028', '}', '$');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 8 }), fc.boolean(), (command, isSpaced) => {
        const text = JSON.stringify({ command });
        const raw = isSpaced ? text.replace(':', ': ') : text;
        expect(readArguments(raw)).toStrictEqual({ value: { command }, text: raw });
      }),
    );
  });

  it('takes an editor verb for no command', () => {
    expect(commandOf('str_replace_editor', { command: 'view', path: '/x' })).toBeUndefined();
  });
});
