import { describe, expect, it } from 'vitest';
import type { Call, EpisodeTable } from '../../src/correlate/episodes.ts';
import { MentionTable } from '../../src/correlate/mentions.ts';

const tableOf = (command: string): MentionTable =>
  new MentionTable({
    episodes: new Map([['e', { calls: [{ command } as Call] }]]),
  } as unknown as EpisodeTable);

describe('a call names a domain', () => {
  it.each([
    ['as it stands', 'curl relay.example.co.uk', 'relay.example.co.uk', 1],
    ['by a parent', 'dig @ns t.relay.example', 'chunk7.t.relay.example', 1],
    ['by the part that is not generated', 'dig $l.$i.9491.t.relay.example', 'aa.1.9491.t.relay.example', 1],
    ['not by a sibling under a public suffix', 'curl docs.example.co.uk', 'unrelated.co.uk', 0],
    ['not by a child', 'curl docs.relay.example', 'relay.example', 0],
    ['not by a sibling', 'curl docs.relay.example', 'pool.relay.example', 0],
  ])('%s', (_, command, name, calls) => {
    expect(tableOf(command).ofDomain(name)).toHaveLength(calls);
  });
});
