import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tryJson } from '../../src/core/json/json.ts';
import { sandboxLeases } from '../../src/core/products/rock.ts';
import { leaseReader } from '../../src/formats/rock-billing/sandbox.ts';

const ORIGIN = { format: 'f', ref: { source: 'a', line: 1, offset: 0, bytes: 1 } };
const stamps = ['2025-12-11T14:00:41+08:00', '2025-12-11T14:31:10+08:00', '', 'x', null];
const time = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom<unknown>(...stamps) },
  { weight: 1, arbitrary: fc.constant<unknown>(5) },
);
const text = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom<unknown>('10.20.3.41', 'default', '', 'né"w\\', 'null', null, '9f2c') },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(true, 12.5) },
);
const ports = fc.oneof(
  fc.constantFrom(null, [], 'x', {}),
  fc.dictionary(
    fc.constantFrom('22', '8080', 'a'),
    fc.constantFrom<unknown>(22, '22', 8080, 40101, '40101', null, 1e21, { '22': 1 }),
  ),
);
const history = fc.array(
  fc.record({ from_state: fc.constant('running'), to_state: fc.constantFrom('running', 'stopped'), timestamp: time }),
  { maxLength: 2 },
);

/** Members in any order, any of them absent. */
const records = fc
  .tuple(
    fc.record(
      {
        sandbox_id: fc.oneof(fc.constant('9f2c4e1ab7d04c65a3e8d1f05b6c7a12'), text),
        host_ip: text,
        host_name: text,
        image: text,
        create_time: time,
        start_time: time,
        stop_time: time,
        delete_time: time,
        phases: fc.constantFrom<unknown>(
          null,
          {},
          { docker_run: null },
          { docker_run: { completed_at: '2025-12-11T14:00:42+08:00' } },
        ),
        port_mapping: ports,
        labels: fc.constantFrom<unknown>({}, { a: 1 }, null),
        cpus: fc.constantFrom(2, 2.5),
      },
      { requiredKeys: ['sandbox_id'], noNullPrototype: true },
    ),
    fc.option(fc.record({ state_history: history }, { requiredKeys: [], noNullPrototype: true })),
    fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
  )
  .map(([record, status, order]) => {
    const members = Object.entries(status === null ? record : { ...record, status });
    return Object.fromEntries(
      members
        .map((member, i) => [order[i] ?? 0, member] as const)
        .sort((a, b) => a[0] - b[0])
        .map(([, member]) => member),
    );
  });

/** As Python writes it. */
const spaced = (record: object): string =>
  JSON.stringify(record, null, 1).replaceAll(/\n */g, ' ').replaceAll('{ ', '{').replaceAll(' }', '}');
const texts = fc
  .tuple(records, fc.boolean())
  .map(([record, isSpaced]) => (isSpaced ? spaced(record) : JSON.stringify(record)));
const mutated = fc
  .tuple(texts, fc.nat(), fc.constantFrom('', '"', ',', '0', '\\', '{', '"22": 1, '))
  .map(([it, n, sign]) => {
    const at = n % (it.length + 1);
    return it.slice(0, at) + sign + it.slice(at + 1);
  });

function parsed(line: string) {
  const info = tryJson(line);
  return info === undefined ? undefined : sandboxLeases(info, ORIGIN);
}

describe('sandbox records of a billing log', () => {
  it('give the leases that parsing them gives, whatever stood before (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(texts, texts, mutated), { maxLength: 8 }), (lines) => {
        const leasesIn = leaseReader();
        for (const line of [...lines, ...lines]) expect(leasesIn(line, ORIGIN)).toStrictEqual(parsed(line));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['{"22":40103,"22":22}', '{"22":40103,"\\u0032\\u0032":22}', '{"22":40103,"8080":8080}'])(
    'know of a port named twice the last: %s',
    (mapping) => {
      const line = `{"sandbox_id":"s","host_ip":"10.0.0.1","port_mapping":${mapping}}`;
      expect(leaseReader()(line, ORIGIN)).toStrictEqual(parsed(line));
    },
  );
});
