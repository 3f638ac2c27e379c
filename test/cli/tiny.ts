import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TinyNight {
  readonly day?: number;
  readonly episode?: string;
  readonly command?: string;
  readonly destination?: string;
  readonly port?: number;
  readonly log?: string;
}

/** A night of one alert, one lease and one tool call that explains it, in a second: the smallest input with a blamed agent. */
export function writeTinyNight(folder: string, night: TinyNight = {}): string {
  const { day = 23, episode = 'traj-1', destination = '198.51.100.77', port = 40_001, log = 'fast.log' } = night;
  const command = night.command ?? `curl -s http://${destination}:8081/beacon`;
  mkdirSync(folder, { recursive: true });
  const rows = {
    [log]: `11/${day}/2026-10:00:05.250000  [**] [1:9000006:1] POLICY blocked host [**] [Classification: Policy] [Priority: 1] {TCP} 10.66.1.5:${port} -> ${destination}:8081`,
    'leases.jsonl': JSON.stringify({
      sandbox_id: `sb-${episode}`,
      server: 'train-01',
      ip: '10.66.1.5',
      uid: 20_004,
      episode_id: episode,
      start: `2026-11-${day}T10:00:00Z`,
      end: `2026-11-${day}T10:09:00Z`,
    }),
    'tool_calls.jsonl': JSON.stringify({
      episode_id: episode,
      sandbox_id: `sb-${episode}`,
      tool: 'bash',
      tool_call_id: `call_${episode}_${port}`,
      command,
      start: `2026-11-${day}T10:00:05.100Z`,
      end: `2026-11-${day}T10:00:06Z`,
    }),
  };
  for (const [name, text] of Object.entries(rows)) writeFileSync(join(folder, name), `${text}\n`);
  return folder;
}
