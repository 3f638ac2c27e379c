import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CallColumns, type CallLog } from '../../../src/core/calls/columns.ts';
import { Uint32List } from '../../../src/core/packed/uint32-list.ts';
import { type Draft, draftCalls } from '../../../src/correlate/episodes/draft-calls.ts';
import type { ToolCallEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import { timeOf } from '../../event-time.ts';

interface Some {
  readonly episode: number;
  readonly index: number;
  readonly id: string | undefined;
  readonly sandbox: string | undefined;
  readonly source: string;
  readonly format: string;
}

function call({ episode, index, id, sandbox, source, format }: Some): ToolCallEvent {
  const at = 1_795_464_000_000_000 as Micros;
  return {
    kind: 'tool-call',
    format,
    clock: 'x',
    time: timeOf(at, 'request-start'),
    ref: { source, line: 1, offset: 0, bytes: 1 },
    episodeId: `episode ${episode}`,
    index,
    name: 'bash',
    startBasis: 'recorded',
    endBasis: 'none',
    slack: { earlyUs: 0, lateUs: 0 },
    executed: 'yes',
    trust: 'outside',
    ...(id === undefined ? {} : { callId: id }),
    ...(sandbox === undefined ? {} : { sandboxId: sandbox }),
  };
}

/** Two of the episodes have one draft, as where one is the alias of the other. */
function drafted(calls: CallLog): object {
  const drafts = new Map<string, Draft>();
  const sources = draftCalls(calls, (id) => {
    const name = id === 'episode 1' ? 'episode 0' : id;
    const draft = drafts.get(name) ?? {
      id: name,
      rank: 9,
      aliases: [],
      events: [],
      calls: new Uint32List(),
      seen: undefined,
      sandboxes: new Set(),
      leases: undefined,
    };
    drafts.set(name, draft);
    return draft;
  });
  return {
    sources,
    drafts: [...drafts.values()].map((draft) => ({ ...draft, calls: [...draft.calls.toArray()] })),
  };
}

it('calls in columns, of which most are only counted, are drafted as by a look at each (property)', () => {
  const some = fc.record({
    episode: fc.nat({ max: 3 }),
    index: fc.nat({ max: 9 }),
    id: fc.constantFrom('call_1', '0123456789abcdef', undefined),
    sandbox: fc.constantFrom('rock-1', 'rock-2', undefined, undefined, undefined),
    source: fc.constantFrom('a', 'a', 'a', 'b'),
    format: fc.constantFrom('x', 'x', 'x', 'y'),
  });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 60 }), (list) => {
      const calls = list.map(call);
      const columns = new CallColumns();
      for (const event of calls) columns.push(event);
      expect(drafted(columns)).toStrictEqual(drafted(calls));
    }),
    { numRuns: 300 },
  );
});
