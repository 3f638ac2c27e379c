import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';

export const load = () => loadavg()[0];

export function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    node: process.versions.node,
    platform: `${platform()} ${arch()}`,
  };
}
