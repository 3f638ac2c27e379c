import { describe, expect, it } from 'vitest';
import { inPieces, piecesOf } from '../../../src/core/lines/rotated.ts';

const SECOND = 1_000_000;

function read(path: string, from: number, to: number, format = 'dnsmasq', roles: readonly string[] = ['dns']) {
  return { path, format, roles, first: from * SECOND, last: to * SECOND };
}

const named = (...paths: string[]): string[][] => inPieces(paths, (path) => ({ path, kind: 'x' }));

describe('pieces of a log that was rotated', () => {
  it.each([
    [
      ['a.log', 'a.log.1', 'a.log.10', 'a.log.2.gz'],
      ['a.log.10', 'a.log.2.gz', 'a.log.1', 'a.log'],
    ],
    [
      ['a.log', 'a.log-20260102.gz', 'a.log-20260101'],
      ['a.log-20260101', 'a.log-20260102.gz', 'a.log'],
    ],
    [
      ['a.log', 'a.log-2026010103', 'a.log-2026010102'],
      ['a.log-2026010102', 'a.log-2026010103', 'a.log'],
    ],
    [
      ['e.json', 'e-2026-01-02.json', 'e-2026-01-01.json'],
      ['e-2026-01-01.json', 'e-2026-01-02.json', 'e.json'],
    ],
    [
      ['e-2026-01-01T01-30-00.000.log', 'e.log', 'e-2026-01-01T01-00-00.000.log.gz'],
      ['e-2026-01-01T01-00-00.000.log.gz', 'e-2026-01-01T01-30-00.000.log', 'e.log'],
    ],
    [
      ['2026-01-02/conn.00:00:00-01:00:00.log.gz', '2026-01-01/conn.23:00:00-00:00:00.log.gz'],
      ['2026-01-01/conn.23:00:00-00:00:00.log.gz', '2026-01-02/conn.00:00:00-01:00:00.log.gz'],
    ],
  ])('%j are one, the oldest first', (paths, ordered) => expect(named(...paths)).toEqual([ordered]));

  it('are not made of hosts, folders or other names that end in numbers', () => {
    for (const paths of [
      ['10.70.0.11', '10.70.0.12'],
      ['10.70.0.11.log', '10.70.0.12.log'],
      ['a/x.log', 'b/x.log.1'],
      ['train-01.log', 'train-02.log'],
      ['worker-1.jsonl', 'worker-2.jsonl'],
    ])
      expect(named(...paths)).toEqual(paths.map((path) => [path]));
  });

  it('go on where the one before ended', () => {
    const pieces = piecesOf([read('a.log', 100, 200), read('a.log.1', 10, 100)]);
    expect(pieces.get('a.log.1')).toEqual({ log: 'a.log', nth: 0 });
    expect(pieces.get('a.log')).toEqual({ log: 'a.log', nth: 1 });
  });

  it.each([
    ['a flow that began long before', read('a.log', 20, 300), read('a.log.1', 100, 200)],
    ['a stray stamp', read('a.log', 200, 290), read('a.log.1', 100, 300)],
  ])('go on with %s', (_, newer, older) => expect(piecesOf([newer, older]).size).toBe(2));

  it('are not written side by side, nor in two formats', () => {
    expect(piecesOf([read('w.log.1', 10, 200), read('w.log.2', 11, 199)]).size).toBe(0);
    const shards = [read('w.log.1', 30, 200, 'otlp', ['tool-call']), read('w.log.2', 10, 190, 'otlp', ['tool-call'])];
    expect(piecesOf(shards).size).toBe(0);
    const spans = [read('w.log.1', 66, 102, 'otlp', ['tool-call']), read('w.log', 60, 300, 'otlp', ['tool-call'])];
    expect(piecesOf(spans).size).toBe(2);
    expect(piecesOf([read('a.log', 100, 200), read('a.log.1', 10, 100, 'squid')]).size).toBe(0);
  });
});
