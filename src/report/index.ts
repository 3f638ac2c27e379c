import type { Reporter } from '../model/reporter.ts';

/** One output format of `-o`; its code is loaded only when it is asked for. */
export interface OutputFormat {
  readonly id: string;
  /** Endings of file names that mean this format; the longest that fits wins. */
  readonly endings: readonly string[];
  readonly describes: string;
  /** It shows raw lines, so the originals are read again for it. */
  readonly quotes?: true;
  /** It marks what the baseline accepts; any other is given the report without it, and counts it. */
  readonly marksAccepted?: true;
  /** It states the SHA-256 of the inputs. */
  readonly hashes?: true;
  /** It shows what follows from the report: episodes to quarantine, the policy that would have helped. */
  readonly advises?: true;
  readonly load: () => Promise<Reporter>;
}

export const outputFormats: readonly OutputFormat[] = [
  {
    id: 'json',
    hashes: true,
    endings: ['.json', '.ndjson', '.jsonl'],
    describes: 'the records of --json',
    marksAccepted: true,
    load: async () => {
      const { jsonLines } = await import('./json/index.ts');
      return { id: 'json', render: (report, { clean }) => jsonLines(report, clean) };
    },
  },
  {
    id: 'markdown',
    hashes: true,
    endings: ['.md', '.markdown'],
    describes: 'incident report',
    quotes: true,
    load: async () => (await import('./markdown/index.ts')).markdown,
  },
  {
    id: 'github-summary',
    endings: [],
    describes: 'the worst ten for $GITHUB_STEP_SUMMARY',
    quotes: true,
    load: async () => (await import('./markdown/index.ts')).githubSummary,
  },
  {
    id: 'sarif',
    hashes: true,
    endings: ['.sarif', '.sarif.json'],
    describes: 'SARIF 2.1.0 for code scanning',
    marksAccepted: true,
    load: async () => (await import('./sarif/index.ts')).sarif,
  },
  {
    id: 'html',
    hashes: true,
    endings: ['.html', '.htm'],
    describes: 'one self-contained page, works offline',
    quotes: true,
    advises: true,
    load: async () => (await import('./html/index.ts')).htmlPage,
  },
  {
    id: 'junit',
    endings: ['.junit.xml', '.xml'],
    describes: 'JUnit XML: one case a violation',
    marksAccepted: true,
    load: async () => (await import('./junit/index.ts')).junit,
  },
  {
    id: 'github',
    endings: [],
    describes: 'GitHub annotations: the worst ten',
    load: async () => (await import('./github/index.ts')).github,
  },
  {
    id: 'gitlab',
    endings: ['.gitlab.json', 'gl-code-quality-report.json'],
    describes: 'GitLab code quality',
    load: async () => (await import('./gitlab/index.ts')).gitlab,
  },
  {
    id: 'ocsf',
    endings: ['.ocsf.ndjson', '.ocsf.json', '.ocsf.jsonl', '.ocsf'],
    describes: 'OCSF Detection Finding (2004), one a line',
    marksAccepted: true,
    load: async () => (await import('./ocsf/index.ts')).ocsf,
  },
  {
    id: 'stix',
    hashes: true,
    endings: ['.stix.json', '.stix'],
    describes: 'STIX 2.1 bundle',
    load: async () => (await import('./stix/index.ts')).stix,
  },
  {
    id: 'timesketch',
    endings: ['.timesketch.jsonl', '.timesketch'],
    describes: 'Timesketch timeline, JSON lines',
    marksAccepted: true,
    load: async () => (await import('./timesketch/index.ts')).timesketch,
  },
  {
    id: 'timesketch-csv',
    endings: ['.timesketch.csv'],
    describes: 'Timesketch timeline, CSV',
    marksAccepted: true,
    load: async () => (await import('./timesketch/index.ts')).timesketchCsv,
  },
  {
    id: 'csv',
    endings: ['.csv'],
    describes: 'one row a violation; formulas are neutralised',
    marksAccepted: true,
    load: async () => (await import('./csv/index.ts')).csv,
  },
  {
    id: 'ecs',
    endings: ['.ecs.ndjson', '.ecs.json', '.ecs.jsonl', '.ecs'],
    describes: 'ECS alerts for Elastic, one a line',
    load: async () => (await import('./ecs/findings.ts')).ecsFindings,
  },
];

/** The format of a file name, by its longest known ending. */
export function formatOfName(name: string): OutputFormat | undefined {
  const lower = name.toLowerCase();
  let best: { readonly format: OutputFormat; readonly length: number } | undefined;
  for (const format of outputFormats)
    for (const ending of format.endings)
      if (lower.endsWith(ending) && ending.length > (best?.length ?? 0)) best = { format, length: ending.length };
  return best?.format;
}

export function formatById(id: string): OutputFormat | undefined {
  return outputFormats.find((format) => format.id === id);
}
