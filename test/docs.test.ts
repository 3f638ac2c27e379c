import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reliabilityOf } from '../scripts/reliability.mjs';
import { formats } from '../src/formats/index.ts';
import { outputFormats } from '../src/report/index.ts';
import { egressblame } from './cli/run.ts';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('README', () => {
  it('holds the reliability tables of the last calibration', () => {
    const calibration = readFileSync(join(root, 'docs/calibration.md'), 'utf8');
    expect(readme).toContain(`<!-- reliability -->\n${reliabilityOf(calibration)}\n<!-- /reliability -->`);
    expect(reliabilityOf(calibration)).toMatch(/expected calibration error[^|]*\| 0\.\d+/);
  });

  it('lists every format (npm run readme writes the table)', () => {
    for (const format of formats) expect(readme).toContain(`| \`${format.id}\` |`);
  });

  it('shows what the demo prints', () => {
    const shown = /The first command prints:\n\n```\n(.*)\n```/.exec(readme)?.[1];
    const card = /who did it and why that is known:\n\n```\n([\s\S]*?)```/.exec(readme)?.[1];
    const { out } = egressblame(['fixtures/night/inputs']);
    expect(out).toContain(shown);
    expect(out).toContain(`\n\n${card}\n`);
  });

  it('shows commands that exist', () => {
    const help = egressblame(['--help']).out;
    for (const [, name = ''] of readme.matchAll(/^ {4}egressblame ([a-z]+) /gm)) expect(help).toContain(`\n  ${name} `);
  });

  it('shows what policy suggest answers', () => {
    const [, shown = '?'] = /policy suggest fixtures\/rome\/inputs\n\n```\n(.*)\n```/.exec(readme) ?? [];
    expect(egressblame(['policy', 'suggest', 'fixtures/rome/inputs']).out).toContain(shown);
  });

  it('names the exit codes as --help does', () => {
    expect(egressblame(['--help']).out).toMatch(/3 cannot say clean/);
    expect(readme).toMatch(/\| 3 \| cannot say clean/);
  });
});

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(root, 'src', name), 'utf8') }));
const docs = (name: string): string => readFileSync(join(root, 'docs', name), 'utf8');

/** Codes of problems that are given as they are, not put together. */
const GIVEN =
  /(?:problemOf|problem|#fail|failed|warn)\(\s*(?:'(?:error|warning|info)',|severity,)?\s*'([a-z-]+)'|severity[^;{}]{0,80}?code: '([a-z-]+)'/g;

describe('docs', () => {
  it('json.md tells every problem of a run, and none that there is not', () => {
    const own = sources.filter(({ name }) => !name.startsWith('formats'));
    const given = own.flatMap(({ text }) => [...text.matchAll(GIVEN)].map(([, a, b]) => a ?? b ?? ''));
    expect(given.length).toBeGreaterThan(40);
    const table = /### Problems of a run([\s\S]*?)\n###/.exec(docs('json.md'))?.[1] ?? '';
    const told = [...table.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell = '']) => cell.match(/[a-z-]+/g) ?? []);
    const ofData = told.filter((code) => /^(?:gzip|zstd|zip|parquet)-/.test(code));
    expect(told.filter((code) => !ofData.includes(code)).sort()).toEqual(
      [...new Set(given)].filter((code) => !ofData.includes(code)).sort(),
    );
  });

  it('reports.md tells every report with its endings', () => {
    for (const { id, endings } of outputFormats) {
      const row = docs('reports.md').match(new RegExp(`^\\| [^|]*\`${id}\`[^|]*\\|[^|]*\\|`, 'm'))?.[0] ?? '';
      expect([id, endings.filter((ending) => !row.includes(`\`${ending}\``))]).toEqual([id, []]);
    }
  });

  it('config.md tells every variable', () => {
    const read = sources.flatMap(({ text }) => text.match(/(?<=')EGRESSBLAME_[A-Z_]+(?=')/g) ?? []);
    const told = docs('config.md').match(/EGRESSBLAME_[A-Z_]+/g) ?? [];
    expect([...new Set(told)].sort()).toEqual([...new Set(read)].filter((name) => name !== 'EGRESSBLAME_').sort());
  });

  it.each(['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs/adr')).map((name) => `docs/adr/${name}`)])(
    '%s names commands of npm that there are',
    (name) => {
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
      const named = [...readFileSync(join(root, name), 'utf8').matchAll(/npm run (?:-s )?([\w:-]+)/g)];
      expect(named.map(([, script = '']) => script).filter((script) => !(script in scripts))).toEqual([]);
    },
  );
});

/** What is written as code and looks like a file or folder of ours; the part before a placeholder where there is one. */
function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/`([\w./<>*-]+)`/g)].flatMap(([, name = '']) => {
    const isPath = /\.(?:ts|mjs)$/.test(name) || /^(?:src|test|bench|docs|scripts|fixtures)\//.test(name);
    return isPath ? [name.replace(/[^/]*[<*].*$/, '')] : [];
  });
}

/** Paths that lead nowhere, from the root or `src`; a name alone may stand in any of `folders`. */
function lost(paths: readonly string[], folders: readonly string[]): readonly string[] {
  return paths.filter(
    (path) => ![root, join(root, 'src'), ...folders].some((folder) => existsSync(join(folder, path))),
  );
}

/** Folders that a text names, by themselves or with a file. */
const foldersOf = (paths: readonly string[]): readonly string[] =>
  paths
    .filter((path) => path.includes('/'))
    .flatMap((path) => [join(root, path), join(root, 'src', path)])
    .flatMap((path) => [path, dirname(path)]);

describe('what is written about the tree is true of it', () => {
  const decisions = readdirSync(join(root, 'docs/adr')).map((name) => `docs/adr/${name}`);
  it.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', ...decisions])('%s names files and folders that exist', (name) => {
    const paths = pathsIn(readFileSync(join(root, name), 'utf8'));
    expect(lost(paths, foldersOf(paths))).toEqual([]);
  });

  it('and so do comments', () => {
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const wrong = files.flatMap((name) => {
      const path = join(root, 'src', name);
      return lost(pathsIn(readFileSync(path, 'utf8')), [dirname(path)]).map((each) => `${name}: ${each}`);
    });
    expect(wrong).toEqual([]);
    expect(lost(['src/core/time/time.ts', 'gone.ts'], [])).toEqual(['gone.ts']);
  });

  it('ARCHITECTURE.md tells every room', () => {
    const told = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
    for (const name of readdirSync(join(root, 'src')))
      if (statSync(join(root, 'src', name)).isDirectory())
        expect(told).toMatch(new RegExp(`^\\| \`src/${name}[\`/]`, 'm'));
  });
});
