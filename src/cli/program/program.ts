import { Command } from 'commander';
import { VERSION } from '../../version.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { columnsOr } from '../terminal/columns.ts';
import { addAnswers } from './answers.ts';
import { dropEmptyVariables, strayVariables } from './environment.ts';
import { addHousekeeping } from './housekeeping.ts';
import { inOurWords } from './other-words.ts';
import { prepare } from './prepare.ts';
import { addProofs } from './proofs.ts';
import { addPolicy, addQuarantine } from './remedies.ts';
import { addListings, addViews } from './views.ts';

const INTRO = `git blame for firewall alerts: names the agent episode, tool call and process
behind each network violation, or says honestly that the records do not decide.`;

const EXITS = `
Exit codes:
  0 clean and covered   1 findings at or above --fail-on
  2 usage or configuration
  3 cannot say clean: no usable input, or records missing
  4 evidence failed verification   70 internal error

Examples:
  egressblame logs/                 everything under a folder, formats detected
  egressblame explain v-3f2a logs/  one violation with all its evidence
  egressblame inspect logs/         what each file is, how much of it was read

Options of the first form: egressblame investigate --help.
Settings: flag, then EGRESSBLAME_* variable, then
egressblame.config.{json,yaml}, then default.`;

/** The command line. Commands load their code when they run, so --help and --version stay fast. */
export function createProgram(): Command {
  dropEmptyVariables(process.env);
  const program = new Command('egressblame')
    .description(INTRO)
    .usage('[command] [options] <paths...>')
    .version(VERSION, '-V, --version')
    .exitOverride()
    .configureHelp({ helpWidth: Math.min(100, columnsOr(100)), minWidthToWrap: 24, subcommandTerm })
    .showSuggestionAfterError(true)
    .showHelpAfterError('(egressblame --help shows all commands)')
    .addHelpText('after', EXITS);
  addAnswers(program.commandsGroup('Who did it:'));
  addViews(program.commandsGroup('What was read:'));
  addQuarantine(program.commandsGroup('What to do about it:'));
  addPolicy(program);
  addProofs(program.commandsGroup('What an answer is worth:'));
  addListings(program.commandsGroup('Around it:'));
  addHousekeeping(program);
  for (const command of program.commands) pointToOwnHelp(command, 'egressblame');
  program.hook('preAction', async (_, command) => {
    process.exitCode = EXIT.clean;
    for (const says of strayVariables(program, process.env)) process.stderr.write(`egressblame: ${says}\n`);
    await prepare(command);
  });
  return program;
}

/** Without `[options]`: all have some, and what they are for needs the room. */
function subcommandTerm(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...words].join(' ');
}

/** A wrong call is pointed to the help of its own command, where the examples stand. */
function pointToOwnHelp(command: Command, above: string): void {
  const name = `${above} ${command.name()}`;
  const others = command.name() === 'investigate' ? ', egressblame --help all commands' : '';
  command.showHelpAfterError(`(${name} --help shows how it is called${others})`);
  command.configureOutput({ outputError: (message, write) => write(inOurWords(message, command, name)) });
  for (const inner of command.commands) pointToOwnHelp(inner, name);
}
