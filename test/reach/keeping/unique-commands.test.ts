import { describe, expect, it } from 'vitest';
import type { ProcessEvent, ToolCallEvent } from '../../../src/model/event.ts';
import { runsUniqueCommand } from '../../../src/reach/keeping/unique-commands.ts';

const COMMAND = 'python3 -m pytest -q tests';

const call = (source: string, callId?: string, command = COMMAND): ToolCallEvent =>
  ({
    kind: 'tool-call',
    command,
    ref: { source, line: 1 },
    ...(callId === undefined ? {} : { callId }),
  }) as ToolCallEvent;
const exec = { kind: 'process', op: 'exec', args: ['bash', '-c', COMMAND] } as unknown as ProcessEvent;

describe('whether a process runs a command that only one call has', () => {
  it.each([
    ['one trace tells of it', [call('a', '1')], true],
    ['two traces tell of the one call', [call('a', '1'), call('b', '1')], true],
    ['one of them without its id', [call('a', '1'), call('log'), call('b', '1')], true],
    ['two calls have it', [call('a', '1'), call('a', '2')], false],
    ['two calls have it in two traces each', [call('a', '1'), call('b', '1'), call('a', '2'), call('b', '2')], false],
    ['two records without ids', [call('log'), call('log')], false],
    ['another has it', [call('a', '1', 'python3 -m pytest -q')], false],
  ])('%s', (_, calls, isUnique) => expect(runsUniqueCommand(calls)(exec)).toBe(isUnique));
});
