import fc from 'fast-check';
import { expect, it } from 'vitest';
import { extrasOf } from '../../../src/core/calls/chunk.ts';
import { plainlySaid, quotedArguments, saidInQuotes } from '../../../src/core/tools/quoted-said.ts';
import { SPAN_SLACK, toolCallEvent } from '../../../src/core/tools/tool-call.ts';
import type { Micros } from '../../../src/model/time.ts';

const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);
const instant = { stamp: { at: 1 as Micros, zone: 'epoch', stepUs: 1 }, raw: '1' } as const;

/** The call as its decoder makes it. */
function called(tool: string, body: string) {
  return toolCallEvent({
    format: 'x',
    clock: 'x',
    ref: { source: 'x', line: 0, offset: 0, bytes: 0 },
    episodeId: 'one',
    index: 0,
    name: tool,
    arguments: quotedArguments(body),
    start: instant,
    end: instant,
    slack: SPAN_SLACK,
    executed: 'yes',
    trust: 'outside',
  });
}

const commands = fc.constantFrom('ls', 'sleep 9 &', 'nohup x', 'é\n"a"', 'a && b', '');
const members = fc.record(
  {
    command: commands,
    code: commands,
    path: commands,
    background: fc.constantFrom(true, false, 'true'),
    input: fc.anything(),
  },
  { requiredKeys: [] },
);
const bodies = fc.oneof(
  members.map((args) => quoted(JSON.stringify(args))),
  members.map((args) => quoted(JSON.stringify({ kwargs: args }))),
  members.map((args) => quoted(JSON.stringify(args).slice(0, -1))),
  commands.map(quoted),
);

it('what arguments in quotes say is what their call says, plainly where nothing else follows from them (property)', () => {
  fc.assert(
    fc.property(bodies, fc.constantFrom('bash', 'edit'), (body, tool) => {
      const { command, argumentsText, ...event } = called(tool, body);
      expect({ ...saidInQuotes(tool, body) }).toEqual(JSON.parse(JSON.stringify({ command, argumentsText })));
      const isPlain = extrasOf({ ...event }) === undefined && quotedArguments(body) !== undefined;
      expect(plainlySaid(tool, body)).toStrictEqual(isPlain ? saidInQuotes(tool, body) : undefined);
    }),
    { numRuns: 1000 },
  );
});
