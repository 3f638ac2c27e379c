import type { Format } from './format.ts';

/** Facts that an importer may map, by the kind of event its records become. The first ones are needed. */
export const IMPORT_FIELDS = {
  'tool-call': {
    needs: ['time', 'episode'],
    may: [
      'end',
      'durationMs',
      'durationS',
      'tool',
      'callId',
      'command',
      'arguments',
      'output',
      'exit',
      'cwd',
      'pid',
      'host',
      'sandbox',
      'container',
      'run',
      'group',
      'step',
      'task',
      'reward',
      'agent',
      'model',
    ],
  },
  episode: {
    needs: ['episode'],
    may: [
      'time',
      'end',
      'run',
      'group',
      'step',
      'attempt',
      'task',
      'prompt',
      'reward',
      'agent',
      'model',
      'outcome',
      'host',
      'sandbox',
      'container',
    ],
  },
  network: {
    needs: ['time'],
    may: [
      'srcIp',
      'srcPort',
      'dstIp',
      'dstPort',
      'domain',
      'transport',
      'action',
      'ruleId',
      'rule',
      'category',
      'severity',
      'count',
      'url',
      'uid',
      'pid',
      'host',
      'sandbox',
      'container',
    ],
  },
  process: {
    needs: ['time', 'pid'],
    may: [
      'op',
      'ppid',
      'uid',
      'exe',
      'comm',
      'command',
      'cwd',
      'exit',
      'localIp',
      'localPort',
      'remoteIp',
      'remotePort',
      'transport',
      'host',
      'sandbox',
      'container',
    ],
  },
  lease: {
    needs: ['time', 'sandbox'],
    may: ['end', 'episode', 'group', 'ip', 'uid', 'rootPid', 'portFrom', 'portTo', 'host', 'container'],
  },
} as const;

export const IMPORT_KINDS = ['tool-call', 'episode', 'network', 'process', 'lease'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export const TIME_UNITS = ['s', 'ms', 'us', 'ns', 'iso'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

/** How the records of a home-grown JSON-lines or CSV file are read: which member or column holds which fact. */
export interface ImporterSpec {
  /** Shown as the format of the file. */
  readonly name: string;
  /** Glob over the path as reports show it, or over the end of it. */
  readonly match: string;
  readonly kind: ImportKind;
  /** Fact -> member (`a.b` goes inside), column, or `=text` for a fixed value. */
  readonly fields: Readonly<Record<string, string>>;
  /** Unit of numbers in `time` and `end`; told by magnitude when absent. */
  readonly timeUnit?: TimeUnit;
  /** Minutes east of UTC for stamps that state no zone. */
  readonly zoneOffsetMin?: number;
}

/** A format that the user's configuration made, and the files it is for. */
export interface Importer {
  readonly match: string;
  readonly format: Format;
}
