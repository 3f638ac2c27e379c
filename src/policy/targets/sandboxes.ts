import { commented, type Plan, remarks, type Target } from './target.ts';

const NAMES_ONLY =
  'It knows names only and denies everything that is not listed; addresses and ports cannot be told apart.';

/** gh-aw-firewall: the file of `--allow-domains-file`. A name there stands for itself and everything below it. */
export const awf: Target = {
  id: 'awf',
  title: 'awf',
  modes: ['allow'],
  scope: 'all',
  limits: ['Use: sudo awf --allow-domains-file FILE -- COMMAND', NAMES_ONLY],
  can: ({ domain }) => domain !== undefined,
  write: (plan) => `${[commented(remarks(plan, awf)), ...namesOf(plan)].join('\n')}\n`,
};

/** Sandbox Runtime settings (`srt --settings FILE`): `*.name` stands for what is below a name, not for the name. */
export const srt: Target = {
  id: 'srt',
  title: 'srt',
  modes: ['allow'],
  scope: 'all',
  limits: [
    'Use: srt --settings FILE COMMAND. Merge your own filesystem section; remove the remarks if your version minds them.',
    NAMES_ONLY,
  ],
  can: ({ domain }) => domain !== undefined,
  write: (plan) => {
    const allowedDomains = namesOf(plan).flatMap((name) => [name, `*.${name}`]);
    const settings = {
      '//': remarks(plan, srt),
      network: { allowedDomains, deniedDomains: [] },
      filesystem: { denyRead: [], allowWrite: ['.'], denyWrite: [] },
    };
    return `${JSON.stringify(settings, undefined, 2)}\n`;
  },
};

function namesOf({ expressed }: Plan): readonly string[] {
  return expressed.flatMap(({ rule }) => rule.domain ?? []).sort();
}
