import { Buffer } from 'node:buffer';
import { tryJson } from '../../core/json/json.ts';
import { exportedTable } from '../../core/tables/exported.ts';
import type { Framing, SeveralLines } from '../../model/format.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import type { RawRecord } from '../../model/source.ts';
import { JsonCutter } from './json-cutter.ts';
import { LineCutter, type LineSlice, type OnLeft } from './line-cutter.ts';
import { CsvJoiner, DocumentJoiner, type LineJoiner, StartJoiner } from './line-joiner.ts';
import { type Carrying, ListCutter } from './list-cutter.ts';

/** Longest record that is read whole; longer ones are reported as failed and the file goes on. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/**
 * How the bytes of one file are cut; `auto` of a format becomes `lines` or `json` by the file's head, or as `Carrying` says where
 * its documents only carry records.
 */
export type Cut = 'lines' | 'json' | 'csv' | Carrying | SeveralLines;

/** Turns chunks of one file into records. Push chunks in order, then end. Equal records for any chunking. */
export interface Framer {
  /** `skimmed`: only where a line is a record, or whole records were left and a line behind one starts the next. */
  push(chunk: Uint8Array, skimmed?: Skimmed): readonly RawRecord[];
  end(): readonly RawRecord[];
}

/** Decides how a file with `auto` framing is cut: a JSON array, JSON documents over several lines or without any, else lines. */
export function cutOfHead(head: string): 'lines' | 'json' {
  const text = head.replace(/^\uFEFF/, '').trimStart();
  if (/^\[\s*[[{\]]/.test(text)) return 'json';
  if (!text.startsWith('{')) return 'lines';
  const newline = text.indexOf('\n');
  const first = (newline < 0 ? text : text.slice(0, newline)).trim();
  if (newline >= 0 && opensDocument(first, text.slice(newline).trimStart())) return 'json';
  return tryJson(first) === undefined && startsWithDocument(text, first.length) ? 'json' : 'lines';
}

/** A line that only opens a document or a member of it, and behind it what may follow there: a stray brace opens none. */
function opensDocument(first: string, behind: string): boolean {
  if (/^\{\s*$|^\{[^}]*,$/.test(first)) return /^(?:["}]|$)/.test(behind);
  return /^\{\s*"[^"]*"\s*:[\s[{]*$/.test(first);
}

/** A whole document that is longer than the first line, or has the next one right behind it. */
function startsWithDocument(text: string, firstLine: number): boolean {
  const bytes = Buffer.from(text);
  const document = new JsonCutter('', MAX_RECORD_BYTES).push(bytes)[0];
  if (document === undefined || tryJson(document.text) === undefined) return false;
  const behind = bytes.toString('utf8', document.ref.offset + document.ref.bytes).trimStart();
  return document.text.length > firstLine || /^,?\s*(?:\{|$)/.test(behind);
}

/** `journalctl -o export`: an entry is a block of `FIELD=value` lines, and its first field is always the cursor. */
const JOURNAL_EXPORT: Cut = { startsRecord: /^__CURSOR=/ };

/** What `gcloud logging read` prints unless it is told otherwise: entries in YAML, each behind three hyphens. */
const LOG_ENTRIES: Cut = { startsRecord: /^---\s*$/ };
const BEGINS_ENTRIES = /^---[ \t]*\r?\n(?:[ \w-].*\n){0,400}?(?:insertId|logName|receiveTimestamp): /;

/** What `kubectl get -o yaml` prints: an object, or a list of them, whose members stand in the order of their letters. */
const OBJECTS: Cut = { startsRecord: /^apiVersion: / };

export function cutOf(framing: Framing, head: string): Cut {
  if (framing !== 'auto') return framing;
  if (exportedTable(head) !== undefined) return 'csv';
  if (BEGINS_ENTRIES.test(head)) return LOG_ENTRIES;
  if (head.startsWith('apiVersion: ')) return OBJECTS;
  return head.startsWith('__CURSOR=') ? JOURNAL_EXPORT : cutOfHead(head);
}

/** The first line is a whole JSON document. */
export function isJsonLine(head: string): boolean {
  return head.startsWith('{') && tryJson(head.slice(0, Math.max(0, head.indexOf('\n'))).trim()) !== undefined;
}

export interface FramerOptions {
  readonly maxBytes?: number;
  /** Is told what skimming left. */
  readonly onLeft?: OnLeft;
}

export function createFramer(source: string, cut: Cut, options: FramerOptions = {}): Framer {
  const { maxBytes = MAX_RECORD_BYTES, onLeft = () => undefined } = options;
  if (cut === 'json') return new JsonCutter(source, maxBytes);
  if (cut === 'lists' || cut === 'members') return new ListCutter(source, maxBytes, cut);
  const lines = new LineCutter(maxBytes);
  const linesOf = (chunk: Uint8Array, skimmed: Skimmed | undefined): LineSlice[] =>
    skimmed === undefined ? lines.push(chunk) : lines.pushSkimmed(chunk, skimmed, onLeft);
  const toRecords = (slices: readonly LineSlice[]): RawRecord[] => {
    const out: RawRecord[] = [];
    for (let i = 0; i < slices.length; i++) {
      const slice = slices[i] as LineSlice;
      if (!isBlank(slice.text)) out.push(lineRecord(source, slice));
    }
    return out;
  };
  const joiner = joinerOf(cut, maxBytes);
  const join = (slices: LineSlice[]): LineSlice[] => {
    if (joiner.passes?.(slices) === true) return slices;
    const out: LineSlice[] = [];
    for (let i = 0; i < slices.length; i++) joiner.add(slices[i] as LineSlice, out);
    joiner.settle?.(lines.line, out);
    return out;
  };
  return {
    push: (chunk, skimmed) => toRecords(join(linesOf(chunk, skimmed))),
    end: () => {
      const out = join(lines.end());
      joiner.flush(out);
      return toRecords(out);
    },
  };
}

function joinerOf(cut: 'lines' | 'csv' | SeveralLines, maxBytes: number): LineJoiner {
  if (cut === 'lines') return new DocumentJoiner();
  return cut === 'csv' ? new CsvJoiner() : new StartJoiner(cut, maxBytes);
}

function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c !== 32 && c !== 9 && c !== 10 && c !== 0) return false;
  }
  return true;
}

function lineRecord(source: string, slice: LineSlice): RawRecord {
  const ref = { source, line: slice.line, offset: slice.offset, bytes: slice.bytes };
  const text = behindHole(slice.text);
  return slice.oversize ? { text, ref, oversize: true } : { text, ref };
}

/** What was written first after a crash stands behind the NUL bytes of what was lost in it. */
export function behindHole(text: string): string {
  if (text.charCodeAt(0) !== 0) return text;
  let at = 1;
  while (text.charCodeAt(at) === 0) at++;
  return text.slice(at);
}
