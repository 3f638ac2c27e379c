import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { investigate } from '../../../src/pipeline.ts';
import { discover } from '../../../src/sources/files/discover.ts';
import { findInputs } from '../../../src/sources/inputs/inputs.ts';
import { newFolder, readAll, readStored } from '../files.ts';
import { tarOf } from '../tars.ts';

/** Another engine's writer: what it writes is what warehouses write. */
async function write(query: string, options = ''): Promise<{ folder: string; name: string; bytes: Buffer }> {
  const folder = newFolder();
  const path = join(folder, 'rows.parquet');
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run(`copy (${query}) to '${path.replaceAll("'", "''")}' (format parquet${options})`);
  connection.closeSync();
  return { folder, name: 'rows.parquet', bytes: readFileSync(path) };
}

async function rowsOf(query: string, options = ''): Promise<unknown[]> {
  const { bytes } = await write(query, options);
  const { text, log } = await readStored(bytes, 'rows.parquet');
  expect(log).toMatchObject({ compression: 'parquet', problems: [], storedBytes: bytes.length });
  expect(await log.sha256).toMatch(/^[0-9a-f]{64}$/);
  return linesOf(text);
}

const linesOf = (text: string): unknown[] => text.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)));

describe('a Parquet file', () => {
  it.each(['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli'])(
    'packed with %s is read as JSON lines',
    async (codec) => {
      const query = `select i::int as n, 'row ' || i as "text" from range(3) t(i)`;
      expect(await rowsOf(query, `, codec ${codec}`)).toEqual([0, 1, 2].map((n) => ({ n, text: `row ${n}` })));
    },
  );

  it.each([
    ['a large number', `9007199254740993::bigint`, '9007199254740993'],
    ['a time', `timestamptz '2026-03-02 10:00:00.123456+00'`, '2026-03-02T10:00:00.123456Z'],
    ['nanoseconds', `timestamp_ns '2026-03-02 10:00:00.123456789'`, '2026-03-02T10:00:00.123456789'],
    ['a local time', `timestamp '2026-03-02 10:00:00'`, '2026-03-02T10:00:00.000000'],
    ['a time before 1970', `timestamptz '1969-12-31 23:59:59.5+00'`, '1969-12-31T23:59:59.500000Z'],
    ['a day', `date '2026-03-02'`, '2026-03-02'],
    ['nothing', 'null::int', null],
    ['JSON', `'{"a":[1]}'::json`, { a: [1] }],
    ['a list of structures', `[{'role': 'user', 'content': 'hi'}]`, [{ role: 'user', content: 'hi' }]],
  ])('gives %s as it is', async (_, expression, expected) => {
    expect(await rowsOf(`select ${expression} as value`)).toEqual([{ value: expected }]);
  });

  it('is read one row group after the other, in order', async () => {
    const rows = await rowsOf('select i::int as n from range(5000) t(i)', ', row_group_size 2048');
    expect(rows).toEqual(Array.from({ length: 5000 }, (_, n) => ({ n })));
  });

  it('is read inside an archive', async () => {
    const { folder, bytes } = await write('select 1::int as n');
    writeFileSync(join(folder, 'dump.zip'), zipSync({ 'rows.parquet': bytes, 'note.txt': strToU8('x') }));
    const member = discover(['dump.zip'], folder).inputs.find(({ path }) => path.endsWith('rows.parquet'));
    expect(member && linesOf((await readAll(member)).text)).toEqual([{ n: 1 }]);
  });

  it.each([
    ['night.tar', (bytes: Buffer) => bytes],
    ['night.tgz', gzipSync],
  ])('in %s is read where it lies', async (name, packed) => {
    const { folder, bytes } = await write('select i::int as n from range(3) t(i)');
    writeFileSync(
      join(folder, name),
      packed(
        tarOf([
          { name: 'first.log', text: 'x' },
          { name: 'rows.parquet', text: bytes },
        ]),
      ),
    );
    const member = (await findInputs([name], folder)).inputs.find(({ path }) => path.endsWith('rows.parquet'));
    if (member === undefined) throw new Error('no member');
    const { text, log } = await readAll(member);
    expect([linesOf(text), log.problems]).toEqual([[{ n: 0 }, { n: 1 }, { n: 2 }], []]);
  });

  it('says so when it is cut or damaged, and gives what came before', async () => {
    const { bytes } = await write('select i::int as n from range(5000) t(i)', ', row_group_size 2048, codec gzip');
    const cut = await readStored(bytes.subarray(0, bytes.length - 9), 'rows.parquet');
    expect(cut.log.problems).toMatchObject([{ severity: 'error', code: 'parquet-broken' }]);
    const damaged = Buffer.from(bytes);
    damaged.fill(0xff, Math.floor(bytes.length * 0.7), Math.floor(bytes.length * 0.75));
    const { text, log } = await readStored(damaged, 'rows.parquet');
    expect(log.problems).toMatchObject([{ code: 'parquet-broken' }]);
    expect(linesOf(text).length).toBeGreaterThanOrEqual(2048);
  });

  it('of flows and of rollouts goes to the readers of such tables', async () => {
    const { folder, bytes } = await write(`select 2 as version, '123456789010' as account_id, 'eni-0a1' as interface_id,
      '192.0.2.10' as srcaddr, '198.51.100.7' as dstaddr, 50001 as srcport, 3333 as dstport, 6 as protocol, 3 as packets,
      180 as bytes, 1772445600 as "start", 1772445660 as "end", 'REJECT' as action, 'OK' as log_status`);
    mkdirSync(join(folder, 'flows'));
    writeFileSync(join(folder, 'flows', 'vpc.parquet'), bytes);
    const report = await investigate({ paths: [join(folder, 'flows')], cwd: folder });
    expect(report.inputs).toMatchObject([{ format: 'aws-vpcflow', records: { read: 1, decoded: 1 } }]);
    expect(report.attributions).toMatchObject([{ violation: { event: { dst: { ip: '198.51.100.7', port: 3333 } } } }]);
  });
});
