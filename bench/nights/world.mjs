// The sandboxes of a big night: their leases, episodes and tool calls.
import { iso, night } from './time.mjs';

const HOSTS = 4;
const SANDBOXES_PER_HOST = 16;
const CALLS_PER_EPISODE = 10;

const padded = (s) => String(s).padStart(2, '0');

function sandboxAt(h, s) {
  return {
    id: `rock-${h}${padded(s)}`,
    name: `${h}${padded(s)}`,
    host: `train-0${h + 1}`,
    ip: `10.66.${h + 1}.${s + 10}`,
    pid: 20000 + s,
    shiftUs: (h * SANDBOXES_PER_HOST + s) * 1000,
    spans: [],
  };
}

function lease(sandbox, c, start, end) {
  return {
    sandbox_id: sandbox.id,
    server: sandbox.host,
    ip: sandbox.ip,
    uid: sandbox.pid,
    envd_pid: sandbox.pid,
    episode_id: `traj-${sandbox.name}-${Math.floor(c / CALLS_PER_EPISODE)}`,
    env_id: `task-${Math.floor(c / CALLS_PER_EPISODE) % 7}`,
    start: iso(start),
    end: iso(end),
  };
}

function toolCall(sandbox, c, span) {
  return {
    episode_id: span.episode,
    env_id: `task-${Math.floor(c / CALLS_PER_EPISODE) % 7}`,
    sandbox_id: sandbox.id,
    tool: 'bash',
    tool_call_id: span.call,
    command: `python3 /repo/run_${c}.py --seed ${c}`,
    start: iso(span.start),
    end: iso(span.end),
  };
}

/** Sandboxes run episodes one after the other, episodes run calls that take 0.6 of their time slot. */
export function makeWorld(callsPerSandbox) {
  const sandboxes = [];
  const leases = [];
  const calls = [];
  const step = night.lengthUs / callsPerSandbox;
  for (let h = 0; h < HOSTS; h++) {
    for (let s = 0; s < SANDBOXES_PER_HOST; s++) {
      const sandbox = sandboxAt(h, s);
      sandboxes.push(sandbox);
      for (let c = 0; c < callsPerSandbox; c++) {
        const start = Math.floor(night.startUs + c * step + sandbox.shiftUs);
        const episode = `traj-${sandbox.name}-${Math.floor(c / CALLS_PER_EPISODE)}`;
        const span = { start, end: Math.floor(start + step * 0.6), episode, call: `call_${h}_${s}_${c}` };
        sandbox.spans.push(span);
        if (c % CALLS_PER_EPISODE === 0)
          leases.push(lease(sandbox, c, start - 1000, start + step * CALLS_PER_EPISODE - 2000));
        calls.push(toolCall(sandbox, c, span));
      }
    }
  }
  return { sandboxes, leases, calls, inventory: inventory() };
}

function inventory() {
  return {
    servers: Array.from({ length: HOSTS }, (_, h) => ({
      host: `train-0${h + 1}`,
      lan_ip: `10.70.0.${11 + h}`,
      sandbox_net: `10.66.${h + 1}.0/24`,
      infra_uid: 20101 + h,
    })),
    dns: '10.77.0.53',
    metadata: '169.254.169.254',
  };
}

/** Logs of some formats have whole seconds: an alert keeps this far from the bounds of its call. */
const MARGIN_US = 1.1e6;

/** The call that runs well inside its bounds at that time. */
export function spanAt(sandbox, at) {
  const step = night.lengthUs / sandbox.spans.length;
  const span = sandbox.spans[Math.floor((at - night.startUs) / step)];
  return span !== undefined && at > span.start + MARGIN_US && at < span.end - MARGIN_US ? span : undefined;
}
