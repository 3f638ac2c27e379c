import type { JsonObject } from '../json/json.ts';

/**
 * Names under which plain tables give one fact, best first. Case, `_`, `-`, `.` and blanks do not count,
 * so `episode_id`, `episodeId` and `Episode ID` are one name. Documented for users in docs/tables.md.
 */
const FIELD_NAMES = {
  episode: [
    'episode_id',
    'episode',
    'trajectory_id',
    'trajectory',
    'traj_id',
    'rollout_id',
    'rollout',
    'sample_uuid',
    'trial_name',
    'trial_id',
    'conversation_id',
    'gen_ai.conversation.id',
    'session_id',
    'rl.episode_id',
    'trace_id',
  ],
  sandbox: [
    'sandbox_id',
    'sandbox',
    'sandbox_name',
    'rock.sandbox.id',
    'vm_id',
    'runtime_id',
    'pod',
    'pod_name',
    'k8s.pod.name',
  ],
  container: ['container_id', 'container', 'container.id', 'docker_id'],
  host: ['server', 'host', 'host_name', 'hostname', 'host.name', 'node', 'node_name', 'machine', 'worker'],
  ip: [
    'ip',
    'sandbox_ip',
    'ip_address',
    'address',
    'addr',
    'private_ip',
    'container_ip',
    'pod_ip',
    'lan_ip',
    'ips',
    'src_ip',
    'source.ip',
  ],
  uid: ['uid', 'user_id', 'sandbox_uid', 'unix_uid', 'host_uid'],
  rootPid: ['root_pid', 'envd_pid', 'init_pid', 'exec_pid', 'daemon_pid', 'container_pid', 'host_pid', 'pid'],
  portFrom: ['port_from', 'port_min', 'port_start', 'port_lo', 'from_port', 'start_port'],
  portTo: ['port_to', 'port_max', 'port_end', 'port_hi', 'to_port', 'end_port'],
  ports: ['ports', 'port_range', 'source_ports', 'nat_ports'],
  sharedIp: ['shared_ip', 'ip_shared', 'host_network'],
  start: [
    'start',
    'started_at',
    'start_time',
    'start_ts',
    'started',
    'begin',
    'begin_time',
    'from',
    'valid_from',
    'lease_start',
    'created_at',
    'timestamp',
    '@timestamp',
    'ts',
    'time',
    'start_unix_nano',
    'start_time_unix_nano',
    'event.start',
  ],
  end: [
    'end',
    'ended_at',
    'end_time',
    'end_ts',
    'ended',
    'finished_at',
    'finish_time',
    'completed_at',
    'completed',
    'stop',
    'stopped_at',
    'stop_time',
    'until',
    'to',
    'valid_to',
    'lease_end',
    'released_at',
    'deleted_at',
    'end_unix_nano',
    'end_time_unix_nano',
    'event.end',
  ],
  durationMs: ['duration_ms', 'elapsed_ms', 'latency_ms'],
  durationS: ['duration_s', 'duration_seconds', 'elapsed_s', 'duration', 'elapsed', 'execution_time'],
  tool: ['tool', 'tool_name', 'gen_ai.tool.name', 'function_name', 'function', 'action_name', 'name'],
  callId: ['tool_call_id', 'call_id', 'gen_ai.tool.call.id', 'tool_use_id', 'invocation_id', 'span_id', 'id'],
  command: ['command', 'cmd', 'command_line', 'bash_command', 'shell_command', 'code', 'keystrokes', 'argv'],
  arguments: [
    'arguments',
    'args',
    'tool_arguments',
    'tool_args',
    'gen_ai.tool.call.arguments',
    'input',
    'tool_input',
    'parameters',
    'params',
  ],
  output: ['output', 'result', 'observation', 'stdout', 'response'],
  exit: ['exit', 'exit_code', 'return_code', 'returncode', 'rc'],
  status: ['status', 'state', 'outcome'],
  background: ['background', 'is_background', 'run_in_background', 'detached'],
  cwd: ['cwd', 'workdir', 'working_directory'],
  pid: ['pid', 'process_id', 'process.pid'],
  step: ['step', 'step_index', 'turn', 'rl.step'],
  trainStep: ['global_step', 'train_step', 'training_step'],
  run: ['run', 'run_id', 'run_name', 'exp_name', 'experiment', 'experiment_id', 'job_id', 'job'],
  group: ['group', 'group_id', 'traj_group_id', 'prompt_id', 'env_id', 'rl.env_id', 'environment_id'],
  attempt: ['attempt', 'retry', 'epoch', 'rollout_index', 'sample_index'],
  reward: ['reward', 'score', 'episode_reward', 'total_reward'],
  task: ['task', 'task_id', 'task_name', 'instance_id', 'problem_id'],
  prompt: ['prompt', 'task_prompt', 'problem_statement', 'instruction', 'task_text'],
  agent: ['agent', 'agent_name', 'gen_ai.agent.name', 'scaffold'],
  model: ['model', 'model_name', 'gen_ai.request.model', 'policy'],
  role: ['role', 'kind', 'type', 'class'],
  port: ['port', 'service_port', 'listen_port'],
  domain: ['domain', 'fqdn', 'dns_name', 'url'],
  sandboxNet: [
    'sandbox_net',
    'sandbox_network',
    'sandbox_subnet',
    'sandbox_cidr',
    'subnet',
    'cidr',
    'network',
    'pod_cidr',
  ],
  infraUids: ['infra_uid', 'infra_uids', 'platform_uid', 'platform_uids', 'daemon_uid', 'system_uid', 'uids'],
  outsideIp: [
    'outside_ip',
    'external_ip',
    'public_ip',
    'wan_ip',
    'egress_ip',
    'nat_ip',
    'outside',
    'outside_ips',
    'public_ips',
    'egress_ips',
  ],
  insideIp: ['inside_ip', 'internal_ip', 'inside', 'gateway_ip', 'inside_ips'],
} as const;

export type FieldName = keyof typeof FIELD_NAMES;

/** Facts of one row by our own names. */
export type Fields = { readonly [K in FieldName]?: unknown };

/** The part of the map that one kind of table uses, turned round: spelling -> candidates in order of preference. */
export class FieldMap {
  readonly #byName = new Map<string, readonly { readonly field: FieldName; readonly rank: number }[]>();
  readonly #seen = new Map<string, readonly { readonly field: FieldName; readonly rank: number }[]>();

  constructor(fields: readonly FieldName[]) {
    for (const field of fields) {
      FIELD_NAMES[field].forEach((name, rank) => {
        const key = normalName(name);
        this.#byName.set(key, [...(this.#byName.get(key) ?? []), { field, rank }]);
      });
    }
  }

  /** Columns of the last row, and the field of each where no two have the same. */
  #last: { readonly names: readonly string[]; readonly fields: readonly (FieldName | undefined)[] } | undefined;

  /** Picks each fact from its best named column; columns nobody knows are ignored. */
  read(row: JsonObject): Fields {
    const names = Object.keys(row);
    if (this.#last === undefined || !isEqual(names, this.#last.names)) this.#last = this.#plan(names);
    return this.#last === undefined ? this.#readBest(row) : readPlanned(row, this.#last);
  }

  #plan(names: readonly string[]) {
    const fields: (FieldName | undefined)[] = [];
    for (const name of names) {
      const [first, ...others] = this.#candidates(name);
      if (others.length > 0 || (first !== undefined && fields.includes(first.field))) return undefined;
      fields.push(first?.field);
    }
    return { names, fields };
  }

  #readBest(row: JsonObject): Fields {
    const out: Partial<Record<FieldName, unknown>> = {};
    const ranks: Partial<Record<FieldName, number>> = {};
    for (const name of Object.keys(row)) {
      const value = row[name];
      if (value === undefined || value === null || value === '') continue;
      for (const { field, rank } of this.#candidates(name)) {
        const taken = ranks[field];
        if (taken !== undefined && taken <= rank) continue;
        out[field] = value;
        ranks[field] = rank;
      }
    }
    return out;
  }

  /** Our names of the columns of a header line. */
  known(names: readonly string[]): ReadonlySet<FieldName> {
    const known = new Set<FieldName>();
    for (const name of names) for (const { field } of this.#candidates(name)) known.add(field);
    return known;
  }

  #candidates(name: string): readonly { readonly field: FieldName; readonly rank: number }[] {
    const seen = this.#seen.get(name);
    if (seen !== undefined) return seen;
    const found = this.#byName.get(normalName(name)) ?? [];
    if (this.#seen.size < 1000) this.#seen.set(name, found);
    return found;
  }
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function readPlanned(
  row: JsonObject,
  { names, fields }: { readonly names: readonly string[]; readonly fields: readonly (FieldName | undefined)[] },
): Fields {
  const out: Partial<Record<FieldName, unknown>> = {};
  for (let i = 0; i < names.length; i++) {
    const field = fields[i];
    const value = field === undefined ? undefined : row[names[i] ?? ''];
    if (field !== undefined && value !== undefined && value !== null && value !== '') out[field] = value;
  }
  return out;
}

function normalName(name: string): string {
  return name.length > 64 ? '' : name.toLowerCase().replace(/[^a-z0-9@]/g, '');
}
