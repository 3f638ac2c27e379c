import { expect, it } from 'vitest';
import { openProcessMissing } from '../../../src/correlate/missing/missing.ts';
import type { ProcessTable } from '../../../src/correlate/processes/processes.ts';

const table = { hasHost: (host: string | undefined) => host === 'a' } as unknown as ProcessTable;

it('says which records of the host would name a process, and says the same list again', () => {
  const missing = openProcessMissing(table, undefined);
  expect(missing({ host: 'a' })).toEqual([
    'a connect record on a for this flow (its process telemetry has none at that moment)',
  ]);
  expect(missing({ host: undefined })).toEqual([
    'process telemetry of the host with connect records (auditd connect, Tetragon, ss) at that moment',
  ]);
  expect(missing({ host: 'b' })[0]).toMatch(/^process telemetry of b/);
  expect(missing({ host: 'a' })).toBe(missing({ host: 'a' }));
});

it('says so where records were too many', () => {
  const missing = openProcessMissing(table, 90_000_000);
  expect([{ host: 'a' }, { host: undefined }].map((trail) => missing(trail)[1])).toEqual([
    'process records of a from more than 90 s before: they are there, but too many for the memory allowed (--memory)',
    'process records of the hosts from more than 90 s before: they are there, but too many for the memory allowed (--memory)',
  ]);
});
