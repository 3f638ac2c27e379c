import { join } from 'node:path';
import type { NightFlows } from '../../src/model/policy.ts';
import type { Report } from '../../src/model/report.ts';
import { investigateThenReplay } from '../../src/pipeline.ts';
import { FlowTally } from '../../src/policy/tally.ts';

const root = join(import.meta.dirname, '../..');

interface Night {
  readonly report: Report;
  readonly flows: NightFlows;
}

const known = new Map<string, Promise<Night>>();

/** The report of a bundled night and its connections, read once for all tests of a worker. */
export function night(name: 'rome' | 'night'): Promise<Night> {
  const found = known.get(name) ?? readNight(name);
  known.set(name, found);
  return found;
}

async function readNight(name: string): Promise<Night> {
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
