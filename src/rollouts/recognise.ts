import type { Format } from '../model/format.ts';
import type { Micros } from '../model/time.ts';
import type { InputFile } from '../sources/files/discover.ts';
import { detectCarried, detectFormat } from '../sources/heads/detect.ts';
import { readHead } from '../sources/heads/head.ts';
import { archiveRefusal } from './archive.ts';
import { isSpread, listOfRollouts } from './document.ts';
import type { Layout, Refusal, RowFile } from './rows.ts';

const LINE_FORMATS: ReadonlySet<string> = new Set(['verifiers', 'nemo-gym', 'training-dump', 'tool-calls']);
/** Those that read a document in which their rows are listed. */
const LISTING: ReadonlySet<string> = new Set(['training-dump', 'tool-calls', 'roll-dump']);
/** ROLL writes a step as lists of JSON texts; rows taken out of it stand one a line. */
const COLUMNS = /^\{\s*"\w+"\s*:\s*\[/;
const SUPPORTED =
  'ROLL dumps; verifiers and prime-rl traces, NeMo Gym rollouts, verl, SkyRL, AReaL, TRL and rLLM dumps, rows with conversations and plain tables of episodes, all as JSON lines or one JSON list; documents that list such rows (tau2-bench, or home-grown ones); Inspect logs as .eval and .json';

/** Recognises a rollout file by its content. */
export async function recogniseRollouts(input: InputFile, formats: readonly Format[]): Promise<RowFile | Refusal> {
  if (input.member?.kind === 'zip') return recogniseArchive(input, formats);
  const head = await readHead(input);
  const context = { path: input.path, zoneOffsetMin: 0, reference: input.modifiedUs as Micros };
  const own = detectFormat(formats, input.path, head).format;
  const carried = own === undefined ? detectCarried(formats, input.path, head) : undefined;
  const format = own ?? carried?.detection.format;
  if (format !== undefined && carried?.head.auto === 'lists' && isOfRows(format))
    return { input, format, layout: 'carried', context };
  const layout = own === undefined ? undefined : layoutOf(own, new TextDecoder().decode(head.bytes.subarray(0, 256)));
  if (format === undefined || layout === undefined)
    return { refused: `${input.path} is ${format?.title ?? 'of no known format'}. What can be filtered: ${SUPPORTED}` };
  const mayList = LISTING.has(format.id) && layout !== 'list';
  const list = mayList ? listOfRollouts(head.bytes, format, context) : undefined;
  if (list !== undefined && list !== 'trajectory_data') return { input, format, layout: 'document', list, context };
  if (layout !== 'lines' || format.id === 'roll-dump' || !isSpread(head.bytes))
    return { input, format, layout, context };
  return { refused: `${input.path} holds rollouts over several lines each: write one a line first (jq -c .)` };
}

function recogniseArchive(member: InputFile, formats: readonly Format[]): RowFile | Refusal {
  const path = member.path.split('!/')[0] ?? member.path;
  const format = formats.find(({ id }) => id === 'inspect');
  const refused = format === undefined ? 'no format reads Inspect logs' : archiveRefusal(path, member.absolute);
  if (format === undefined || refused !== undefined) return { refused: refused ?? '' };
  const { absolute, modifiedUs, archive } = member;
  const context = { path, zoneOffsetMin: 0, reference: modifiedUs as Micros };
  return {
    input: { path, absolute, bytes: archive?.bytes ?? member.bytes, modifiedUs },
    format,
    layout: 'archive',
    context,
  };
}

function isOfRows({ id }: Format): boolean {
  return LINE_FORMATS.has(id) || id === 'roll-dump';
}

function layoutOf(format: Format, start: string): Layout | undefined {
  const first = start.replace(/^\uFEFF/, '').trimStart();
  if (format.id === 'roll-dump') return COLUMNS.test(first) ? 'columns' : 'lines';
  if (format.id === 'inspect') return 'samples';
  if (!isOfRows(format)) return undefined;
  if (first.startsWith('[')) return 'list';
  return first.startsWith('{') ? 'lines' : undefined;
}
