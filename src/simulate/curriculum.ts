/** What one rollout attempts, as the trainer plans it. */
export interface Task {
  /** The prompt group: rollouts of one task in one step are normalised with each other. */
  readonly envId: string;
  readonly step: number;
  readonly reward: number;
}

const GROUP_SIZE = 4;
const GROUPS_A_STEP = 2;
/** Tasks come round again in later steps, so that a group's name alone does not tell its members. */
const TASKS = 5;
const FIRST_STEP = 40;

/** Deals tasks to rollouts in the order of their start: four attempts at one task, two tasks a step. */
export class Curriculum {
  readonly #tasks: string[] = [];
  #dealt = 0;

  /** `name` is used for a task that is not known yet. */
  deal(name: string): Task {
    const n = this.#dealt++;
    const group = Math.floor(n / GROUP_SIZE);
    const envId = this.#tasks[group % TASKS] ?? name;
    this.#tasks[group % TASKS] = envId;
    return { envId, step: FIRST_STEP + Math.floor(group / GROUPS_A_STEP), reward: n % 3 === 0 ? 1 : 0 };
  }
}
