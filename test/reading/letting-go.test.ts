import { expect, it } from 'vitest';
import { attribute } from '../../src/answer.ts';
import { correctClocks } from '../../src/correction.ts';
import * as pipeline from '../../src/pipeline.ts';
import { gather, type Keeping } from '../../src/reading/gather.ts';
import { allEvents } from '../../src/reading/store/evidence-store.ts';

const run = { paths: ['fixtures/rome/inputs'], cwd: process.cwd() };

async function eventsAround(keeping: Keeping): Promise<{ readonly before: number; readonly after: number }> {
  const gathered = await gather(run, keeping);
  const before = [...allEvents(gathered.store)].length;
  await attribute(gathered, run, correctClocks(gathered, run));
  const after = [...allEvents(gathered.store)].length;
  gathered.close();
  return { before, after };
}

it('what tables were made of is let go before violations are weighed, unless all events were asked for', async () => {
  const { before, after } = await eventsAround('reach');
  expect(after).toBeLessThan(before);
  const all = await eventsAround('all');
  expect(all).toEqual({ before, after: before });
});

it('those who ask for all events get them beside the report', async () => {
  const { report, events } = await pipeline.investigateWithEvents(run);
  expect(report.attributions.length).toBeGreaterThan(0);
  expect(new Set(events.map(({ event }) => event.kind))).toContain('network');
});
