import { Curriculum } from './curriculum.ts';
import type { Random } from './random.ts';
import { readClock, type Skew, TRUE_CLOCK } from './skew.ts';

/** What really happened behind one violation record. */
export interface Truth {
  readonly cause: 'tool_call' | 'none';
  readonly kind: string;
  readonly family: string;
  readonly episode_id: string | null;
  readonly tool_call_id: string | null;
  readonly sandbox_id: string | null;
  readonly pid?: number;
  /** False where the records that exist do not decide: there, abstaining is right. */
  readonly answerable: boolean;
}

/** What the trainer did with one rollout. */
export interface EpisodeTruth {
  readonly episode_id: string;
  readonly sandbox_id: string;
  readonly group: string;
  readonly step: number;
  readonly reward: number;
  /** False where its trace and the trainer's row are lost. */
  readonly traced: boolean;
}

interface Pending {
  readonly t: number;
  readonly order: number;
  readonly text: string;
  readonly truth: Truth | undefined;
}

interface LogFile {
  pending: Pending[];
  lines: number;
}

export interface Host {
  readonly name: string;
  readonly lanIp: string;
  readonly net: string;
  /** Firewall and traces only when false. */
  readonly telemetry: boolean;
  nextPid: number;
  serial: number;
}

export interface Sandbox {
  readonly id: string;
  readonly host: Host;
  readonly ip: string;
  readonly uid: number;
  readonly envdPid: number;
  /** Nothing else is held here before this time. */
  freeAt: number;
}

export interface Chunk {
  readonly file: string;
  readonly text: string;
}

/** Collects records out of order and gives them back per file in time order, with line numbers for the truth. */
export class World {
  readonly random: Random;
  readonly t0: number;
  readonly hosts: readonly Host[];
  readonly sandboxes: readonly Sandbox[];
  readonly skews = new Map<string, Skew>();
  readonly curriculum = new Curriculum();
  readonly #files = new Map<string, LogFile>();
  #episodes = '';
  #order = 0;
  records = 0;

  constructor(random: Random, t0: number) {
    this.random = random;
    this.t0 = t0;
    this.hosts = [1, 2, 3].map((n) => ({
      name: `train-0${n}`,
      lanIp: `10.70.0.${10 + n}`,
      net: `10.66.${n}.`,
      telemetry: n < 3,
      nextPid: 20_000 + 1000 * n,
      serial: 100,
    }));
    this.sandboxes = this.hosts.flatMap((host, h) =>
      [0, 1, 2, 3].map((i) => ({
        id: `sb-${random.hex(6)}`,
        host,
        ip: `${host.net}${2 + i}`,
        uid: 20_001 + 10 * h + i,
        envdPid: 9000 + 100 * h + i,
        freeAt: t0,
      })),
    );
  }

  /** `clock` names the machine whose clock stamps the line. */
  write(file: string, clock: string, t: number, line: (read: number) => string, truth?: Truth): void {
    const log = this.#files.get(file) ?? { pending: [], lines: 0 };
    this.#files.set(file, log);
    const text = line(readClock(this.skews.get(clock) ?? TRUE_CLOCK, t, this.t0));
    log.pending.push({ t, order: this.#order++, text, truth });
    this.records++;
  }

  /** What is true of an episode, whatever the records say. */
  tell(episode: EpisodeTruth): void {
    this.#episodes += `${JSON.stringify(episode)}\n`;
  }

  /** All lines that no later record can precede. */
  *settle(before: number): Generator<Chunk> {
    if (this.#episodes !== '') yield { file: 'episodes.jsonl', text: this.#episodes };
    this.#episodes = '';
    for (const [file, log] of this.#files) {
      const ready = log.pending.filter(({ t }) => t < before).sort((a, b) => a.t - b.t || a.order - b.order);
      if (ready.length === 0) continue;
      log.pending = log.pending.filter(({ t }) => t >= before);
      let truths = '';
      for (const { text, truth, t } of ready) {
        if (truth !== undefined) truths += `${JSON.stringify({ file, line: log.lines + 1, t, ...truth })}\n`;
        log.lines += text.split('\n').length;
      }
      yield { file: `inputs/${file}`, text: `${ready.map(({ text }) => text).join('\n')}\n` };
      if (truths !== '') yield { file: 'truth.jsonl', text: truths };
    }
  }
}
