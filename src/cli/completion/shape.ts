import type { Command, Option } from 'commander';

export interface OptionShape {
  /** `--fail-on`, `-o`; the long one last. */
  readonly flags: readonly string[];
  readonly describes: string;
  /** What its value may be; undefined for a switch. */
  readonly value: 'file' | 'text' | readonly string[] | undefined;
}

export interface CommandShape {
  /** Words that lead to it; none for the program itself. */
  readonly words: readonly string[];
  readonly describes: string;
  readonly options: readonly OptionShape[];
  /** Words that may follow: names of commands, or the choices of its argument. */
  readonly follow: readonly { readonly word: string; readonly describes: string }[];
  readonly takesFiles: boolean;
}

/** The program and its commands, flat, as the shells' completions need them. The program itself takes what `investigate` takes. */
export function shapesOf(program: Command): readonly CommandShape[] {
  const commands = program.commands.flatMap((command) => shapesUnder(command, []));
  const main = commands.find(({ words }) => words[0] === 'investigate');
  const root: CommandShape = {
    words: [],
    describes: '',
    options: [...(main?.options ?? []), ...optionsOf(program)],
    follow: program.commands.map((command) => ({ word: command.name(), describes: command.description() })),
    takesFiles: true,
  };
  return [root, ...commands];
}

function shapesUnder(command: Command, before: readonly string[]): readonly CommandShape[] {
  const words = [...before, command.name()];
  const choices = command.registeredArguments.flatMap((argument) => argument.argChoices ?? []);
  const own: CommandShape = {
    words,
    describes: command.description(),
    options: optionsOf(command),
    follow: [
      ...command.commands.map((child) => ({ word: child.name(), describes: child.description() })),
      ...choices.map((word) => ({ word, describes: '' })),
    ],
    takesFiles: command.registeredArguments.some((argument) => argument.argChoices === undefined),
  };
  return [own, ...command.commands.flatMap((child) => shapesUnder(child, words))];
}

function optionsOf(command: Command): readonly OptionShape[] {
  const help: OptionShape = { flags: ['-h', '--help'], describes: 'show help', value: undefined };
  return [...command.options.map(shapeOf), help];
}

function shapeOf(option: Option): OptionShape {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined && flag !== null);
  return { flags, describes: option.description, value: valueKind(option) };
}

function valueKind(option: Option): OptionShape['value'] {
  if (!option.required && !option.optional) return undefined;
  if (option.argChoices !== undefined) return option.argChoices;
  return /<(?:FILE|DIR)>/.test(option.flags) ? 'file' : 'text';
}
