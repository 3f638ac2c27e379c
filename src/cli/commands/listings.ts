import { similarWord } from '../../core/text/similar.ts';
import { describeRules, rulePacks } from '../../detect/index.ts';
import { formats } from '../../formats/index.ts';
import { EXIT } from '../exit-codes.ts';
import { UsageError } from '../options.ts';
import { print } from '../terminal.ts';

/** All, or the one of this id. */
function chosen<T extends { readonly id: string }>(
  what: string,
  id: string | undefined,
  all: readonly T[],
): readonly T[] {
  if (id === undefined) return all;
  const own = all.filter((one) => one.id === id);
  if (own.length > 0) return own;
  const meant = similarWord(
    id,
    all.map((one) => one.id),
  );
  throw new UsageError(
    `there is no ${what} ${id}; ${meant === undefined ? `egressblame ${what}s lists them` : `did you mean ${meant}?`}`,
  );
}

export async function formatsCommand(id: string | undefined, flags: { readonly json?: boolean }): Promise<number> {
  const rows = chosen('format', id, formats).map(({ id, title, roles, status, clock, traps }) => ({
    id,
    title,
    contributes: roles,
    status: status === 'real' ? 'proven on real lines' : 'built from documentation',
    clock,
    traps,
  }));
  if (flags.json) {
    await print(`${JSON.stringify(rows, null, 2)}\n`);
    return EXIT.clean;
  }
  for (const row of rows)
    await print(
      `${row.id}: ${row.title}\n  gives ${row.contributes.join(', ')}; ${row.status}\n  clock: ${row.clock}\n${row.traps.map((trap) => `  trap: ${trap}\n`).join('')}`,
    );
  return EXIT.clean;
}

export async function rulesCommand(id: string | undefined, flags: { readonly json?: boolean }): Promise<number> {
  const rules = chosen('rule', id, describeRules(rulePacks));
  if (flags.json) {
    await print(`${JSON.stringify(rules, null, 2)}\n`);
    return EXIT.clean;
  }
  for (const rule of rules)
    await print(
      `${rule.id}: ${rule.name}\n  ${rule.category}, ${rule.strength}\n${rule.references.map((reference) => `  ${reference}\n`).join('')}`,
    );
  return EXIT.clean;
}
