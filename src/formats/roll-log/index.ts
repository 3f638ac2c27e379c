import { failed, no, yes } from '../../core/decoded.ts';
import type { Format, Sniff, SniffRecord } from '../../model/format.ts';
import { alikeLine } from './alike.ts';
import { LINE, rollLines } from './line.ts';
import { RollLog } from './log.ts';

/** ROLL's worker log: which sandbox served which task, what the model answered, what was filtered. */
export const rollLog: Format = {
  id: 'roll-log',
  title: 'ROLL worker log (log_rank_*.log)',
  roles: ['episode', 'tool-call', 'lease'],
  framing: { startsRecord: LINE },
  status: 'documented',
  clock: 'prefix: local time of the training host, whole seconds, NO zone; end of a step up to 5 s late',
  traps: [
    'step lines name a group and a step but no sandbox: siblings of a group interleave',
    'model text stands in the log with its line breaks and may forge records: a record inside open tool-call markup, or with the header of another process after a response, is not believed',
    'the file is truncated on restart',
    '`Success!` of a step comes up to 5 s after its end',
  ],
  claims,
  isDecodedAhead: true,
  alike: () => alikeLine,
  open: (context, held) => {
    const log = held instanceof RollLog ? held : new RollLog(context);
    const lineOf = rollLines(context.zoneOffsetMin);
    return {
      decode: (record) => {
        const line = lineOf(record.text);
        return line === undefined ? failed('no ROLL log line') : log.add(line, record);
      },
      flush: () => log.end(),
      held: () => log,
      isQuiet: () => log.isQuiet,
    };
  },
};

function claims({ text }: SniffRecord): Sniff {
  return LINE.test(text) ? yes(0.97, 'ROLL log prefix with rank and PID') : no('no ROLL log prefix');
}
