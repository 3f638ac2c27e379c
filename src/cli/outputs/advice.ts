import { commandFor } from '../../core/findings/findings.ts';
import type { Advice } from '../../model/advice.ts';
import type { NightFlows } from '../../model/policy.ts';
import type { Report } from '../../model/report.ts';
import { investigate, investigateThenRecall, type RunOptions } from '../../pipeline.ts';
import { shellQuote } from '../command-line/command-line.ts';
import type { Output } from './planned-outputs.ts';
import { rolloutFileOf } from './rollout-file.ts';

/** A report, and the connections of the same reading where an output needs them and they were kept. */
export interface Investigated {
  readonly report: Report;
  readonly flows?: NightFlows;
}

/** As `investigate`; connections are added up only for outputs that say what a policy would have broken. */
export async function investigateFor(outputs: readonly Output[], run: RunOptions): Promise<Investigated> {
  if (!outputs.some(({ format }) => 'advises' in format)) return { report: await investigate(run) };
  const { FlowTally } = await import('../../policy/tally.ts');
  const tallies: InstanceType<typeof FlowTally>[] = [];
  const report = await investigateThenRecall(run, (found) => {
    const tally = new FlowTally(found);
    tallies.push(tally);
    return (timed) => tally.add(timed);
  });
  const flows = tallies[0]?.result();
  return flows === undefined ? { report } : { report, flows };
}

interface Asking extends Pick<RunOptions, 'paths' | 'cwd'> {
  readonly flows: NightFlows | undefined;
  /** How the program was called. */
  readonly command: string;
}

/** What follows from a report. */
export async function adviceOf(report: Report, { flows, command, ...run }: Asking): Promise<Advice> {
  const { stepsThatShrink } = await import('../../quarantine/batches.ts');
  const { quarantineOf } = await import('../../quarantine/quarantine.ts');
  const { advisePolicy } = await import('../../policy/advice.ts');
  const quarantine = quarantineOf(report, 'likely');
  const rollouts = rolloutFileOf(report, run);
  const written = `${commandFor(command, 'policy', 'suggest')} --format nftables`;
  return {
    quarantine,
    batches: stepsThatShrink(report.rollouts, quarantine),
    ...(rollouts === undefined ? {} : { rollouts: shellQuote(rollouts) }),
    policy: flows === undefined ? { is: 'unknown' } : advisePolicy(report, flows, written),
  };
}
