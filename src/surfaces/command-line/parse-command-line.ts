import { CommanderError } from 'commander';
import { redacted, redactText } from '../../domain/redaction.ts';
import type { CommandRequest } from './command-request.ts';
import type { Failure } from './looking.ts';
import { buildProgram } from './program.ts';

export type ParsedCommandLine =
  | { readonly state: 'asked'; readonly request: CommandRequest }
  /** Help or version. */
  | { readonly state: 'print'; readonly text: string }
  | Failure;

export interface CommandLine {
  /** Without the program's own name. */
  readonly arguments: readonly string[];
  readonly version: string;
  /** Columns that help may take. */
  readonly columns: number;
}

/** Understands a command line, and does nothing else. */
export function parseCommandLine(line: CommandLine): ParsedCommandLine {
  const asked: CommandRequest[] = [];
  const printed: string[] = [];
  const program = buildProgram({ version: line.version, onRequest: (request) => asked.push(request) });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => printed.push(text),
      // Commander's own name, spelled as a text because house style would spell it out.
      ['writeErr']: () => undefined,
      getOutHelpWidth: () => line.columns,
      getOutHasColors: () => false,
    });
  }
  const help = (): ParsedCommandLine => {
    program.outputHelp();
    return { state: 'print', text: printed.join('') };
  };
  if (line.arguments.length === 0) return help();
  try {
    program.parse(line.arguments, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    const names = program.commands.map((command) => command.name());
    const stranger = helpCodes.includes(thrown.code) ? unknownCommand(line.arguments, names) : undefined;
    if (stranger !== undefined) return parseCommandLine({ ...line, arguments: [stranger] });
    if (thrown.code === 'commander.help' && printed.length === 0) return help();
    return thrown.exitCode === 0 ? { state: 'print', text: printed.join('') } : mistake(thrown.message, line.arguments, names);
  }
  const [request] = asked;
  return request === undefined ? { state: 'print', text: printed.join('') } : { state: 'asked', request };
}

const helpCodes = ['commander.help', 'commander.helpDisplayed'];

/** What help is asked of and is no command: the help of everything would be taken for its own. Absent: it is one, or none was named. */
function unknownCommand(given: readonly string[], names: readonly string[]): string | undefined {
  const words = given.filter((word) => !word.startsWith('-'));
  const named = words[0] === 'help' ? words[1] : words[0];
  return named === undefined || [...names, 'help', ''].includes(named) ? undefined : named;
}

function mistake(message: string, given: readonly string[], names: readonly string[]): Failure {
  const command = given.find((word) => names.includes(word));
  return {
    state: 'failed',
    attempted: 'reading the command line',
    happened: withoutPasswords(message)
      .replace(/^error: /, '')
      .replace(/\s+/g, ' ')
      .trim(),
    whatToDo: `See stanch ${command === undefined ? '' : `${command} `}--help.`,
  };
}

/** A value that is refused is repeated, and where it was to be an address, it may hold a password: before "@", whatever stands before that. */
function withoutPasswords(message: string): string {
  return redactText(message).replace(/(argument ')[^']{1,1000}@/, `$1${redacted}@`);
}
