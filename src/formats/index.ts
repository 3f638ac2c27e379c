import type { Format } from '../model/format.ts';
import { claudeCode } from './claude-code/index.ts';
import { codex } from './codex/index.ts';
import { conntrack } from './conntrack/index.ts';
import { harborAtif } from './harbor-atif/index.ts';
import { inspect } from './inspect/index.ts';
import { inventory } from './inventory/index.ts';
import { kimiCli } from './kimi-cli/index.ts';
import { langfuse } from './langfuse/index.ts';
import { langsmith } from './langsmith/index.ts';
import { leases } from './leases/index.ts';
import { miniSweAgent } from './mini-swe-agent/index.ts';
import { mlflow } from './mlflow/index.ts';
import { nemoGym } from './nemo-gym/index.ts';
import { openaiAgents } from './openai-agents/index.ts';
import { openclawTelemetry } from './openclaw-telemetry/index.ts';
import { openhands } from './openhands/index.ts';
import { otlp } from './otlp/index.ts';
import { phoenix } from './phoenix/index.ts';
import { pi } from './pi/index.ts';
import { qwenCode } from './qwen-code/index.ts';
import { sweAgent } from './swe-agent/index.ts';
import { terminalBench } from './terminal-bench/index.ts';
import { toolCalls } from './tool-calls/index.ts';
import { trainingDump } from './training-dump/index.ts';
import { verifiers } from './verifiers/index.ts';

/** Every format the program knows, one line each, sorted. Written by `npm run formats`; `test/formats.test.ts` holds it against the folders. */
export const formats: readonly Format[] = [
  claudeCode,
  codex,
  conntrack,
  harborAtif,
  inspect,
  inventory,
  kimiCli,
  langfuse,
  langsmith,
  leases,
  miniSweAgent,
  mlflow,
  nemoGym,
  openaiAgents,
  openclawTelemetry,
  openhands,
  otlp,
  phoenix,
  pi,
  qwenCode,
  sweAgent,
  terminalBench,
  toolCalls,
  trainingDump,
  verifiers,
];
