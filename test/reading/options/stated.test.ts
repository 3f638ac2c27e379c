import { describe, expect, it } from 'vitest';
import type { Format, Role } from '../../../src/model/format.ts';
import type { ReadReport } from '../../../src/model/report.ts';
import type { Stated } from '../../../src/model/run-options.ts';
import {
  absentSources,
  allowedFormats,
  namesInput,
  statedFormat,
  unmetRoles,
} from '../../../src/reading/options/stated.ts';
import type { InputFile } from '../../../src/sources/files/discover.ts';

const input = (path: string): InputFile => ({ path, absolute: `/srv/night/${path}`, bytes: 1, modifiedUs: 0 });
const format = (id: string, ...roles: readonly Role[]): Format => ({ id, roles }) as unknown as Format;

describe('the name of a source', () => {
  it.each<[string, boolean]>([
    ['fw/eve.json', true],
    ['./fw/eve.json', true],
    ['/srv/night/fw/eve.json', true],
    ['eve.json', true],
    ['fw', true],
    ['fw/', true],
    ['night/fw', true],
    ['ve.json', false],
    ['eve', false],
    ['w/eve.json', false],
    ['dns', false],
  ])('%s names fw/eve.json: %s', (source, expected) => {
    expect(namesInput(source, input('fw/eve.json'))).toBe(expected);
  });
});

describe('the format that is stated', () => {
  const formats = [format('squid'), format('cef')];
  const own = format('mine');
  const importers = [{ match: 'runs/*.jsonl', format: own }];
  it.each<[string, string, Stated, string | undefined]>([
    ['is the one of --as', 'a.log', { forced: new Map([['a.log', 'cef']]) }, 'cef'],
    ['also one that an importer made', 'a.log', { forced: new Map([['a.log', 'mine']]), importers }, 'mine'],
    [
      'is none where --as names no format',
      'runs/a.jsonl',
      { forced: new Map([['a.jsonl', 'x']]), importers },
      undefined,
    ],
    ['is not that of another source', 'a.log', { forced: new Map([['b.log', 'cef']]) }, undefined],
    ['is the importer whose glob the path ends with', 'deep/runs/a.jsonl', { importers }, 'mine'],
    ['whether or not it is compressed', 'runs/a.jsonl.gz', { importers }, 'mine'],
    ['is none of a glob for other paths', 'runs/a.log', { importers }, undefined],
    ['is none where nothing is stated', 'a.log', {}, undefined],
  ])('%s', (_, path, stated, expected) => {
    expect(statedFormat(input(path), formats, stated)?.id).toBe(expected);
  });

  it('may be any that contributes all roles of the source', () => {
    const all = [format('eve', 'violation', 'flow'), format('flows', 'flow'), format('audit', 'process')];
    const allowed = (...roles: readonly Role[]): readonly string[] =>
      allowedFormats(input('fw/eve.json'), all, { roles: new Map([['fw', roles]]) }).map(({ id }) => id);
    expect(allowed('flow')).toEqual(['eve', 'flows']);
    expect(allowed('flow', 'violation')).toEqual(['eve']);
    expect(allowedFormats(input('dns.log'), all, { roles: new Map([['fw', ['flow']]]) })).toEqual(all);
    expect(allowedFormats(input('dns.log'), all, {})).toEqual(all);
  });
});

describe('what is stated of a source that is not there', () => {
  const inputs = [input('fw/eve.json'), input('dns/a.log')];
  const roles = new Map<string, readonly Role[]>([
    ['fw', ['violation']],
    ['gone', ['flow', 'nat']],
  ]);
  const forced = new Map([
    ['dns/a.log', 'dnsmasq'],
    ['b.log', 'squid'],
  ]);
  const zones = new Map([
    ['eve', 480],
    ['none', 60],
  ]);

  it('is a hole where it was to hold something, else a warning', () => {
    expect(absentSources(inputs, { roles, forced, zones }).map(({ severity, message }) => [severity, message])).toEqual(
      [
        ['error', 'no input has the path gone, which was said to hold flow and nat records'],
        ['warning', 'no input has the path b.log, for which a format is stated'],
        ['warning', 'no input has the path none, for which a zone is stated'],
      ],
    );
  });

  it('is nothing where there is no input at all, or nothing is stated', () => {
    expect(absentSources([], { roles, forced, zones })).toEqual([]);
    expect(absentSources(inputs, {})).toEqual([]);
  });
});

describe('an input that was said to hold a role', () => {
  const report = (path: string, decoded: number, roles: readonly Role[], duplicateOf?: string): ReadReport =>
    ({ path, roles, records: { decoded }, ...(duplicateOf === undefined ? {} : { duplicateOf }) }) as ReadReport;
  const stated: Stated = { roles: new Map([['a.log', ['flow', 'dns']]]) };
  it.each<[string, readonly ReadReport[], readonly string[]]>([
    ['and holds it', [report('a.log', 1, ['flow', 'dns', 'nat'])], []],
    ['and holds one of two', [report('a.log', 1, ['flow'])], ['dns']],
    ['and of which nothing was read', [report('a.log', 0, ['flow', 'dns'])], ['flow', 'dns']],
    ['and was not read at all', [], ['flow', 'dns']],
    ['in a copy of it', [report('a.log', 0, [], 'b.log'), report('b.log', 1, ['flow', 'dns'])], []],
    ['but not in the copy', [report('a.log', 1, ['flow', 'dns'], 'b.log'), report('b.log', 0, [])], ['flow', 'dns']],
  ])('%s', (_, reports, missing) => {
    const told = unmetRoles([input('a.log'), input('b.log')], reports, stated);
    expect(told.map(({ severity, code, path, message }) => [severity, code, path, message])).toEqual(
      missing.map((role) => [
        'error',
        'role-missing',
        'a.log',
        `a.log was said to hold ${role} records, and none was read from it`,
      ]),
    );
  });
});
