import { describe, expect, it } from 'vitest';
import type { Origin } from '../../../src/correlate/processes/lineage.ts';
import type { Owner } from '../../../src/correlate/processes/owner.ts';
import { NO_PID, type Process } from '../../../src/correlate/processes/process.ts';
import { A, B, BYSTANDER, type Case, call, exec, owner, process, ref, started, suspectsOf, told } from './told.ts';

describe('the process of a flow', () => {
  const own = process(7);
  it.each<[string, Owner, Case, object]>([
    [
      'blames the call that started it, and nobody else',
      owner(own, started),
      {},
      { 'call|a': ['socket-owner tuple', 'process-lineage argv'] },
    ],
    [
      'over a parent without a record',
      owner(own, { ...started, closedBy: 'adopted' }),
      {},
      { 'call|a': ['socket-owner tuple', 'process-lineage argv-adopted'] },
    ],
    [
      'by its time alone',
      owner(own, { ...started, callBy: undefined }),
      {},
      { 'call|a': ['socket-owner tuple', 'process-lineage time'] },
    ],
    [
      'and less its rivals',
      owner(own, { ...started, rivals: [B] }),
      {},
      {
        'call|a': ['socket-owner tuple', 'process-lineage argv'],
        'call|b': ['socket-owner tuple', 'process-lineage argv-rival'],
      },
    ],
    [
      'and none more than another where their times do not tell',
      owner(own, { ...started, rivals: [call('b', { timing: 'inferred' })] }),
      {},
      {
        'call|a': ['socket-owner tuple', 'process-lineage argv-rival'],
        'call|b': ['socket-owner tuple', 'process-lineage argv-rival'],
      },
    ],
    [
      'is doubted where it may be of another flow',
      owner(own, started, { isFirm: false }),
      {},
      { 'call|a': ['socket-owner apart', 'process-lineage unsure'], ...BYSTANDER },
    ],
    [
      'is not where the host itself sent it',
      owner(own, started, { isFirm: false }),
      { trail: { hostOwned: true } },
      { 'call|a': ['socket-owner apart', 'process-lineage argv'], ...BYSTANDER },
    ],
    [
      'may be of the platform',
      owner(own, { platform: 'uid' }),
      {},
      { 'platform|h|7': ['socket-owner tuple', 'process-lineage platform-uid'], ...BYSTANDER },
    ],
    [
      'of the platform is doubted as well',
      owner(own, { platform: 'parent' }, { isFirm: false }),
      {},
      { 'platform|h|7': ['socket-owner apart', 'process-lineage unsure'], ...BYSTANDER },
    ],
    [
      'is of the host where that sent it, and no sandbox is known',
      owner(own),
      { trail: { hostOwned: true } },
      { 'platform|h|7': ['socket-owner tuple', 'process-lineage platform-host'], ...BYSTANDER },
    ],
    [
      'is none of the host in a sandbox',
      owner(own, { sandboxId: 's' }),
      { trail: { hostOwned: true } },
      { 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    ['is a stranger elsewhere', owner(own), {}, { 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER }],
    [
      'blames an episode without calls that held its sandbox',
      owner(own, { sandboxId: 's', untraced: true }),
      { holder: 'e' },
      { 'episode|e': ['socket-owner tuple', 'process-lineage untraced'], ...BYSTANDER },
    ],
    [
      'doubts it where it may be of another flow',
      owner(own, { sandboxId: 's', untraced: true }, { isFirm: false }),
      { holder: 'e' },
      { 'episode|e': ['socket-owner apart', 'process-lineage unsure'], ...BYSTANDER },
    ],
    [
      'not an episode with calls',
      owner(own, { sandboxId: 's' }),
      { holder: 'e' },
      { 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'nor where an earlier one may have left it',
      owner(own, { sandboxId: 's', untraced: true }),
      { holder: 'e', mayBeEarlier: true },
      { 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'nor where nobody held it',
      owner(own, { sandboxId: 's', untraced: true }),
      {},
      { 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
  ])('%s', (_, one, more, expected) => {
    expect(told({ owners: [one], ...more })).toEqual(expected);
  });

  it('is no second reason where its arguments and those of the call name the destination', () => {
    const byArguments = owner(own, started, { how: 'exec-arguments' });
    const facts = ['process-lineage argv', 'dst-in-arguments ip'];
    expect(told({ owners: [byArguments], named: [A] })).toEqual({ 'call|a': facts });
    expect(told({ owners: [byArguments], said: [A] })).toEqual({
      'call|a': ['dst-in-arguments exec', 'process-lineage argv', 'dst-in-arguments said'],
    });
    expect(told({ owners: [owner(own, started)], named: [A] })).toEqual({ 'call|a': ['socket-owner tuple', ...facts] });
  });

  it('tells of a call that is not recorded, by the command that the sandbox was given', () => {
    const top = process(5, { execs: [exec('ls'), exec('curl 192.0.2.9')] });
    const facts = (origin: Partial<Origin>, isFirm = true) =>
      told({
        owners: [owner(own, { sandboxId: 's', chain: [own, top], closedBy: 'root-pid', ...origin }, { isFirm })],
      })['unknown|h|7'];
    expect(facts({})).toEqual(['socket-owner tuple', 'dst-in-arguments exec']);
    expect(facts({ closedBy: 'container' })).toEqual(['socket-owner tuple']);
    expect(facts({ chain: [top, own] })).toEqual(['socket-owner tuple']);
    expect(facts({}, false)).toEqual(['socket-owner apart']);
  });

  it('is named by what it ran last, else by what is known of it', () => {
    const of = (facts: Partial<Process>, pid = 7) => suspectsOf({ owners: [owner(process(pid, facts))] }).at(-1);
    const execs = [exec('ls'), exec('curl x')];
    expect(of({ execs, exe: '/bin/sh' })?.process).toEqual({
      pid: 7,
      host: 'h',
      executable: '/bin/curl',
      commandLine: 'curl x',
      ref: ref('exec'),
    });
    expect(of({ exe: '/bin/sh', comm: 'sh' })?.process).toEqual({
      pid: 7,
      host: 'h',
      executable: '/bin/sh',
      ref: ref('process 7'),
    });
    expect(of({ comm: 'sh' })?.process).toMatchObject({ executable: 'sh' });
    expect(of({ entityId: 'guid' }, NO_PID)).toMatchObject({
      key: 'unknown|h|guid',
      process: { entityId: 'guid', host: 'h' },
    });
  });

  it('is one suspect with all that its sockets tell', () => {
    const owners = [owner(own, started), owner(own, started, { how: 'destination', distanceUs: 0 })];
    expect(told({ owners })).toEqual({
      'call|a': ['socket-owner tuple', 'process-lineage argv', 'socket-owner destination'],
    });
  });
});
