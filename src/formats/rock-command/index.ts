import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseRockLine, ROCK_STARTS, type RockLine } from '../../core/products/rock.ts';
import { isHousekeeping, printedCommand, sessionEvents } from '../../core/products/rock-session.ts';
import { sandboxOfPath } from '../../core/tools/model-calls.ts';
import { countingCalls } from '../../core/tools/tool-call.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Before sessions had names, none stood behind `input`. */
const INPUT = /^\[(?:run_in_session input\](?:\[[^\]]*\])?|(execute) input\]):/;
const OTHER =
  /^\[(?:create_session|close_session|run_in_session (?:output|exit_code|failure_reason)|execute (?:stdout|stderr)|read_file \w+|write_file \w+|upload \w+)\]/;

/** Once a child of the module's logger, on standard output or in its file. */
const IS_COMMAND = /^(?:[\w.]+\.)?command$/;
const COMMAND_LOGGER = /\[(?:[\w.]+\.)?command\]/;

/** `command.log` of ROCK's rocklet: commands run in the sandbox, and model responses on their way to the agent. */
export const rockCommand: Format = {
  id: 'rock-command',
  title: 'ROCK rocklet command log',
  roles: ['tool-call', 'process'],
  framing: { startsRecord: ROCK_STARTS },
  status: 'documented',
  clock: 'line prefix: ISO 8601 ms with offset, sandbox host; tool-call ids hold epoch ms of the training host',
  traps: [
    'the agent can write the file, and output may hold lines that look like records',
    "the agent's own shell commands are not there: only the responses that ask for them",
    'shell quoting is doubled; a response over 100 KB stands in a side file',
    'exit code 0 is not written',
  ],
  claims,
  open: (context) => {
    const { zoneOffsetMin } = context;
    const sandbox = sandboxOfPath(context);
    return countingCalls((record, index) => {
      const line = parseRockLine(record.text, zoneOffsetMin);
      return line === undefined ? failed('no ROCK log line') : decode(line, { record, sandbox, index });
    });
  },
};

function claims({ text }: SniffRecord): Sniff {
  return ROCK_STARTS.test(text) && COMMAND_LOGGER.test(text.slice(0, 300))
    ? yes(0.98, 'ROCK log line of logger command')
    : no('no command line');
}

interface Place {
  readonly record: RawRecord;
  readonly sandbox: string | undefined;
  readonly index: number;
}

function decode(line: RockLine, { record, sandbox, index }: Place): Decoded {
  if (!IS_COMMAND.test(line.logger)) return skipped(`logger ${line.logger}`);
  const input = INPUT.exec(line.message);
  if (input === null) return OTHER.test(line.message) ? skipped('not an input') : skipped('other message');
  const text = line.message.slice(input[0].length);
  const command = input[1] === undefined ? text : printedCommand(text);
  if (isHousekeeping(command)) return skipped('poll of an earlier command');
  const events = sessionEvents({
    command,
    stamp: line.stamp,
    rawTime: line.rawTime,
    ref: record.ref,
    format: 'rock-command',
    clock: 'prefix',
    trust: 'agent-writable',
    sandboxId: line.sandboxId ?? sandbox,
    index,
  });
  return events.length === 0 ? skipped('response without readable tool calls') : decoded(...events);
}
