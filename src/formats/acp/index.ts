import { no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { type JsonObject, textOf } from '../../core/json/json.ts';
import { jsonDecoder } from '../../core/tools/session.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { likeness, readMessage } from './message.ts';
import { Sessions } from './sessions.ts';

/** Messages between an agent and its editor or harness: https://agentclientprotocol.com. Grok Build keeps them as `updates.jsonl`. */
export const acp: Format = {
  id: 'acp',
  title: 'Agent Client Protocol messages (session/update)',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`agentTimestampMs` of the message, else the stamp of its line, else of the wrapper: when a call is announced (or allowed), and when it is over',
  traps: [
    'a call is announced before the user is asked',
    'a session that is loaded again repeats its calls, with the times of the repetition',
    'tools may have no name, only a kind and a title for humans',
    'without stamps (acpx) calls are kept, unplaced',
  ],
  claims,
  sniff: (sample) => sniffMean(sample, claims, ({ json }) => (likeness(json) > 0 ? 0.1 : 1)),
  open: openLog,
};

function claims({ json }: SniffRecord): Sniff {
  const score = likeness(json);
  return score > 0.5 ? yes(score, 'message of the Agent Client Protocol') : no('no message of the protocol');
}

function openLog(context: DecodeContext): Decoder {
  const sessions = new Sessions(context.path);
  return jsonDecoder(
    (doc, record) => read(doc, record, sessions),
    () => sessions.flush(),
  );
}

function read(doc: JsonObject, record: RawRecord, sessions: Sessions): readonly Event[] | Decoded {
  const message = readMessage(doc, record);
  if (message === undefined) return skipped('no message');
  const events = sessions.see(message, record);
  return events ?? skipped(textOf(message.method) ?? 'response');
}
