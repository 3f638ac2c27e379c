import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/core/text/redact.ts';
import type { Attribution } from '../../src/model/attribution.ts';
import type { NetworkEvent } from '../../src/model/event.ts';
import type { Report } from '../../src/model/report.ts';
import { investigate } from '../../src/pipeline.ts';
import { outputFormats } from '../../src/report/index.ts';
import { hostileReport, optionsFor } from './hostile.ts';
import { ecsAlert, ocsfFinding, refsOf, stixBundle, timesketchRow } from './standards.ts';

const cwd = join(import.meta.dirname, '../..');

/** A violation of which little is known: `facts` of the attribution, `ends` of its event. */
function bare(facts: Partial<Attribution>, ends: Partial<NetworkEvent> = {}): Report {
  const report = hostileReport(1);
  const [one] = report.attributions as [Attribution];
  const event = { ...one.violation.event, ...ends } as NetworkEvent;
  return { ...report, attributions: [{ ...one, ...facts, violation: { ...one.violation, event } }] };
}

const reports: Readonly<Record<string, () => Promise<Report> | Report>> = {
  'fixtures/night': () => investigate({ paths: ['fixtures/night/inputs'], cwd }),
  'fixtures/rome': () => investigate({ paths: ['fixtures/rome/inputs'], cwd }),
  'hostile texts': () => hostileReport(20),
  'ports without addresses': () => bare({}, { src: { port: 4 }, dst: { port: 5 } }),
  'IPv6 addresses and no port': () => bare({}, { src: { ip: '2001:db8::7' }, dst: { ip: '2001:db8::9' } }),
  'a process by the id of its sensor alone': () => bare({ process: { entityId: '{0-1}' } }),
  'a process by its executable alone': () => bare({ process: { executable: '/usr/bin/curl' } }),
};

describe.each(Object.entries(reports))('%s', (_, made) => {
  const rows = async (id: string): Promise<readonly unknown[]> => {
    const text = await render(id);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  };
  async function render(id: string): Promise<string> {
    const format = outputFormats.find((entry) => entry.id === id);
    return [...((await format?.load())?.render(await made(), optionsFor(redact)) ?? [])].join('');
  }

  it('is a STIX 2.1 bundle whose references resolve', async () => {
    const { objects } = stixBundle.parse(JSON.parse(await render('stix')));
    const known = new Set(objects.map(({ id }) => id));
    expect(known.size).toBe(objects.length);
    expect(objects.flatMap(refsOf).filter((id) => !known.has(id))).toEqual([]);
  });

  it.each([
    ['ocsf', ocsfFinding],
    ['ecs', ecsAlert],
    ['timesketch', timesketchRow],
  ])('is %s, row by row', async (id, schema) => {
    const found = await rows(id);
    expect(found.length).toBeGreaterThan(0);
    for (const row of found) expect(schema.safeParse(row).error).toBeUndefined();
  });
});
