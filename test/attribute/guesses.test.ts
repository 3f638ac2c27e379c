import { expect, it } from 'vitest';
import { type Decided, decide } from '../../src/attribute/decide.ts';
import type { Fact, Suspect } from '../../src/model/case.ts';
import { fact } from './fact.ts';

const OWNER = fact('socket-owner', 'snapshot');
const LEASE = fact('lease', 'only');

function decided(...facts: readonly Fact[]): Decided {
  const suspect: Suspect = { key: 'call|1', kind: 'call', episode: { id: 'ep-1' }, process: { pid: 7 }, facts };
  return decide({ shared: [], suspects: [suspect], sandboxes: ['sb-1'], missing: [] });
}

it('names nobody on a parent guessed by its pid whose call was guessed by its time', () => {
  const lineage = fact('process-lineage', 'time-adopted');
  expect(decided(OWNER, lineage, LEASE).verdict).toBe('unattributed');
  expect(decided(OWNER, lineage, LEASE, fact('dst-in-arguments', 'ip')).verdict).toBe('likely');
  expect(decided(OWNER, fact('process-lineage', 'time'), LEASE).verdict).toBe('likely');
});

it('names nobody where the trace and the leases disagree on whose call it is, and says so', () => {
  const contradiction = fact('lease-excludes', 'other-episode');
  const answer = decided(fact('socket-owner', 'tuple'), fact('process-lineage', 'argv'), LEASE, contradiction);
  expect(answer).toMatchObject({ verdict: 'ambiguous', reason: contradiction.says });
  expect(answer.episode).toBeUndefined();
});

it('says that several episodes of a sandbox left no trace, where nothing tells which of them it was', () => {
  const grounds = { shared: [], suspects: [], sandboxes: ['sb-1'], missing: [] };
  const answer = decide({ ...grounds, untraced: { sandboxId: 'sb-1', mayBeEarlier: true } });
  expect(answer.untraced).toEqual({ sandboxId: 'sb-1' });
  expect(answer.reason).toBe('sandbox sb-1 is known, but several episodes that held it have no trace');
});
