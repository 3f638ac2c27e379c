import { Buffer } from 'node:buffer';
import { tryJson } from '../core/json/json.ts';
import { ElementScanner } from '../sources/cutting/json-elements.ts';
import { elementCuts } from './elements.ts';

/** Bytes [from, to) of a member that are replaced. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly with: string;
}

/** A sample as its archive names it. */
interface SampleName {
  readonly id: string;
  readonly epoch: string;
}

/** The samples that go. */
export interface Removal {
  readonly removed: readonly SampleName[];
  /** Of those, how many ended without an error. */
  readonly completed: number;
  /** Ids of which an epoch stays. */
  readonly keptIds: ReadonlySet<string>;
}

/** Edits of one member, in order, and what they do in words. */
export interface Edited {
  readonly edits: readonly Edit[];
  readonly says: readonly string[];
}

type Editor = (bytes: Buffer, removal: Removal) => Edited;

/** `samples/<id>_epoch_<epoch>.json`: inspect_ai, log/_recorders/eval.py. */
export function sampleOf(name: string): SampleName | undefined {
  const [, id, epoch] = /^samples\/(.+)_epoch_(\d+)\.json$/.exec(name) ?? [];
  return id === undefined || epoch === undefined ? undefined : { id, epoch };
}

/** True for a sample that ended without an error, as `results.completed_samples` counts it. */
export function isCompleted(sample: Buffer): boolean {
  const error = memberOf({ bytes: sample, from: 0 }, 'error');
  return error === undefined || error.bytes.toString() === 'null';
}

/** How a member that repeats what samples say is rid of some of them; undefined for members that repeat nothing. */
export function evalEditor(name: string): Editor | undefined {
  if (name === 'header.json' || name === '_journal/start.json') return editHeader;
  if (name === 'summaries.json' || /^_journal\/summaries\/\d+\.json$/.test(name)) return editSummaries;
  return name === 'reductions.json' ? editReductions : undefined;
}

export function withEdits(bytes: Buffer, edits: readonly Edit[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const edit of edits) {
    parts.push(bytes.subarray(at, edit.from), Buffer.from(edit.with, 'utf8'));
    at = edit.to;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}

function editSummaries(bytes: Buffer, { removed }: Removal): Edited {
  const goes = new Set(removed.map(({ id, epoch }) => JSON.stringify([id, epoch])));
  const summaries = elementsOf({ bytes, from: 0 }, '');
  return cut(
    summaries,
    (summary) => !goes.has(JSON.stringify([textOf(memberOf(summary, 'id')), textOf(memberOf(summary, 'epoch'))])),
    'summaries',
  );
}

/** A reduced value is made of all epochs of its sample, so it no longer holds when one of them goes. */
function editReductions(bytes: Buffer, { removed }: Removal): Edited {
  const touched = new Set(removed.map(({ id }) => id));
  const parts = elementsOf({ bytes, from: 0 }, '').map((reduction) =>
    cut(
      elementsOf(reduction, 'samples'),
      (value) => !touched.has(textOf(memberOf(value, 'sample_id')) ?? ''),
      'reduced scores',
    ),
  );
  return { edits: parts.flatMap(({ edits }) => edits), says: [...new Set(parts.flatMap(({ says }) => says))] };
}

/** Sample ids of which nothing is left, the counts, and the metrics, which were computed with the samples that go. */
function editHeader(bytes: Buffer, { removed, completed, keptIds }: Removal): Edited {
  const header = { bytes, from: 0 };
  const dataset = memberOf(memberOf(header, 'eval'), 'dataset');
  const results = memberOf(header, 'results');
  const gone = new Set(removed.map(({ id }) => id).filter((id) => !keptIds.has(id)));
  const parts = [
    cut(elementsOf(dataset, 'sample_ids'), (id) => !gone.has(textOf(id) ?? ''), 'eval.dataset.sample_ids'),
    lower(results, 'total_samples', removed.length),
    lower(results, 'completed_samples', completed),
    cut(elementsOf(results, 'scores'), () => false, 'results.scores'),
  ];
  const edits = parts.flatMap((part) => part.edits).sort((a, b) => a.from - b.from);
  return { edits, says: parts.flatMap(({ says }) => says) };
}

function lower(results: Span | undefined, key: string, by: number): Edited {
  const member = memberOf(results, key);
  const before = Number(textOf(member) ?? Number.NaN);
  if (member === undefined || !Number.isInteger(before) || by === 0) return { edits: [], says: [] };
  const after = Math.max(0, before - by);
  return {
    edits: [{ from: member.from, to: member.from + member.bytes.length, with: `${after}` }],
    says: [`results.${key} ${before} -> ${after}`],
  };
}

/** A value with its place in the member. */
interface Span {
  readonly bytes: Buffer;
  readonly from: number;
}

/** Takes elements out of a list, each with one comma. */
function cut(elements: readonly Span[], stays: (element: Span) => boolean, nouns: string): Edited {
  const kept = elements.map(stays);
  const gone = kept.filter((stay) => !stay).length;
  const places = elements.map(({ bytes, from }) => [from, from + bytes.length] as const);
  return {
    edits: elementCuts(places, kept).map(([from, to]) => ({ from, to, with: '' })),
    says: gone === 0 ? [] : [`${gone} of ${elements.length} ${nouns} cut`],
  };
}

const MAX_KEY_BYTES = 1024;

function elementsOf(span: Span | undefined, key: string): readonly Span[] {
  return span === undefined ? [] : spans(span, (one, index) => one === key && index !== 'whole');
}

/** A member of an object that is no list; for a document that is no list itself. */
function memberOf(span: Span | undefined, key: string): Span | undefined {
  return span === undefined ? undefined : spans(span, (one, index) => one === key && index === 'whole').at(-1);
}

function spans({ bytes, from }: Span, wanted: (key: string, index: number | 'whole') => boolean): readonly Span[] {
  return new ElementScanner(new Set(), MAX_KEY_BYTES)
    .push(bytes)
    .filter(({ document, key, index }) => document === 0 && wanted(key, index))
    .map((element) => ({ bytes: bytes.subarray(element.from, element.to), from: from + element.from }));
}

/** An id as samples are named by it: 1 and "1" are the same. */
function textOf(span: Span | undefined): string | undefined {
  const value = span === undefined ? undefined : tryJson(span.bytes.toString('utf8'));
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
