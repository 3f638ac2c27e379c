import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, textOf, tryJson } from '../../core/json/json.ts';
import { parseRockLine, ROCK_STARTS, type RockLine, sandboxLeases } from '../../core/products/rock.ts';
import { commandText, isHousekeeping, sessionEvents } from '../../core/products/rock-session.ts';
import { countingCalls } from '../../core/tools/tool-call.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const ACCESS = /\[(?:rocklet\.)?accessLog\]/;
/** Loggers that write to the same stream where none has a file; `rock-command` reads its own. */
const FAMILY = /\[(?:(?:rock|rocklet|admin)(?:\.[\w.]+)?(?<!\.command)|billing)\]/;

/** Access log of ROCK's admin: the only copy of the commands that the agent cannot edit. */
export const rockAccess: Format = {
  id: 'rock-access',
  title: 'ROCK access log',
  roles: ['tool-call', 'process', 'lease'],
  framing: { startsRecord: ROCK_STARTS },
  status: 'documented',
  clock: 'line prefix: ISO 8601 ms with offset, admin host; tool-call ids hold epoch ms of the training host',
  traps: [
    'the message is JSON over many lines, a request and a response record for each call',
    'without a logging path it stands on standard output among lines of other loggers, with colours; first releases wrote no zone',
    "the rocklet's own copy lies inside the sandbox and is writable by the agent",
    'headers hold credentials and are never read',
  ],
  claims,
  open: ({ zoneOffsetMin }) => countingCalls((record, index) => decode(record, index, zoneOffsetMin)),
};

function claims({ text }: SniffRecord): Sniff {
  if (!ROCK_STARTS.test(text)) return no('no ROCK line');
  const head = text.slice(0, 300);
  if (ACCESS.test(head)) return yes(0.98, 'ROCK log line of logger accessLog');
  return FAMILY.test(head) ? yes(0.3, 'ROCK log line of another logger') : no('no access line');
}

function decode(record: RawRecord, index: number, zoneOffsetMin: number): Decoded {
  const line = parseRockLine(record.text, zoneOffsetMin);
  if (line === undefined) return failed('no ROCK log line');
  if (line.logger === 'billing') return billed(line, record);
  return line.logger.endsWith('accessLog') ? accessed(line, record, index) : skipped(`logger ${line.logger}`);
}

/** On standard output the admin tells there what sandboxes held, too. */
function billed(line: RockLine, { ref }: RawRecord): Decoded {
  const leases = sandboxLeases(tryJson(line.message), { format: 'rock-access', ref });
  return leases.length === 0 ? skipped('message without a record') : decoded(...leases);
}

function accessed(line: RockLine, record: RawRecord, index: number): Decoded {
  const entry = tryJson(line.message);
  if (entry === undefined) return failed('message is not JSON');
  if (at(entry, 'access_type') !== 'request') return skipped('response half');
  const content = at(entry, 'request_content');
  const body = typeof content === 'string' ? tryJson(content) : content;
  const command = commandText(at(body, 'command'));
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
