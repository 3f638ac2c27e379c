// Writes fixtures/rome: the incident of arXiv 2512.24873 in the formats of ROLL, ROCK, iFlow CLI and Alibaba Cloud.
// Seeded and without a clock: the same bytes every time. Usage: node scripts/make-rome.mjs
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { calls, episodes, flows, HOSTS, PUBLIC_IP, riskEvents } from './rome-story.mjs';

const root = fileURLToPath(new URL('../fixtures/rome/', import.meta.url));
const DAY = Date.UTC(2025, 11, 18) / 1000;
const seconds = (clock) => clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + DAY;
const pad = (number, width = 2) => String(number).padStart(width, '0');

/** mulberry32 */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const random = generator(251224873);
const between = (low, high) => low + Math.floor(random() * (high - low + 1));
const hex = (length) => Array.from({ length }, () => '0123456789abcdef'[between(0, 15)]).join('');
const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;

/** Beijing wall time, as ROLL and ROCK write it. */
function local(at, { separator = 'T', digits = 0, zone = '' } = {}) {
  const date = new Date(Math.floor((at + 8 * 3600) * 1000 + 0.0005));
  const text = `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}${separator}${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
  return `${text}${digits > 0 ? `.${pad(date.getUTCMilliseconds(), 3).padEnd(digits, '0')}` : ''}${zone}`;
}

function write(name, lines) {
  mkdirSync(dirname(root + name), { recursive: true });
  writeFileSync(root + name, lines.map((line) => `${line}\n`).join(''));
}
const json = (value) => JSON.stringify(value);

/** Fills in ids, addresses and the moments of every call. */
function build() {
  for (const [key, episode] of Object.entries(episodes)) {
    Object.assign(episode, { key, sandbox: hex(32), session: `session-${uuid()}`, calls: [] });
    episode.from = seconds(episode.live[0]);
    episode.to = seconds(episode.live[1]);
    episode.saved = episode.to - between(1100, 3900) / 1000;
    const stamp = local(episode.saved, { separator: '_', digits: 6 }).replace(/[-:]/g, '').replace('.', '_');
    episode.trajectory = `${episode.tag}_41_41_${episode.group}_${episode.env}_5_${episode.seed}_${stamp}`;
    episode.identity = episode.traces.includes('dump') ? episode.trajectory : `sandbox:${episode.sandbox}`;
  }
  for (const call of calls) {
    const episode = episodes[call.episode];
    const parsed = seconds(call.at) + between(100, 300) / 1000;
    const delivered = parsed + between(350, 500) / 1000;
    const done = delivered + call.took;
    const id = `run_shell_command_${Math.round(parsed * 1000)}_0`;
    Object.assign(call, { id, parsed, delivered, done, asked: done + between(150, 350) / 1000 });
    episode.calls.push(call);
  }
}

function writeSandboxes() {
  const all = Object.values(episodes).sort((a, b) => a.from - b.from);
  const record = (episode) => ({
    sandbox_id: episode.sandbox,
    user_id: 'rl-team',
    image: `registry.example/swe/${episode.task_id}:latest`,
    experiment_id: 'agentic_rollout',
    namespace: 'default',
    cluster_name: 'default',
    state: 'stopped',
    host_ip: HOSTS[episode.host],
    host_name: episode.host,
    create_time: local(episode.from - 36, { zone: '+08:00' }),
    start_time: local(episode.from, { zone: '+08:00' }),
    stop_time: local(episode.to, { zone: '+08:00' }),
    cpus: 2,
    memory: '8g',
    port_mapping: { 22555: 40000 + episode.env * 3, 8080: 40001 + episode.env * 3, 22: 40002 + episode.env * 3 },
  });
  const history = (episode) => ({
    phases: {
      docker_run: {
        status: 'success',
        message: '',
        started_at: local(episode.from - 8, { zone: '+08:00' }),
        completed_at: local(episode.from, { zone: '+08:00' }),
      },
    },
    status: {
      state_history: [
        {
          from_state: 'pending',
          to_state: 'running',
          event: 'poll',
          timestamp: local(episode.from + 4, { zone: '+08:00' }),
        },
        { from_state: 'running', to_state: 'stopped', event: 'stop', timestamp: local(episode.to, { zone: '+08:00' }) },
      ],
    },
  });
  write(
    'inputs/rock/sandbox_record.jsonl',
    all.map((episode) => json({ ...record(episode), ...history(episode) })),
  );
  const stopped = [...all].sort((a, b) => a.to - b.to);
  write(
    'inputs/rock/billing.log',
    stopped.map(
      (episode) =>
        `${local(episode.to + 0.402, { digits: 3, zone: '+08:00' })} INFO:billing.py:17 [billing] [${episode.sandbox}] [${hex(32)}] -- ${json(record(episode))}`,
    ),
  );
}

const toolCall = (call) => ({
  type: 'function',
  id: call.id,
  function: { name: 'run_shell_command', arguments: json({ command: call.command }) },
});
const toolResult = (call) => ({
  role: 'tool',
  tool_call_id: call.id,
  content: `Output: ${call.output ?? '(empty)'}\nExit Code: ${call.exit ?? 0}`,
});
const ms = (at) => Math.round(at * 1000);

function writeModelService(episode) {
  const lines = [];
  const request = (at, index, messages) =>
    lines.push(
      `LLM_REQUEST_START${json({ model: 'iflow-model', messages, tools: [], stream: false })}LLM_REQUEST_END${json({ timestamp: ms(at), index })}`,
    );
  request(episode.from + 60, 1, [{ role: 'user', content: episode.prompt }]);
  for (const [i, call] of episode.calls.entries()) {
    const message = { role: 'assistant', content: call.says ?? '', tool_calls: [toolCall(call)] };
    lines.push(
      `LLM_RESPONSE_START${json({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }] })}LLM_RESPONSE_END${json({ timestamp: ms(call.delivered), index: i + 1 })}`,
    );
    request(call.asked, i + 2, [
      { role: 'assistant', content: call.says ?? '', tool_calls: [toolCall(call)] },
      toolResult(call),
    ]);
  }
  lines.push('SESSION_END');
  write(`inputs/rock/${episode.sandbox}/LLMService.log`, lines);
}

function writeSession(episode) {
  const iso = (at) => new Date(ms(at)).toISOString();
  let parent = null;
  const row = (type, at, rest) => {
    const id = uuid();
    const line = json({
      uuid: id,
      parentUuid: parent,
      sessionId: episode.session,
      timestamp: iso(at),
      type,
      isSidechain: false,
      userType: 'external',
      ...rest,
    });
    parent = id;
    return line;
  };
  const user = { cwd: '/app', gitBranch: 'main', version: '0.4.4' };
  const lines = [row('user', episode.from + 59, { ...user, message: { role: 'user', content: episode.prompt } })];
  for (const call of episode.calls) {
    const content = [
      { type: 'text', text: call.says ?? '' },
      { type: 'tool_use', id: call.id, name: 'run_shell_command', input: { command: call.command } },
    ];
    const message = {
      id: `msg_${ms(call.delivered)}`,
      type: 'message',
      role: 'assistant',
      content,
      model: 'iflow-model',
      stop_reason: null,
      stop_sequence: null,
    };
    lines.push(row('assistant', call.delivered + 0.08, { message }));
    const functionResponse = { id: call.id, name: 'run_shell_command', response: { output: toolResult(call).content } };
    const result = {
      type: 'tool_result',
      tool_use_id: call.id,
      content: { callId: call.id, responseParts: { functionResponse }, resultDisplay: call.output ?? '(empty)' },
    };
    lines.push(
      row('user', call.done + 0.004, {
        ...user,
        message: { role: 'user', content: [result] },
        toolUseResult: { toolName: 'run_shell_command', status: 'success', timestamp: ms(call.done) },
      }),
    );
  }
  write(`inputs/iflow/${episode.sandbox}/projects/-app/${episode.session}.jsonl`, lines);
}

function writeDump() {
  const dumped = Object.values(episodes).filter(({ traces }) => traces.includes('dump'));
  const row = (episode) => ({
    trajectory_id: episode.trajectory,
    timestamp: episode.trajectory.split('_').slice(-3).join('_'),
    current_step: 41,
    env_info: {
      env_id: episode.env,
      group_id: episode.group,
      tag: episode.tag,
      seed: episode.seed,
      episode_id: 5,
      max_steps: 60,
      mode: 'train',
      sequence_length: 65536,
      task_id: episode.task_id,
      task_name: episode.task,
      sandbox_image: `registry.example/swe/${episode.task_id}:latest`,
      sandbox_ip: HOSTS[episode.host],
      sandbox_id: episode.sandbox,
    },
    timing_info: {
      traj_save_time: local(episode.saved, { digits: 6 }),
      traj_time_env_total: Math.round((episode.saved - episode.from + 44.5) * 10000) / 10000,
      traj_time_reset: 85.4,
    },
    length_info: {
      trajectory_length: episode.calls.length,
      num_actions: episode.calls.length,
      terminated: true,
      truncated: false,
    },
    reward_info: {
      episode_reward: episode.reward ?? 0,
      step_rewards: [],
      first_round_reward: 0,
      final_reward: episode.reward ?? 0,
    },
    failure_info: {
      failure_mode: '',
      stop_reason: 'FINISH',
      error_messages: [],
      test_output: '',
      has_failure: false,
      failure_step: episode.calls.length,
    },
  });
  const messages = (episode) => [
    { role: 'system', content: 'You are an interactive CLI agent.' },
    { role: 'user', content: episode.prompt },
    ...episode.calls.flatMap((call) => [
      { role: 'assistant', content: call.says ?? '', tool_calls: [toolCall(call)] },
      toolResult(call),
    ]),
    { role: 'assistant', content: 'The task is done.' },
  ];
  write('inputs/roll/rollout_dump_data.step_41.jsonl', [
    json({
      trajectory_data: dumped.map((episode) => json(row(episode))),
      messages: dumped.map((episode) => json([messages(episode)])),
      tools: dumped.map(() => '[]'),
      exp_name: dumped.map(() => 'rome_night'),
      global_step: dumped.map(() => 41),
    }),
  ]);
}

function writeRollLog() {
  const records = [];
  const log = (at, source, message) =>
    records.push({
      at,
      text: `[${local(at, { separator: ' ' })}] [${source}] [INFO] [train_env-0 0 / 1][PID 48213] ${message}`,
    });
  for (const episode of Object.values(episodes).filter(({ traces }) => traces.includes('log'))) {
    log(
      episode.from + 3,
      'sandbox_manager_v2.py (185)',
      `[SANDBOX_INIT] Success on attempt 1! - Sandbox started successfully with IP: ${HOSTS[episode.host]}, sandbox_id: ${episode.sandbox}`,
    );
    log(
      episode.from + 50,
      'rock_tb_native_env.py (456)',
      `[ENV_RESET] Success! - TaskID: ${episode.task_id}, TaskName: ${episode.task}, image: registry.example/swe/${episode.task_id}:latest, sandbox_ip: ${HOSTS[episode.host]}, sandbox_id: ${episode.sandbox}`,
    );
    for (const [i, call] of episode.calls.entries()) {
      log(
        call.parsed,
        'rock_tb_native_env.py (265)',
        `[ENV_STEP] START - GroupID: ${episode.group}, Step:${i + 1}, Response:${call.says ?? ''}\n<tool_call>\n<function=run_shell_command>\n<parameter=command>\n${call.command}\n</parameter>\n</function>\n</tool_call>`,
      );
      log(
        call.asked + between(1, 4),
        'rock_tb_native_env.py (347)',
        `[ENV_STEP] Success! - Step ${i + 1} finished, task: ${episode.task}, reward: 0, success: False`,
      );
    }
    if (!episode.traces.includes('dump'))
      log(episode.to + 20, 'rollout_scheduler.py (336)', `filter rollout group ${episode.group} episode 5`);
  }
  write(
    'inputs/roll/log_rank_train_env-0_0_1.log',
    records.sort((a, b) => a.at - b.at).map(({ text }) => text),
  );
}

const NO_RULE = '00000000-0000-0000-0000-000000000000';

function place(flow) {
  flow.start = seconds(flow.at);
  flow.end = flow.until === undefined ? flow.start + between(0, 3) : seconds(flow.until);
  flow.arrives = flow.end + between(4, 11);
}

function firewallRow(flow) {
  const inner = flow.log === 'vpc_firewall_log';
  return {
    __time__: String(flow.arrives),
    __topic__: 'cloudfirewall_access_log',
    log_type: flow.log ?? 'internet_log',
    aliuid: '1000000000000001',
    direction: 'out',
    src_ip: inner ? flow.private : PUBLIC_IP,
    src_port: String(inner ? flow.port : flow.natPort),
    dst_ip: flow.dst,
    dst_port: String(flow.dport),
    ip_protocol: 'tcp',
    app_name: flow.app ?? 'Unknown',
    app_dpi_state: 'success',
    start_time: String(flow.start),
    end_time: String(flow.end),
    start_time_min: String(Math.ceil(flow.start / 60) * 60),
    rule_result: flow.result,
    rule_source: flow.result === 'pass' ? '' : 'ips',
    acl_rule_id: flow.acl ?? NO_RULE,
    ips_rule_id: flow.rule?.id ?? NO_RULE,
    ips_rule_name_en: flow.rule?.name ?? '',
    attack_type_name_en: flow.rule?.type ?? '',
    vul_level: flow.rule?.level ?? '',
    domain: flow.domain ?? '-',
    url: flow.url ?? '',
    new_conn: '1',
    tcp_seq: String(flow.seq),
  };
}

function natRows(flow) {
  const rows = [];
  for (let from = flow.start; from <= flow.end; from += 600) {
    const to = Math.min(from + 600, flow.end);
    // Best effort: one window in twelve comes half an hour late.
    const late = random() < 1 / 12 ? 1800 : between(90, 280);
    const row = {
      __time__: String(to + late),
      instance: 'ngw-rome0001',
      vpc_id: 'vpc-rome0001',
      protocol: '6',
      pri_ip: flow.private,
      pri_port: String(flow.port),
      pub_ip: flow.dst,
      pub_port: String(flow.dport),
      nat_ip: PUBLIC_IP,
      nat_port: String(flow.natPort),
      start_time: String(from),
      end_time: String(to),
    };
    rows.push(row);
    if (to === flow.end) break;
  }
  return rows;
}

function writeNetwork() {
  const byTunnel = new Map();
  const reused = between(41000, 60000);
  for (const flow of flows) {
    const before = flow.same === undefined ? undefined : byTunnel.get(flow.same);
    const ports = before ?? {
      port: between(32768, 60999),
      natPort: flow.reuse ? reused : between(1024, 65000),
      seq: between(1e6, 4e9),
    };
    if (flow.same !== undefined) byTunnel.set(flow.same, ports);
    Object.assign(flow, ports, { private: flow.private ?? HOSTS[flow.host] });
    place(flow);
  }
  const truth = [];
  for (const log of ['internet_log', 'vpc_firewall_log']) {
    const rows = flows.filter((flow) => (flow.log ?? 'internet_log') === log).sort((a, b) => a.arrives - b.arrives);
    const file = `cloudfirewall/${log}.jsonl`;
    write(
      `inputs/${file}`,
      rows.map((flow) => json(firewallRow(flow))),
    );
    for (const [i, flow] of rows.entries())
      if (flow.result !== 'pass') truth.push(truthRow({ file, line: i + 1, ...flow }));
  }
  const last = new Map();
  for (const flow of flows) if (flow.log === undefined && !flow.noNat) last.set(flow.same ?? flow, flow);
  const sessions = [...last.values()].flatMap(natRows).sort((a, b) => Number(a.__time__) - Number(b.__time__));
  write('inputs/nat/nat-session-log.jsonl', sessions.map(json));
  write(
    'inputs/cloudfirewall/DescribeRiskEventGroup.jsonl',
    riskEvents.map((event) => json(riskAnswer(event))),
  );
  for (const [i, event] of riskEvents.entries())
    truth.push(truthRow({ file: 'cloudfirewall/DescribeRiskEventGroup.jsonl', line: i + 1, ...event }));
  write('truth.jsonl', truth.map(json));
}

function riskAnswer(event) {
  const part = flows.filter((flow) => flow.result !== 'pass' && flow.risk === event.risk);
  const first = Math.min(...part.map(({ start }) => start));
  const lastTime = Math.max(...part.map(({ end }) => end));
  const group = {
    EventId: uuid(),
    EventName: event.name,
    EventCount: part.length,
    FirstEventTime: first,
    LastEventTime: lastTime,
    SrcIP: PUBLIC_IP,
    DstIP: part[0].dst,
    SrcPrivateIPList: [part[0].private],
    ResourceType: 'NatEIP',
    RuleId: event.rule,
    RuleResult: event.result,
    RuleSource: 1,
    VulLevel: 3,
    AttackType: event.attack,
    AttackApp: 'Unknown',
    Direction: 'out',
    Tag: '',
    Description: '',
  };
  return { RequestId: uuid(), TotalCount: riskEvents.length, DataList: [group] };
}

function truthRow({ file, line, by, lost, kind, note }) {
  const call = by === undefined ? undefined : calls.find(({ name }) => name === by);
  const episode = call === undefined ? undefined : episodes[call.episode];
  return {
    file,
    line,
    cause: call === undefined ? 'none' : 'tool_call',
    episode_id: episode?.identity ?? null,
    tool_call_id: call?.id ?? null,
    sandbox_id: episode?.sandbox ?? (lost === undefined ? null : episodes[lost].sandbox),
    kind,
    note,
  };
}

rmSync(`${root}inputs`, { recursive: true, force: true });
build();
writeSandboxes();
for (const episode of Object.values(episodes)) {
  if (episode.traces.includes('service')) writeModelService(episode);
  if (episode.traces.includes('session')) writeSession(episode);
}
writeDump();
writeRollLog();
writeNetwork();
