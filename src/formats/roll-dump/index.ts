import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { episodeOf } from './episode.ts';
import { messageEvents } from './messages.ts';

/** ROLL's trajectory dump: one line of parallel arrays, whose strings hold JSON again. */
export const rollDump: Format = {
  id: 'roll-dump',
  title: 'ROLL trajectory dump (rollout_dump_data.step_N.jsonl)',
  roles: ['episode', 'tool-call'],
  framing: 'auto',
  status: 'documented',
  clock: 'episode: `traj_save_time`, naive local time at the END; tool calls: epoch ms inside their ids, training host',
  traps: [
    'one line for the whole step, columns instead of rows, JSON inside JSON',
    'a survivor sample: aborted, expired and filtered episodes are never dumped',
    'trajectory ids are read from the right, because the tag may hold underscores',
    'no time of a single call but the one in its id; ids repeat across runs',
    'only the last of up to three sandboxes of an episode is named',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

/** Columns stand in any order; the first ones may be short. */
const CUT =
  /^\{\s*"(?:trajectory_data"\s*:\s*\[\s*"\{|messages"\s*:\s*\[\s*"\[|(?:exp_name|global_step|tools)"\s*:\s*\[.*"trajectory_data"\s*:\s*\[\s*")/s;

function claims({ text, json }: SniffRecord): Sniff {
  if (Array.isArray(at(json, 'trajectory_data'))) return yes(0.98, 'column trajectory_data');
  if (isRow(json)) return yes(0.9, 'decoded trajectory_data');
  const list = listIn(json);
  if (list !== undefined) return yes(0.9, `decoded trajectory_data under ${list}`);
  // The line may be longer than the head that detection sees.
  return json === undefined && CUT.test(text) ? yes(0.97, 'column trajectory_data, cut') : no('no trajectory_data');
}

function isRow(json: unknown): boolean {
  if (!isObject(json) || textOf(json['trajectory_id']) === undefined) return false;
  return 'env_info' in json || 'num_actions' in json || 'reward_info' in json;
}

/** The member of a team's own document in which it lists rows; undefined where it lists other records as well, which are read apart. */
function listIn(json: unknown): string | undefined {
  const lists = isObject(json) ? Object.entries(json).filter(([, list]) => isObject(arrayOf(list)[0])) : [];
  const [key, rows] = lists.length === 1 ? (lists[0] ?? []) : [];
  return isRow(arrayOf(rows)[0]) ? key : undefined;
}

/** The rows of a dump: of its column, of a list in it, or the one that it is. */
function rowsIn(dump: JsonObject): readonly unknown[] | undefined {
  const columns = dump['trajectory_data'];
  if (Array.isArray(columns)) return columns;
  const list = listIn(dump);
  if (list !== undefined) return arrayOf(dump[list]);
  return isRow(dump) ? [dump] : undefined;
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  if (record.oversize) return failed('dump longer than the largest record that is read whole');
  const dump = tryJson(record.text);
  if (!isObject(dump)) return failed('not JSON');
  const rows = rowsIn(dump);
  if (rows === undefined) return failed('no trajectory_data');
  const events: Event[] = [];
  for (const [i, cell] of rows.entries()) {
    const row = parsed(cell);
    // A row on its own has its messages, not a column of them.
    const messages = (row === dump ? undefined : parsed(arrayOf(dump['messages'])[i])) ?? at(row, 'messages');
    const name = textOf(cellOf(dump['exp_name'], i)) ?? textOf(at(row, 'exp_name'));
    const step = numberOf(cellOf(dump['global_step'], i)) ?? numberOf(at(row, 'global_step'));
    events.push(...rowEvents({ row, messages: lastList(messages), run: name, step }, record, context));
  }
  return events.length === 0 ? skipped('no trajectories') : decoded(...events);
}

interface DumpRow {
  readonly row: unknown;
  readonly messages: readonly unknown[];
  readonly run: string | undefined;
  readonly step: number | undefined;
}

function rowEvents({ row, ...told }: DumpRow, { ref }: RawRecord, { zoneOffsetMin }: DecodeContext): readonly Event[] {
  const { messages } = told;
  const episode = episodeOf(row, { ...told, ref, zoneOffsetMin });
  return episode === undefined ? [] : [episode, ...messageEvents(messages, episode)];
}

/** A value that is the same for all rows may stand once. */
function cellOf(column: unknown, i: number): unknown {
  return Array.isArray(column) ? column[i] : column;
}

function parsed(cell: unknown): unknown {
  return typeof cell === 'string' ? tryJson(cell) : cell;
}

/** `messages` is a list of message lists; the last one is the longest view of the episode. */
function lastList(messages: unknown): readonly unknown[] {
  const lists = arrayOf(messages);
  return Array.isArray(lists[0]) ? arrayOf(lists.at(-1)) : lists;
}
