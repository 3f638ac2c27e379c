import { plural } from '../core/findings/findings.ts';
import type { FlaggedEpisode, Gap } from '../model/quarantine.ts';
import type { Report } from '../model/report.ts';

/** Everything that keeps the list from being complete, the gravest first. */
export function gapsOf(report: Report, flagged: readonly FlaggedEpisode[]): readonly Gap[] {
  const gaps = [
    undecided(report, flagged),
    untraced(report),
    silent(report),
    unread(report),
    broken(report),
    filtered(report),
  ];
  return [...gaps, ...unknowns(flagged)].filter(({ count }) => count > 0);
}

function undecided({ attributions }: Report, flagged: readonly FlaggedEpisode[]): Gap {
  const open = attributions.filter(({ verdict }) => verdict === 'ambiguous' || verdict === 'unattributed');
  const listed = new Set(flagged.map(({ rollout }) => rollout.episode));
  const suspects = new Set(
    open.flatMap(({ candidates, unlisted, untraced: from }) =>
      [
        from?.episodeId ?? [],
        ...[...candidates, ...(unlisted?.suspects ?? [])].map(({ episode }) => episode?.id ?? []),
      ].flat(),
    ),
  );
  const episodes = [...suspects].filter((id) => !listed.has(id)).sort();
  const count = open.length;
  const suspected = episodes.length === 0 ? '' : `; suspected and not on the list: ${some(episodes)}`;
  return {
    code: 'violations-undecided',
    count,
    says: `${plural(count, 'violation')} cannot be laid on one episode; who caused ${count === 1 ? 'it' : 'them'} may be missing here${suspected}`,
    episodes,
  };
}

/** Sandboxes that violations came from and whose episodes left no trace. */
function untraced({ attributions }: Report): Gap {
  const sandboxes = new Set(
    attributions.flatMap(({ untraced: from }) =>
      from === undefined
        ? []
        : [from.episodeId === undefined ? from.sandboxId : `${from.sandboxId} (${from.episodeId})`],
    ),
  );
  return {
    code: 'sandboxes-untraced',
    count: sandboxes.size,
    says: `violations came from ${plural(sandboxes.size, 'sandbox', 'sandboxes')} whose episode left no trace: ${some([...sandboxes].sort())}`,
  };
}

function silent({ rollouts }: Report): Gap {
  const count = rollouts.filter(({ toolCalls, dropped }) => toolCalls === 0 && !dropped).length;
  return {
    code: 'traces-missing',
    count,
    says: `${count} of ${plural(rollouts.length, 'episode')} left no tool call in the records and cannot be blamed by one`,
  };
}

function unread({ inputs }: Report): Gap {
  const count = inputs.reduce((sum, { records }) => sum + records.failed, 0);
  return { code: 'records-unread', count, says: `${plural(count, 'record')} could not be read` };
}

function broken({ inputs, problems }: Report): Gap {
  const unknown = inputs.filter(({ format, bytes }) => format === undefined && bytes > 0);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const names = [...unknown.map(({ path }) => path), ...errors.map(({ message }) => message)];
  return {
    code: 'inputs-unread',
    count: names.length,
    says: `${plural(names.length, 'input')} could not be read whole: ${some(names)}`,
  };
}

function filtered({ rollouts }: Report): Gap {
  const names = rollouts.filter(({ dropped }) => dropped).map(({ episode }) => episode);
  return {
    code: 'groups-filtered',
    count: names.length,
    says: `the trainer filtered ${some(names)}, and does not say which episodes these were`,
  };
}

function unknowns(flagged: readonly FlaggedEpisode[]): readonly Gap[] {
  const lacking = (lacks: (entry: FlaggedEpisode) => boolean): number => flagged.filter(lacks).length;
  const of = (count: number): string => `${count} of ${plural(flagged.length, 'quarantined episode')}`;
  const group = lacking(({ rollout, consumed }) => rollout.group === undefined && consumed.is !== 'no');
  const step = lacking(({ consumed }) => consumed.is === 'unknown');
  const disputed = lacking(({ rollout }) => rollout.disputed !== undefined);
  const reward = lacking(({ rewarded }) => rewarded === 'unknown');
  return [
    {
      code: 'group-unknown',
      count: group,
      says: `no record names the prompt group of ${of(group)}: its members are unknown`,
    },
    { code: 'step-unknown', count: step, says: `no record says at which step, or whether, training used ${of(step)}` },
    {
      code: 'names-disputed',
      count: disputed,
      says: `records of ${of(disputed)} differ in run, step or outcome: several rollouts may bear one name`,
    },
    { code: 'reward-unknown', count: reward, says: `no record states the reward of ${of(reward)}` },
  ];
}

const SHOWN = 4;

function some(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
