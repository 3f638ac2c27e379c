import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { EpisodeWindows, jsonDecoder } from '../../core/tools/session.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { isPart, partIn, ToolParts } from './parts.ts';

const LINES = /^(?:step_start|step_finish|tool_use|text|reasoning|error)$/;

/** OpenCode sessions: `opencode export`, stored parts, the server's events, and what `opencode run --format json` prints. */
export const opencode: Format = {
  id: 'opencode',
  title: 'OpenCode sessions',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: '`state.time.start` and `end`, epoch ms; the start is before permission',
  traps: [
    'the id of a call may come again in another step (`read:0`): parts have ids of their own',
    'a part is told again whenever its state changes',
    'the file lies where the agent can write',
  ],
  claims,
  open: openSession,
};

function isLine(json: JsonObject): boolean {
  return LINES.test(textOf(json['type']) ?? '') && typeof json['sessionID'] === 'string' && 'timestamp' in json;
}

const isExport = (json: JsonObject): boolean =>
  typeof at(json, 'info', 'id') === 'string' &&
  arrayOf(json['messages']).some((message) => Array.isArray(at(message, 'parts')));

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not JSON');
  if (isExport(json)) return yes(0.96, 'info and messages with parts');
  if (isLine(json)) return yes(0.96, 'line with sessionID');
  if (isPart(json)) return yes(0.96, 'part of a message');
  return isPart(at(json, 'properties', 'part')) ? yes(0.96, 'event of the server') : no('no OpenCode record');
}

function openSession(): Decoder {
  const parts = new ToolParts();
  const episodes = new EpisodeWindows();
  return jsonDecoder(
    (json, record) =>
      isExport(json) ? readExport(json, record, parts, episodes) : readPart(json, record, parts, episodes),
    () => [...parts.flush(), ...episodes.flush()],
  );
}

const DESCRIBED = { format: 'opencode', clock: 'time', agent: 'opencode' };

function readPart(
  json: JsonObject,
  record: RawRecord,
  parts: ToolParts,
  episodes: EpisodeWindows,
): readonly Event[] | Decoded {
  const part = partIn(json);
  const episodeId = textOf(part?.['sessionID']) ?? textOf(json['sessionID']);
  if (episodeId === undefined) return skipped(textOf(json['type']) ?? 'event of no session');
  const stamp = instantOf(json['timestamp']);
  episodes.see({ ...DESCRIBED, episodeId }, record.ref, stamp);
  if (part?.['type'] !== 'tool') return skipped(textOf(part?.['type']) ?? 'line without a part');
  return parts.see(part, { episodeId, record, written: stamp });
}

function readExport(json: JsonObject, record: RawRecord, parts: ToolParts, episodes: EpisodeWindows): readonly Event[] {
  const session = textOf(at(json, 'info', 'id')) ?? '';
  const out: Event[] = [];
  for (const message of arrayOf(json['messages'])) {
    const info = at(message, 'info');
    const episodeId = textOf(at(info, 'sessionID')) ?? session;
    const told = arrayOf(at(message, 'parts')).filter(isObject);
    const typed = told
      .filter((part) => part['type'] === 'text' && part['synthetic'] !== true)
      .map((part) => textOf(part['text']) ?? '');
    const prompts = at(info, 'role') === 'user' ? promptsOf(typed.join('\n'), record.ref) : undefined;
    const model = textOf(at(info, 'modelID')) ?? textOf(at(info, 'model', 'modelID'));
    episodes.see(
      { ...DESCRIBED, episodeId, model, prompts },
      record.ref,
      instantOf(at(info, 'time', 'created')),
      instantOf(at(info, 'time', 'completed')),
    );
    const cwd = textOf(at(info, 'path', 'cwd'));
    for (const part of told) if (part['type'] === 'tool') out.push(...parts.see(part, { episodeId, record, cwd }));
  }
  return out;
}
