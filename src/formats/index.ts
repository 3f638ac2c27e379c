import type { Format } from '../model/format.ts';
import { actiontrail } from './actiontrail/index.ts';
import { alibabaCfw } from './alibaba-cfw/index.ts';
import { alibabaCfwEvents } from './alibaba-cfw-events/index.ts';
import { alibabaNatSession } from './alibaba-nat-session/index.ts';
import { alibabaSas } from './alibaba-sas/index.ts';
import { alibabaVpcFlow } from './alibaba-vpc-flow/index.ts';
import { conntrack } from './conntrack/index.ts';
import { geminiSession } from './gemini-session/index.ts';
import { geminiTelemetry } from './gemini-telemetry/index.ts';
import { iflowSession } from './iflow-session/index.ts';
import { opensandboxEgress } from './opensandbox-egress/index.ts';
import { rockAccess } from './rock-access/index.ts';
import { rockBilling } from './rock-billing/index.ts';
import { rockCommand } from './rock-command/index.ts';
import { rockLlmservice } from './rock-llmservice/index.ts';
import { rockLlmtraj } from './rock-llmtraj/index.ts';
import { rockSandbox } from './rock-sandbox/index.ts';
import { rollDump } from './roll-dump/index.ts';
import { rollLog } from './roll-log/index.ts';

/** Every format the program knows, one line each, sorted. Written by `npm run formats`; `test/formats.test.ts` holds it against the folders. */
export const formats: readonly Format[] = [
  actiontrail,
  alibabaCfw,
  alibabaCfwEvents,
  alibabaNatSession,
  alibabaSas,
  alibabaVpcFlow,
  conntrack,
  geminiSession,
  geminiTelemetry,
  iflowSession,
  opensandboxEgress,
  rockAccess,
  rockBilling,
  rockCommand,
  rockLlmservice,
  rockLlmtraj,
  rockSandbox,
  rollDump,
  rollLog,
];
