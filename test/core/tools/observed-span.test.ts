import { expect, it } from 'vitest';
import { toolSpanEvent } from '../../../src/core/tools/observed-span.ts';
import type { ToolCallEvent } from '../../../src/model/event.ts';

function executedWith(error: string | undefined): ToolCallEvent['executed'] {
  const ref = { source: 'x', line: 1, offset: 0, bytes: 1 };
  return toolSpanEvent({
    format: 'x',
    clock: 'start',
    record: { text: '', ref },
    episodeId: 'e',
    index: 0,
    callId: 'c',
    name: 'bash',
    input: { command: 'curl https://a.example' },
    start: undefined,
    end: undefined,
    error,
  }).executed;
}

it.each([
  'bash: /etc/shadow: Permission denied',
  'Command failed: u@192.0.2.9: Permission denied (publickey)',
  'curl: (22) The requested URL returned error: 403, request rejected',
  'the pull request awaits the approval of a maintainer',
  'connection to 192.0.2.9 was denied by the proxy',
  'CONNECT files.example:443: denied by policy',
  'Command failed with exit code 1: remote: action rejected',
  'exit status 3: requires approval',
])('takes %s for the words of a command that ran', (error) => expect(executedWith(error)).toBe('yes'));

it.each([
  'Tool call rejected',
  'Tool execution denied by policy',
  'The action was denied',
  'rejected by the user',
  'User rejected the command',
  'approval required',
  'This command requires approval',
])('takes %s for a refusal', (error) => expect(executedWith(error)).toBe('no'));

it.each(['cancelled by user', 'The tool run was aborted'])('cannot tell whether what was stopped ran: %s', (error) =>
  expect(executedWith(error)).toBe('unknown'),
);

it('takes a call without an error for one that ran', () => expect(executedWith(undefined)).toBe('yes'));
