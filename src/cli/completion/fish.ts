import type { CommandShape, OptionShape } from './shape.ts';

/** Completion commands for fish 3. */
export function fishCompletion(shapes: readonly CommandShape[]): string {
  const top = shapes.flatMap(({ words }) => (words.length === 1 ? words : []));
  const lines = shapes.flatMap((shape) => {
    const when = conditionOf(shape, shapes, top);
    return [
      ...shape.follow.map(
        ({ word, describes }) =>
          `complete -c egressblame -n ${quoted(when)} -a ${word}${describes === '' ? '' : ` -d ${quoted(describes)}`}`,
      ),
      ...(shape.takesFiles ? [] : [`complete -c egressblame -n ${quoted(when)} -f`]),
      ...shape.options.map((option) => `complete -c egressblame -n ${quoted(when)} ${optionWords(option)}`),
    ];
  });
  return `# egressblame completion for fish. Use: egressblame completion fish | source\n${lines.join('\n')}\n`;
}

/** True on the command line of this command and of none below it. */
function conditionOf(shape: CommandShape, shapes: readonly CommandShape[], top: readonly string[]): string {
  if (shape.words.length === 0) return `not __fish_seen_subcommand_from ${top.join(' ')}`;
  const below = shapes
    .filter(({ words }) => words.length > shape.words.length && shape.words.every((word, i) => words[i] === word))
    .map(({ words }) => words.at(-1));
  const seen = shape.words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
  return below.length === 0 ? seen : `${seen}; and not __fish_seen_subcommand_from ${below.join(' ')}`;
}

function optionWords({ flags, describes, value }: OptionShape): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
  const takes =
    value === undefined
      ? ''
      : value === 'file'
        ? ' -r -F'
        : value === 'text'
          ? ' -x'
          : ` -x -a ${quoted(value.join(' '))}`;
  return `${names}${takes} -d ${quoted(describes)}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
