import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isObject, type JsonObject, tryJson } from '../../src/core/json/json.ts';
import { formats } from '../../src/formats/index.ts';
import type { Event } from '../../src/model/event.ts';
import type { Format } from '../../src/model/format.ts';
import type { Micros } from '../../src/model/time.ts';

const context = { path: 'a', zoneOffsetMin: 0, reference: 1_767_225_600_000_000 as Micros };
const root = join(import.meta.dirname, '../../src/formats');

/** Rows of a format's samples that are JSON lines. */
function rowsOf(id: string): JsonObject[] {
  const folder = join(root, id, 'samples');
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl') && !name.startsWith('log-items'));
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  return lines.map((line) => tryJson(line)).filter(isObject);
}

function eventsOf(format: Format, json: unknown): readonly Event[] {
  const text = JSON.stringify(json);
  const result = format.open(context).decode({ text, ref: { source: 'a', line: 1, offset: 0, bytes: 0 } });
  return result.status === 'decoded' ? result.events : [];
}

/** As an item of a log group, whose time and topic stand beside its contents. */
function itemOf({ __time__, __topic__: _, ...row }: JsonObject): JsonObject {
  return { Time: Number(__time__), Contents: Object.entries(row).map(([Key, Value]) => ({ Key, Value })) };
}

describe.each(['alibaba-cfw', 'alibaba-nat-session', 'alibaba-sas', 'alibaba-vpc-flow'])('%s', (id) => {
  const format = formats.find((one) => one.id === id) as Format;
  const rows = rowsOf(id);
  const plain = rows.flatMap((row) => eventsOf(format, row));

  it("is read from an answer of the service as from the answer's rows", () => {
    const answer = { meta: { progress: 'Complete' }, data: rows };
    expect(plain.length).toBeGreaterThan(0);
    expect(eventsOf(format, answer)).toEqual(plain);
    expect(format.claims({ text: JSON.stringify(answer), json: answer }).score).toBeGreaterThan(0.5);
  });

  it('is read from log groups as from rows', () => {
    const groups = rows
      .filter((row) => /^\d+$/.test(String(row['__time__'])))
      .map((row) => ({ row, group: { Topic: row['__topic__'], LogItems: [itemOf(row)] } }));
    for (const { row, group } of groups) expect(eventsOf(format, group)).toEqual(eventsOf(format, row));
  });
});
