import { expect, it } from 'vitest';
import { evenlyShared } from '../../src/attribute/even.ts';
import type { Suspect } from '../../src/model/case.ts';
import { fact } from './fact.ts';

const AT_MOMENT = fact('socket-owner', 'destination');

type Share = readonly [process: object | undefined, probability: number, facts?: Suspect['facts']];

/** Probabilities as they are shared. */
const shared = (shares: readonly Share[]): readonly number[] =>
  evenlyShared(
    shares.map(([process, probability, facts = [AT_MOMENT]]) => ({
      suspect: { process, facts } as unknown as Suspect,
      probability,
    })),
  ).map(({ probability }) => probability);

const [a, b] = [
  { host: 'h', pid: 1 },
  { host: 'h', pid: 2 },
];

it.each<[string, readonly Share[], readonly number[]]>([
  [
    'two processes of one moment have equal shares',
    [
      [a, 0.75],
      [b, 0.25],
    ],
    [0.5, 0.5],
  ],
  [
    'who is no process keeps its own',
    [
      [a, 0.5],
      [b, 0.25],
      [undefined, 0.25],
    ],
    [0.375, 0.375, 0.25],
  ],
  [
    'calls of one process share what is its own as before',
    [
      [a, 0.5],
      [a, 0.25],
      [b, 0.25],
    ],
    [(0.5 * 0.5) / 0.75, (0.25 * 0.5) / 0.75, 0.5],
  ],
  [
    'of one pid on two hosts are two',
    [
      [a, 0.75],
      [{ host: 'i', pid: 1 }, 0.25],
    ],
    [0.5, 0.5],
  ],
  [
    'without pids their ids tell them apart',
    [
      [{ entityId: 'x' }, 0.75],
      [{ entityId: 'y' }, 0.25],
    ],
    [0.5, 0.5],
  ],
  [
    'one alone keeps its own',
    [
      [a, 0.75],
      [undefined, 0.25],
    ],
    [0.75, 0.25],
  ],
  [
    'one that cannot be has none',
    [
      [a, 1],
      [b, 0],
    ],
    [1, 0],
  ],
  [
    'whose port is known keeps its own',
    [
      [a, 0.75, [fact('socket-owner', 'tuple')]],
      [b, 0.25],
    ],
    [0.75, 0.25],
  ],
  [
    'what else speaks for one changes nothing',
    [
      [a, 0.75, [fact('process-lineage', 'x'), AT_MOMENT]],
      [b, 0.25],
    ],
    [0.5, 0.5],
  ],
  [
    'whose call names the destination keeps its own',
    [
      [a, 0.75, [fact('dst-in-arguments', 'destination')]],
      [b, 0.25],
    ],
    [0.75, 0.25],
  ],
  [
    'whom something excludes keeps its own',
    [
      [a, 0.75],
      [b, 0.25, [AT_MOMENT, fact('lease-excludes', 'x')]],
    ],
    [0.75, 0.25],
  ],
])('%s', (_, shares, expected) => expect(shared(shares)).toEqual(expected));
