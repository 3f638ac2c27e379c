import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { fileStem, jsonDecoder } from '../../core/tools/session.ts';
import { CallCounter } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { knownSamples, type RunFacts, readLooseEvent, readSample } from './sample.ts';

/** Inspect AI logs: `.json`, and the documents inside `.eval` archives. */
export const inspect: Format = {
  id: 'inspect',
  title: 'Inspect AI eval log',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: 'event `timestamp` and `completed`, ISO with an offset, of the harness; early logs have no `completed`',
  traps: [
    'a timed-out exec leaves no sandbox event: the tool event is the only trace',
    'a background command is not marked anywhere',
    'texts over 100 characters may be attachments',
    'header and events may use different offsets',
    'an agent behind the bridge leaves no tool events: only model events tell what it asked for',
  ],
  claims,
  open: (context) => {
    const place = archiveOf(context.path);
    const counter = new CallCounter();
    return jsonDecoder((doc, record) => read(doc, record, { place, counter }), undefined, parseLog);
  },
};

function claims({ json, text }: SniffRecord): Sniff {
  const doc = json ?? (/\bNaN\b/.test(text.slice(0, 100_000)) ? parseLog(text) : undefined);
  if (!isObject(doc)) return no('not an object');
  if ('version' in doc && isObject(doc['eval']) && 'task' in doc['eval'])
    return yes(0.99, 'eval log with version and task');
  if ('epoch' in doc && Array.isArray(doc['events']) && 'target' in doc)
    return yes(0.98, 'sample with epoch and events');
  if (isShell(doc)) return yes(0.9, 'sample with epoch, target and scores');
  return textOf(doc['event']) !== undefined && 'working_start' in doc
    ? yes(0.95, 'event with working_start')
    : no('no eval log');
}

/** Python writes NaN and Infinity, which JSON does not know. */
function parseLog(text: string): unknown {
  const json = tryJson(text);
  if (json !== undefined || !/NaN|Infinity/.test(text)) return json;
  return tryJson(text.replace(/([:,[]\s*)(?:NaN|-?Infinity)(?=\s*[,}\]])/g, '$1null'));
}

/** A sample without its events: of the summaries, or of an archive that keeps the events in chunks. */
function isShell(doc: JsonObject): boolean {
  return 'epoch' in doc && 'target' in doc && 'input' in doc && ('scores' in doc || 'uuid' in doc);
}

interface Reading {
  readonly place: Archive;
  readonly counter: CallCounter;
}

function read(doc: JsonObject, record: RawRecord, { place, counter }: Reading): readonly Event[] | Decoded {
  if (isObject(doc['eval'])) {
    const run = runOf(doc['eval']);
    const samples = lastOfEach(arrayOf(doc['samples']).filter(isObject));
    if (samples.length > 0) return samples.flatMap((sample) => readSample(sample, run, record));
    const known = place.archive === undefined ? [] : knownSamples(doc, { archive: place.archive, run, record });
    return known.length === 0 ? skipped('header without samples') : known;
  }
  if ((Array.isArray(doc['events']) && 'epoch' in doc) || isShell(doc))
    return readSample(doc, { taskId: place.archive ?? place.stem, archive: place.archive }, record);
  return readLooseEvent(doc, { record, counter, ...place });
}

interface Archive {
  readonly stem: string;
  /** What the episodes of an archive are known by until its header names its task. */
  readonly archive: string | undefined;
  /** Of a file with events alone: their sample. */
  readonly episodeId: string;
  /** Of such a file: how many events stand in the files before it. */
  readonly from: number;
}

/** An archive is named `<time>_<task>_<task id>.eval`; its documents do not repeat the id. Renamed, it is known by its path. */
function archiveOf(path: string): Archive {
  const [outer = path, inner] = path.split('!/');
  const name = outer.replace(/\.eval$/, '');
  const stem = fileStem(outer).replace(/\.eval$/, '');
  const archive = inner === undefined ? undefined : (/_([A-Za-z0-9]{22})$/.exec(stem)?.[1] ?? name);
  const chunk = /samples\/(.+)_epoch_(\d+)\/events\/(\d+)/.exec(inner ?? '');
  const known = archive ?? stem;
  const episodeId = chunk === null ? known : `${known}/${chunk[1] ?? ''}/${chunk[2] ?? ''}`;
  return { stem, archive, episodeId, from: Number(chunk?.[3] ?? 0) };
}

function runOf(spec: JsonObject): RunFacts {
  return {
    taskId: textOf(spec['task_id']),
    run: textOf(spec['run_id']),
    task: textOf(spec['task']),
    model: textOf(spec['model']),
    evalSet: textOf(spec['eval_set_id']) ?? textOf(at(spec, 'metadata', 'eval_set_id')),
  };
}

/** A retried sample stands there again; the last one counts. */
function lastOfEach(samples: readonly JsonObject[]): readonly JsonObject[] {
  const byId = new Map<string, JsonObject>();
  for (const sample of samples)
    byId.set(textOf(sample['uuid']) ?? `${textOf(sample['id']) ?? ''}/${textOf(sample['epoch']) ?? ''}`, sample);
  return [...byId.values()];
}
