import { join } from 'node:path';
import type { NightFlows } from '../../src/model/policy.ts';
import type { Report } from '../../src/model/report.ts';
import { investigateThenReplay } from '../../src/pipeline.ts';
import { FlowTally } from '../../src/policy/tally.ts';

const root = join(import.meta.dirname, '../..');

/** The report of a bundled night and its connections. */
export async function night(name: 'rome' | 'night'): Promise<{ report: Report; flows: NightFlows }> {
  const tallies: FlowTally[] = [];
  const report = await investigateThenReplay({ paths: [`fixtures/${name}/inputs`], cwd: root }, (found) => {
    const tally = new FlowTally(found);
    tallies.push(tally);
    return (timed) => tally.add(timed);
  });
  const [tally] = tallies;
  if (tally === undefined) throw new Error('nothing was replayed');
  return { report, flows: tally.result() };
}
