import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, textOf, tryJson } from '../../core/json.ts';
import { parseRockLine, ROCK_STARTS } from '../../core/rock.ts';
import { isHousekeeping, sessionEvents } from '../../core/rock-session.ts';
import { countingCalls } from '../../core/tool-call.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Access log of ROCK's admin: the only copy of the commands that the agent cannot edit. */
export const rockAccess: Format = {
  id: 'rock-access',
  title: 'ROCK access log',
  roles: ['tool-call', 'process'],
  framing: { startsRecord: ROCK_STARTS },
  status: 'documented',
  clock: 'line prefix: ISO 8601 ms with offset, admin host; tool-call ids hold epoch ms of the training host',
  traps: [
    'the message is JSON over many lines, a request and a response record for each call',
    "the rocklet's own copy lies inside the sandbox and is writable by the agent",
    'headers hold credentials and are never read',
  ],
  claims,
  open: () => countingCalls(decode),
};

function claims({ text }: SniffRecord): Sniff {
  return ROCK_STARTS.test(text) && /\[(?:rocklet\.)?accessLog\]/.test(text.slice(0, 300))
    ? yes(0.98, 'ROCK log line of logger accessLog')
    : no('no access line');
}

function decode(record: RawRecord, index: number): Decoded {
  const line = parseRockLine(record.text);
  if (line === undefined) return failed('no ROCK log line');
  if (!line.logger.endsWith('accessLog')) return skipped(`logger ${line.logger}`);
  const entry = tryJson(line.message);
  if (entry === undefined) return failed('message is not JSON');
  if (at(entry, 'access_type') !== 'request') return skipped('response half');
  const content = at(entry, 'request_content');
  const body = typeof content === 'string' ? tryJson(content) : content;
  const command = textOf(at(body, 'command'));
  if (command === undefined) return skipped('request without a command');
  if (isHousekeeping(command)) return skipped('poll of an earlier command');
  const events = sessionEvents({
    command,
    stamp: line.stamp,
    rawTime: line.rawTime,
    ref: record.ref,
    format: 'rock-access',
    clock: 'prefix',
    trust: line.logger === 'accessLog' ? 'outside' : 'agent-writable',
    sandboxId: textOf(at(body, 'sandbox_id')) ?? line.sandboxId,
    index,
  });
  return events.length === 0 ? skipped('response without readable tool calls') : decoded(...events);
}
