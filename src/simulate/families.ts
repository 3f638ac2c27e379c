import { wordTable } from '../core/word-table.ts';
import { dnsExfil, metadata, miner, natChain, proxy, scan, tunnel } from './attacks.ts';
import { curl, type Family } from './scene.ts';
import {
  aggregatedLate,
  cron,
  detachedChild,
  infraNoise,
  innocentBurst,
  ipReuse,
  logLoss,
  pidReuse,
  podNamed,
  sharedEgress,
} from './traps.ts';

/** In the order of the documentation; clock families act like `curl` while their night's clocks lie. */
export const FAMILIES = wordTable<Family>({
  tunnel,
  miner,
  scan,
  metadata,
  'dns-exfil': dnsExfil,
  proxy,
  'nat-chain': natChain,
  'shared-egress': sharedEgress,
  'pod-named': podNamed,
  'pid-reuse': pidReuse,
  'container-ip-reuse': ipReuse,
  'detached-child': detachedChild,
  cron,
  'clock-step': (scene) => curl(scene, scene.sandbox),
  drift: (scene) => curl(scene, scene.sandbox),
  'wrong-zone': (scene) => curl(scene, scene.sandbox),
  'log-loss': logLoss,
  'aggregated-late': aggregatedLate,
  'innocent-burst': innocentBurst,
  'infra-noise': infraNoise,
  'missing-traces': (scene) => curl(scene, scene.sandbox, false),
  'no-host-telemetry': (scene) => curl(scene, scene.blind),
});
