import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import { A, B, BYSTANDER, type Case, call, owner, process, SECOND, started, suspectsOf, told } from './told.ts';

describe('calls that name the destination', () => {
  const named = ['dst-in-arguments ip'];
  it.each<[string, Case, object]>([
    ['are suspected beside who lived then', { named: [A, B] }, { 'call|a': named, 'call|b': named, ...BYSTANDER }],
    [
      'are not the one that another started',
      { owners: [owner(process(7), started)], named: [B] },
      {
        'call|a': ['socket-owner tuple', 'process-lineage argv'],
        'call|b': [...named, 'process-excludes other-process'],
      },
    ],
    [
      'nor that with a rival',
      { owners: [owner(process(7), { ...started, rivals: [B] })], named: [B] },
      {
        'call|a': ['socket-owner tuple', 'process-lineage argv'],
        'call|b': ['socket-owner tuple', 'process-lineage argv-rival', ...named],
      },
    ],
    [
      'of another sandbox are out then',
      { owners: [owner(process(7), started)], named: [call('b', { sandboxId: 't' })] },
      { 'call|a': ['socket-owner tuple', 'process-lineage argv'] },
    ],
    [
      'of another sandbox are not out else',
      { named: [call('b', { sandboxId: 't' })] },
      { 'call|b': named, ...BYSTANDER },
    ],
    [
      'are doubted where a stranger runs another program',
      { owners: [owner(process(7, { comm: 'nc' }))], named: [B] },
      { 'call|b': [...named, 'process-excludes other-program'], 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'are not where it runs the one that they name',
      { owners: [owner(process(7, { comm: 'nc', exe: '/usr/bin/curl' }))], named: [B] },
      { 'call|b': named, 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'nor where it has no name',
      { owners: [owner(process(7))], named: [B] },
      { 'call|b': named, 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'nor where one of two runs it',
      { owners: [owner(process(7, { comm: 'nc' })), owner(process(8, { comm: 'curl' }))], named: [B] },
      { 'call|b': named, 'unknown|h|7': ['socket-owner tuple'], 'unknown|h|8': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'nor where the stranger may be of another flow',
      { owners: [owner(process(7, { comm: 'nc' }), {}, { isFirm: false })], named: [B] },
      { 'call|b': named, 'unknown|h|7': ['socket-owner apart'], ...BYSTANDER },
    ],
    [
      'nor where it is of the platform',
      { owners: [owner(process(7, { comm: 'nc' }), { platform: 'uid' })], named: [B] },
      { 'call|b': named, 'platform|h|7': ['socket-owner tuple', 'process-lineage platform-uid'], ...BYSTANDER },
    ],
    [
      'nor where they have no command',
      { owners: [owner(process(7, { comm: 'nc' }))], named: [call('b', { command: undefined } as Partial<Call>)] },
      { 'call|b': named, 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'are out where the stranger runs in another sandbox',
      { owners: [owner(process(7), { sandboxId: 't' }, { how: 'destination' })], named: [B], sandboxes: ['s', 't'] },
      {
        'call|b': [...named, 'process-excludes other-process'],
        'unknown|h|7': ['socket-owner destination'],
        ...BYSTANDER,
      },
    ],
    [
      'are not where one of two runs in theirs',
      {
        owners: [owner(process(7), { sandboxId: 't' }), owner(process(8), { sandboxId: 's' })],
        named: [B],
        sandboxes: ['s', 't'],
      },
      { 'call|b': named, 'unknown|h|7': ['socket-owner tuple'], 'unknown|h|8': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'nor where it asked the resolver, as everybody does',
      { owners: [owner(process(7), { sandboxId: 't' }, { how: 'resolver' })], named: [B], sandboxes: ['s', 't'] },
      { 'call|b': named, 'unknown|h|7': ['socket-owner resolver'], ...BYSTANDER },
    ],
    ['are out where they never ran', { named: [call('b', { executed: false })] }, BYSTANDER],
    ['are out on another host', { named: [call('b', { host: 'other' })] }, BYSTANDER],
    [
      'are not where a host is not known',
      { named: [call('b', { host: undefined } as Partial<Call>)] },
      { 'call|b': named, ...BYSTANDER },
    ],
    [
      'nor where that of the flow is not',
      { named: [call('b', { host: 'other' })], trail: { host: undefined } },
      { 'call|b': named, ...BYSTANDER },
    ],
    [
      'are out where they began later',
      { named: [call('b', { start: 102.000001 * SECOND } as Partial<Call>)] },
      BYSTANDER,
    ],
    [
      'may begin two seconds later',
      { named: [call('b', { start: 102 * SECOND } as Partial<Call>)] },
      { 'call|b': named, ...BYSTANDER },
    ],
    [
      'may begin later by a window, and by what clocks are off',
      {
        named: [call('b', { start: 108 * SECOND, earlyUs: SECOND } as Partial<Call>)],
        trail: { windowUs: 3 * SECOND, errorUs: 2 * SECOND },
      },
      { 'call|b': named, ...BYSTANDER },
    ],
    [
      'may have no time',
      { named: [call('b', { start: undefined } as Partial<Call>)] },
      { 'call|b': named, ...BYSTANDER },
    ],
  ])('%s', (_, one, expected) => {
    expect(told(one)).toEqual(expected);
  });

  it('are the nearest dozen', () => {
    const many = Array.from({ length: 20 }, (_, i) =>
      call(String(i + 10), { start: (100 - i) * SECOND } as Partial<Call>),
    );
    const keys = suspectsOf({ named: many }).map(({ key }) => key);
    expect(keys).toEqual([...many.slice(0, 12).map(({ key }) => `call|${key}`), 'episode|bystander']);
  });
});
