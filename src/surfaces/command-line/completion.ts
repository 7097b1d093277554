import type { Command, Option } from 'commander';
import type { Shell } from './command-request.ts';
import { ListOption } from './option-values.ts';
import { buildProgram } from './program.ts';

/** What completes the value of an option or argument. */
type Value =
  | { readonly kind: 'none' }
  | { readonly kind: 'files' }
  | { readonly kind: 'text' }
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  /** Several of them, separated by commas. */
  | { readonly kind: 'list'; readonly choices: readonly string[] };

interface Flag {
  /** With their dashes, the long one last. */
  readonly names: readonly [string, ...string[]];
  readonly description: string;
  readonly value: Value;
}

interface Completable {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  readonly argument: Value;
}

/** A script that completes by itself, without starting the program at each key. */
export function writeCompletion(shell: Shell, failureModes: readonly string[]): string {
  const commands = completablesOf(failureModes);
  return { bash: writeBash, zsh: writeZsh, fish: writeFish }[shell](commands);
}

function completablesOf(failureModes: readonly string[]): readonly Completable[] {
  const program = buildProgram({ version: '', onRequest: () => undefined });
  return program.commands.map((command) => ({
    name: command.name(),
    description: firstSentence(command.description()),
    flags: command.createHelp().visibleOptions(command).map(flagOf),
    argument: argumentOf(command, failureModes),
  }));
}

function argumentOf(command: Command, failureModes: readonly string[]): Value {
  const [argument] = command.registeredArguments;
  if (argument === undefined) return { kind: 'none' };
  if (argument.argChoices !== undefined) return { kind: 'choices', choices: argument.argChoices };
  if (argument.name() === 'mode') return { kind: 'choices', choices: failureModes };
  return { kind: argument.name() === 'file' ? 'files' : 'text' };
}

function flagOf(option: Option): Flag {
  const long = option.long ?? option.flags;
  return {
    names: option.short === undefined ? [long] : [option.short, long],
    description: firstSentence(option.description),
    value: valueOf(option),
  };
}

function valueOf(option: Option): Value {
  if (!option.required && !option.optional) return { kind: 'none' };
  if (option instanceof ListOption) return { kind: 'list', choices: option.listed };
  if (option.argChoices !== undefined) return { kind: 'choices', choices: option.argChoices };
  return { kind: /<(file|path)>/.test(option.flags) ? 'files' : 'text' };
}

/** Without characters that any of the shells would treat as its own. */
function firstSentence(text: string): string {
  return (text.split(/[.;:]\s/)[0] ?? '').replace(/[^\w ,./()-]/g, '').replace(/\.$/, '');
}

function writeBash(commands: readonly Completable[]): string {
  const flagsOf = ({ flags }: Completable): string => flags.flatMap((flag) => flag.names).join(' ');
  const valued = (command: Completable): readonly string[] =>
    command.flags
      .filter((flag) => flag.value.kind !== 'none')
      .map((flag) => `        ${flag.names.join('|')}) ${bashValue(flag.value)}; return ;;`);
  const cases = commands.flatMap((command) => [
    `    ${command.name})`,
    '      case "$before" in',
    ...valued(command),
    '      esac',
    `      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '${flagsOf(command)}' -- "$word"))`,
    `      else ${bashValue(command.argument)}; fi ;;`,
  ]);
  return [
    '# bash completion for stanch',
    '_stanch() {',
    '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}',
    '  COMPREPLY=()',
    '  if ((COMP_CWORD == 1)); then',
    `    COMPREPLY=($(compgen -W '${[...commands.map((command) => command.name), 'help', '--help', '--version'].join(' ')}' -- "$word"))`,
    '    return',
    '  fi',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    `    help) COMPREPLY=($(compgen -W '${commands.map((command) => command.name).join(' ')}' -- "$word")) ;;`,
    '  esac',
    '}',
    'complete -o bashdefault -F _stanch stanch',
    '',
  ].join('\n');
}

function bashValue(value: Value): string {
  switch (value.kind) {
    case 'choices':
      return `COMPREPLY=($(compgen -W '${value.choices.join(' ')}' -- "$word"))`;
    case 'list':
      return `local listed=; if [[ $word == *,* ]]; then listed="\${word%,*},"; fi; COMPREPLY=($(compgen -P "$listed" -W '${value.choices.join(' ')}' -- "\${word##*,}"))`;
    case 'files':
      return 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$word"))';
    case 'text':
    case 'none':
      return ':';
  }
}

function writeZsh(commands: readonly Completable[]): string {
  const spec = (flag: Flag): readonly string[] => flag.names.map((name) => `'${name}[${flag.description}]${zshValue(flag.value)}'`);
  return [
    '#compdef stanch',
    '_stanch() {',
    '  local -a commands',
    `  commands=(${commands.map((command) => `'${command.name}:${command.description}'`).join(' ')} 'help:print the help of a command')`,
    '  if ((CURRENT == 2)); then',
    "    if [[ $PREFIX == -* ]]; then _arguments '--help[print this help]' '--version[print the version]'",
    "    else _describe 'command' commands; fi",
    '    return',
    '  fi',
    '  local command=$words[2]',
    '  shift words',
    '  ((CURRENT -= 1))',
    '  case $command in',
    ...commands.map(
      (command) => `    ${command.name}) _arguments ${[...command.flags.flatMap(spec), ...zshArgument(command)].join(' ')} ;;`,
    ),
    `    help) _describe 'command' commands ;;`,
    '  esac',
    '}',
    'if [[ $funcstack[1] == _stanch ]]; then _stanch "$@"; else compdef _stanch stanch; fi',
    '',
  ].join('\n');
}

function zshValue(value: Value): string {
  if (value.kind === 'none') return '';
  if (value.kind === 'choices') return `:value:(${value.choices.join(' ')})`;
  if (value.kind === 'list') return `:values:_values -s , value ${value.choices.join(' ')}`;
  return value.kind === 'files' ? ':path:_files' : ':value: ';
}

function zshArgument({ argument }: Completable): readonly string[] {
  if (argument.kind === 'files') return ["'1:path:_files'"];
  return argument.kind === 'choices' ? [`'1:name:(${argument.choices.join(' ')})'`] : [];
}

function writeFish(commands: readonly Completable[]): string {
  const names = commands.map((command) => command.name).join(' ');
  return [
    '# fish completion for stanch',
    'complete -c stanch -f',
    ...commands.map(
      (command) => `complete -c stanch -n "not __fish_seen_subcommand_from ${names} help" -a ${command.name} -d '${command.description}'`,
    ),
    'complete -c stanch -n "not __fish_seen_subcommand_from ' + names + " help\" -l version -d 'print the version'",
    `complete -c stanch -n "__fish_seen_subcommand_from help" -a "${names}"`,
    ...commands.flatMap((command) => {
      const when = `complete -c stanch -n "__fish_seen_subcommand_from ${command.name}"`;
      return [
        ...command.flags.map((flag) => `${when}${fishFlag(flag)}`),
        ...(command.argument.kind === 'files' ? [`${when} -F`] : []),
        ...(command.argument.kind === 'choices' ? [`${when} -a "${command.argument.choices.join(' ')}"`] : []),
      ];
    }),
    '',
  ].join('\n');
}

function fishFlag({ names, description, value }: Flag): string {
  const named = names.map((name) => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`)).join('');
  const valued = 'choices' in value ? ` -x -a "${value.choices.join(' ')}"` : { none: '', text: ' -x', files: ' -r -F' }[value.kind];
  return `${named}${valued} -d '${description}'`;
}
