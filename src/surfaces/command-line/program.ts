import { Argument, Command, Option } from 'commander';
import { actingCommands } from './acting-commands.ts';
import type { ColourChoice } from './colours.ts';
import { type CommandRequest, type OutputFormat, type Shell, shells } from './command-request.ts';
import { readText } from './option-values.ts';
import { checkCommand } from './check-command.ts';
import { mcpCommand } from './mcp-command.ts';
import { policyCommand } from './policy-command.ts';
import { permissionsCommand } from './permissions-command.ts';
import { serveCommand } from './serve-command.ts';
import { addSourceOptions, colourOption, examples, outputOption, type SourceFlags, sourceOf } from './source-options.ts';

export interface ProgramSettings {
  readonly version: string;
  /** Called once with what was asked for. */
  readonly onRequest: (request: CommandRequest) => void;
}

/** The commands and their options. Running it only says what was asked for; nothing is done yet. */
export function buildProgram({ version, onRequest }: ProgramSettings): Command {
  const program = new Command('stanch')
    .description(
      'Works an incident in Kubernetes as a senior engineer would: is it real, who is failing, what changed, what stops the bleeding, and why.\nOnly mitigate, undo, restore and what is approved in serve change a cluster, each change approved by you or by a policy file, with its undo stored before. All else reads, except that --node-access debug-pod creates pods and deletes them again.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText(
      'after',
      examples(
        'stanch demo',
        'stanch investigate --alert alert.json',
        'stanch investigate --recording support-bundle.tar.gz',
        'stanch mitigate --alert alert.json --prometheus http://localhost:9090',
        "stanch check 'kubectl delete pod -n payments payment-service-7f8b9c4d5-x2k9m'",
        'stanch explain kube-proxy-rules-incomplete',
      ) + exitStatuses,
    );
  const commands = [
    investigateCommand,
    ...actingCommands,
    serveCommand,
    checkCommand,
    policyCommand,
    mcpCommand,
    recordCommand,
    demoCommand,
    permissionsCommand,
    explainCommand,
    completionCommand,
  ];
  for (const command of commands) program.addCommand(command(onRequest).copyInheritedSettings(program));
  return program;
}

type OnRequest = ProgramSettings['onRequest'];

const exitStatuses = `
Exit status:
  0  healthy, or nothing to do
  1  trouble, and its cause was found
  2  trouble or doubt, and its cause cannot be told yet
  3  the investigation itself failed; one line on standard error says why
`;

function investigateCommand(onRequest: OnRequest): Command {
  return addSourceOptions(new Command('investigate'))
    .description('Investigate a live cluster, a recording, or a support bundle.')
    .addOption(outputOption())
    .addOption(colourOption())
    .addOption(new Option('--record <path>', 'also write a recording of everything that was read').argParser(readText))
    .addHelpText(
      'after',
      examples(
        'stanch investigate',
        'stanch investigate --alert alert.json --prometheus http://localhost:9090',
        'echo "checkout is slow since noon" | stanch investigate --alert -',
        'stanch investigate --namespace payments --selector app=payment-service --since 2h',
        'stanch investigate --recording support-bundle.tar.gz --output markdown',
        'stanch investigate --output json --budget 20 | jq .hypotheses[0]',
        'stanch investigate --alert alert.json --node-access ssh --ssh-user oncall --allow-exec',
        'stanch investigate --node-access debug-pod --debug-image busybox:1.37 --namespace payments',
      ) + exitStatuses,
    )
    .action((options: InvestigateFlags, command: Command) => {
      const { output, color, record } = options;
      onRequest({
        command: 'investigate',
        source: sourceOf(options, command),
        output,
        colour: color,
        ...(record === undefined ? {} : { record }),
      });
    });
}

function recordCommand(onRequest: OnRequest): Command {
  return addSourceOptions(new Command('record'))
    .description('Write everything that an investigation reads into a recording, secrets masked, to look at it later or elsewhere.')
    .addOption(new Option('--to <path>', 'new directory, or .tar.gz file').makeOptionMandatory().argParser(readText))
    .addHelpText(
      'after',
      examples(
        'stanch record --to incident-0247.tar.gz',
        'stanch record --alert alert.json --prometheus http://localhost:9090 --to incident-0247',
        'stanch record --node-access ssh --allow-exec --to incident-0247.tar.gz',
        'stanch investigate --recording incident-0247.tar.gz',
      ),
    )
    .action((options: RecordFlags, command: Command) =>
      onRequest({ command: 'record', source: sourceOf(options, command), to: options.to }),
    );
}

function demoCommand(onRequest: OnRequest): Command {
  return new Command('demo')
    .description('Work a real incident from its recording. Needs no cluster.')
    .addOption(outputOption())
    .addOption(colourOption())
    .addHelpText(
      'after',
      examples('stanch demo', 'stanch demo --output markdown > notes.md', 'stanch demo --output json | jq .mitigations[0].commands'),
    )
    .action((options: { readonly output: OutputFormat; readonly color: ColourChoice }) =>
      onRequest({ command: 'demo', output: options.output, colour: options.color }),
    );
}

function explainCommand(onRequest: OnRequest): Command {
  return new Command('explain')
    .description('Explain a failure mode: what it is, how it looks, what stops the bleeding. Without a name: list them all.')
    .addArgument(new Argument('[mode]', 'id of a failure mode').argParser(readText))
    .addOption(new Option('--search <words>', 'list the failure modes that speak of all these words').argParser(readText))
    .addOption(colourOption())
    .addHelpText(
      'after',
      examples('stanch explain', 'stanch explain kube-proxy-rules-incomplete', 'stanch explain --search "connection refused"'),
    )
    .action((mode: string | undefined, options: { readonly search?: string; readonly color: ColourChoice }, command: Command) => {
      if (mode !== undefined && options.search !== undefined) command.error('error: give a failure mode or --search, not both');
      const wanted =
        mode !== undefined
          ? ({ kind: 'mode', id: mode } as const)
          : options.search !== undefined
            ? ({ kind: 'search', words: options.search } as const)
            : ({ kind: 'all' } as const);
      onRequest({ command: 'explain', wanted, colour: options.color });
    });
}

function completionCommand(onRequest: OnRequest): Command {
  return new Command('completion')
    .description('Print the completion script of a shell.')
    .addArgument(new Argument('<shell>', 'the shell that completes').choices(shells))
    .addHelpText(
      'after',
      examples(
        'source <(stanch completion bash)',
        'stanch completion zsh > "${fpath[1]}/_stanch"',
        'stanch completion fish > ~/.config/fish/completions/stanch.fish',
      ),
    )
    .action((shell: Shell) => onRequest({ command: 'completion', shell }));
}

interface InvestigateFlags extends SourceFlags {
  readonly output: OutputFormat;
  readonly color: ColourChoice;
  readonly record?: string;
}
interface RecordFlags extends SourceFlags {
  readonly to: string;
}
