import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = join(import.meta.dirname, '../src');

/** Which rooms a room may import, and which packages. `*` stands for every room. */
const RULES: Record<string, { rooms: readonly string[]; packages: readonly string[] }> = {
  model: { rooms: ['model'], packages: [] },
  core: { rooms: ['core', 'model'], packages: ['node:crypto', 'node:buffer', 'csv-parse/sync'] },
  sources: {
    rooms: ['sources', 'core', 'model'],
    packages: [
      'node:fs',
      'node:zlib',
      'node:os',
      'node:path',
      'node:crypto',
      'node:buffer',
      'node:events',
      'node:process',
      'node:worker_threads',
      'node:util',
      'fzstd',
      'hyparquet',
    ],
  },
  formats: { rooms: ['core', 'model'], packages: ['node:buffer'] },
  clocks: { rooms: ['clocks', 'core', 'model'], packages: [] },
  correlate: { rooms: ['correlate', 'core', 'model'], packages: [] },
  attribute: { rooms: ['attribute', 'core', 'model'], packages: ['tldts'] },
  detect: { rooms: ['detect', 'core', 'model'], packages: ['zod', 'node:crypto'] },
  bundle: {
    rooms: ['bundle', 'sources', 'core', 'model'],
    packages: ['node:fs', 'node:crypto', 'node:buffer', 'zod', 'fflate'],
  },
  fold: { rooms: ['fold', 'core', 'model'], packages: [] },
  scan: { rooms: ['scan', 'model'], packages: ['node:buffer', 'node:crypto'] },
  reach: { rooms: ['reach', 'scan', 'fold', 'core', 'model'], packages: ['node:buffer'] },
  threads: {
    rooms: ['threads', 'formats', 'reach', 'scan', 'sources', 'core', 'model'],
    packages: ['node:os', 'node:worker_threads'],
  },
  reading: {
    rooms: ['reading', 'threads', 'detect', 'fold', 'formats', 'reach', 'scan', 'sources', 'core', 'model'],
    packages: [],
  },
  history: { rooms: ['history', 'core', 'model'], packages: [] },
  policy: { rooms: ['policy', 'core', 'model'], packages: ['tldts', 'yaml', 'zod'] },
  timeline: { rooms: ['timeline', 'core', 'model'], packages: [] },
  quarantine: { rooms: ['quarantine', 'core', 'model'], packages: [] },
  rollouts: {
    rooms: ['rollouts', 'quarantine', 'sources', 'core', 'model'],
    packages: ['node:crypto', 'node:buffer'],
  },
  simulate: { rooms: ['simulate', 'core', 'model'], packages: [] },
  report: { rooms: ['core', 'model'], packages: ['node:buffer', 'node:crypto', 'date-fns'] },
  config: { rooms: ['config', 'core', 'model'], packages: ['node:fs', 'node:path', 'zod', 'yaml'] },
  baseline: { rooms: ['baseline', 'core', 'model'], packages: ['zod'] },
  importers: { rooms: ['importers', 'core', 'model'], packages: [] },
  cli: {
    rooms: ['*'],
    packages: [
      'commander',
      'pino',
      'node:fs',
      'node:module',
      'node:path',
      'node:url',
      'node:timers/promises',
      'node:v8',
      'node:vm',
    ],
  },
  '(root)': {
    rooms: [
      '(root)',
      'reading',
      'simulate',
      'attribute',
      'correlate',
      'detect',
      'clocks',
      'timeline',
      'fold',
      'formats',
      'core',
      'model',
    ],
    packages: [],
  },
};

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : path.endsWith('.ts') ? [path] : [];
  });
}

const roomOf = (path: string): string => {
  const parts = relative(src, path).split('/');
  return parts.length === 1 ? '(root)' : (parts[0] ?? '');
};
/** A format or a reporter is a room of its own. */
const cellOf = (path: string): string => relative(src, path).split('/').slice(0, 2).join('/');

const all = files(src);
const importsOf = (path: string): string[] =>
  [
    ...readFileSync(path, 'utf8').matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s+['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? '');

/** Files of src that a file imports. */
const ownImportsOf = (path: string): string[] =>
  importsOf(path)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(src, join(dirname(path), specifier)));

/** A circle of files or folders that import each other, be it only for types; undefined where there is none. */
function circleOf(imports: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const from = (file: string, way: readonly string[]): readonly string[] | undefined => {
    const at = way.indexOf(file);
    if (at >= 0) return [...way.slice(at), file];
    if (done.has(file)) return undefined;
    for (const other of imports.get(file) ?? []) {
      const circle = from(other, [...way, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = from(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

describe('the rooms of src', () => {
  it.each(all.map((path) => [relative(src, path), path] as const))('%s imports only what its room may', (_, path) => {
    const room = roomOf(path);
    const rule = RULES[room];
    expect(rule, `no rule for the room ${room}`).not.toBe(undefined);
    for (const specifier of importsOf(path)) {
      if (!specifier.startsWith('.')) {
        expect(
          rule?.packages.some((name) => specifier === name || specifier.startsWith(`${name}/`)),
          `${specifier} in ${room}`,
        ).toBe(true);
        continue;
      }
      const target = join(dirname(path), specifier);
      const other = roomOf(target);
      if ((room === 'formats' || room === 'report') && other === room) {
        const registry = relative(src, path) === `${room}/index.ts`;
        expect(registry || cellOf(path) === cellOf(target), `${specifier} crosses from ${cellOf(path)}`).toBe(true);
        continue;
      }
      expect(rule?.rooms.includes('*') || rule?.rooms.includes(other), `${room} imports ${other}`).toBe(true);
    }
  });

  it('has no circles: what two files say of each other stands in a third', () => {
    const imports = new Map(all.map((path) => [relative(src, path), ownImportsOf(path)]));
    expect(circleOf(imports)).toBe(undefined);
    expect(circleOf(new Map([...imports, ['model/time.ts', ['core/time/time.ts']]]))).toContain('core/time/time.ts');
  });

  it('has no circles of folders in its larger rooms: each knows only those before it', () => {
    const imports = new Map<string, string[]>();
    for (const path of all.filter((file) =>
      ['cli', 'core', 'correlate', 'reach', 'reading', 'sources'].includes(roomOf(file)),
    )) {
      const cell = cellOf(path);
      const others = ownImportsOf(path).map((other) => cellOf(join(src, other)));
      imports.set(cell, [...(imports.get(cell) ?? []), ...others.filter((other) => other !== cell)]);
    }
    expect(circleOf(imports)).toBe(undefined);
    expect(imports.get('core/calls')).toContain('core/tools');
  });

  it('has folders in `correlate` that know nothing of those behind them', () => {
    const order = ['leases', 'groups', 'trail', 'episodes', 'processes', 'suspects', 'missing'];
    const folderOf = (path: string): string => relative(join(src, 'correlate'), path).split('/')[0] ?? '';
    for (const path of all.filter((file) => order.includes(folderOf(file))))
      for (const specifier of importsOf(path).filter((name) => name.startsWith('.'))) {
        const other = folderOf(join(dirname(path), specifier));
        expect(order.indexOf(other), `${specifier} in ${relative(src, path)}`).toBeLessThanOrEqual(
          order.indexOf(folderOf(path)),
        );
      }
  });

  it('has what benches and scripts import of it once it is built', () => {
    const root = join(src, '..');
    const programs = ['bench', 'scripts'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(root, folder, name)),
    );
    for (const path of programs.filter((name) => name.endsWith('.mjs')))
      for (const [, names = '', module = ''] of readFileSync(path, 'utf8').matchAll(
        /import \{([^}]*)\} from '[./]*\/dist\/([^']+)\.js'/g,
      )) {
        const exported = readFileSync(join(src, `${module}.ts`), 'utf8');
        for (const name of names.split(',').map((part) => part.trim().split(' ')[0] ?? ''))
          expect(exported, `${name} of ${module} in ${relative(root, path)}`).toMatch(
            new RegExp(`^export (?!type|interface).*\\b${name}\\b`, 'm'),
          );
      }
  });

  it('keeps process, console, Date.now and randomness in cli', () => {
    for (const path of all.filter((file) => roomOf(file) !== 'cli')) {
      const text = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      expect([
        relative(src, path),
        /\bconsole\.|\bDate\.now\(|\bMath\.random\(|(?<![\w.'"-])process\.(?:env|exit|argv|stdout|stderr)\b/.exec(
          text,
        )?.[0],
      ]).toEqual([relative(src, path), undefined]);
    }
  });

  it('keeps tables of words in `wordTable`, where no word is found that was not put there', () => {
    for (const path of all)
      expect([
        relative(src, path),
        /^(?:export )?const \w+: [^=\n]*Record<string,[^=\n]* = \{/m.exec(readFileSync(path, 'utf8')),
      ]).toEqual([relative(src, path), null]);
  });

  it('keeps files below 400 lines, but for the list of formats, which a script writes', () => {
    for (const path of all.filter((file) => relative(src, file) !== join('formats', 'index.ts')))
      expect([relative(src, path), readFileSync(path, 'utf8').split('\n').length <= 401]).toEqual([
        relative(src, path),
        true,
      ]);
  });
});
