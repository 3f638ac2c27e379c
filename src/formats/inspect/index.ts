import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf, tryJson } from '../../core/json.ts';
import { fileStem, jsonDecoder } from '../../core/session.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { type RunFacts, readLooseEvent, readSample } from './sample.ts';

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
  ],
  claims,
  open: (context) => jsonDecoder((doc, record) => read(doc, record, context), undefined, parseLog),
};

function claims({ json, text }: SniffRecord): Sniff {
  const doc = json ?? (/\bNaN\b/.test(text.slice(0, 100_000)) ? parseLog(text) : undefined);
  if (!isObject(doc)) return no('not an object');
  if ('version' in doc && isObject(doc['eval']) && 'task' in doc['eval'])
    return yes(0.99, 'eval log with version and task');
  if ('epoch' in doc && Array.isArray(doc['events']) && 'target' in doc)
    return yes(0.98, 'sample with epoch and events');
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

function read(doc: JsonObject, record: RawRecord, context: DecodeContext): readonly Event[] | Decoded {
  if (isObject(doc['eval'])) {
    const run = runOf(doc['eval']);
    const samples = lastOfEach(arrayOf(doc['samples']).filter(isObject));
    return samples.length === 0
      ? skipped('header without samples')
      : samples.flatMap((sample) => readSample(sample, run, record));
  }
  const archive = taskIdOf(context.path);
  if (Array.isArray(doc['events']) && 'epoch' in doc) return readSample(doc, { taskId: archive }, record);
  const chunk = /samples\/(.+)_epoch_(\d+)\/events\//.exec(context.path);
  const episodeId = chunk === null ? archive : `${archive}/${chunk[1] ?? ''}/${chunk[2] ?? ''}`;
  return readLooseEvent(doc, episodeId, record);
}

/** An archive is named `<time>_<task>_<task id>.eval`; its documents do not repeat the id. */
function taskIdOf(path: string): string {
  const stem = fileStem(path.split('!/')[0] ?? path).replace(/\.eval$/, '');
  return /_([A-Za-z0-9]{22})$/.exec(stem)?.[1] ?? stem;
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
