import { Argument, Command, Option } from 'commander';
import { colourChoices, type ColourChoice } from './colours.ts';
import { type CommandRequest, outputFormats, type OutputFormat, type Shell, shells, type SourceRequest } from './command-request.ts';
import { readAddress, readDuration, readSeconds, readText } from './option-values.ts';
import { addProbingOptions, type ProbingFlags, probingFlags, probingOf } from './probing-options.ts';

export interface ProgramSettings {
  readonly version: string;
  /** Called once with what was asked for. */
  readonly onRequest: (request: CommandRequest) => void;
}

/** The commands and their options. Running it only says what was asked for; nothing is done yet. */
export function buildProgram({ version, onRequest }: ProgramSettings): Command {
  const program = new Command('stanch')
    .description(
      'Works an incident in Kubernetes as a senior engineer would: is it real, who is failing, what changed, what stops the bleeding, and why.\nReads only. Nothing in a cluster is changed, except that --node-access debug-pod creates pods and deletes them again.',
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
        'stanch explain kube-proxy-rules-incomplete',
      ) + exitStatuses,
    );
  const commands = [investigateCommand, recordCommand, demoCommand, permissionsCommand, explainCommand, completionCommand];
  for (const command of commands) program.addCommand(command(onRequest).copyInheritedSettings(program));
  return program;
}

type OnRequest = ProgramSettings['onRequest'];

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}

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

function permissionsCommand(onRequest: OnRequest): Command {
  return new Command('permissions')
    .description('Print the ClusterRoles for what Stanch reads, and separate ones for what only flags allow.')
    .addHelpText(
      'after',
      examples(
        'stanch permissions | kubectl apply -f -',
        'kubectl create clusterrolebinding stanch-reader --clusterrole stanch-reader --user oncall@example.com',
      ),
    )
    .action(() => onRequest({ command: 'permissions' }));
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

function outputOption(): Option {
  return new Option('-o, --output <format>', 'how to write the answer').choices(outputFormats).default('text');
}

function colourOption(): Option {
  return new Option('--color <when>', 'when to use colours').choices(colourChoices).default('auto');
}

interface SourceFlags extends ProbingFlags {
  readonly alert?: string;
  readonly recording?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly selector?: string;
  readonly prometheus?: string;
  readonly since: number;
  readonly budget: number;
}
interface InvestigateFlags extends SourceFlags {
  readonly output: OutputFormat;
  readonly color: ColourChoice;
  readonly record?: string;
}
interface RecordFlags extends SourceFlags {
  readonly to: string;
}

/** A day covers last night's deploy for who is paged in the evening; what works over weeks is found by its failure mode. */
const usualLookBack = '24h';

/** Thirty seconds of patience, and as much again for a slow API server. */
const usualBudgetSeconds = 60;

function addSourceOptions(command: Command): Command {
  const conflicts = ['kubeconfig', 'context', ...probingFlags];
  return addProbingOptions(
    command
      .addOption(
        new Option(
          '-a, --alert <file>',
          'the page: an Alertmanager or PagerDuty payload, or plain words; - reads standard input',
        ).argParser(readText),
      )
      .addOption(
        new Option('-r, --recording <path>', 'a recording or support bundle, as a directory or .tar.gz, instead of a live cluster')
          .argParser(readText)
          .conflicts(conflicts),
      )
      .addOption(new Option('--kubeconfig <file>', 'kubeconfig to use (default: as kubectl)').argParser(readText))
      .addOption(new Option('--context <name>', 'context of the kubeconfig').argParser(readText))
      .addOption(new Option('-n, --namespace <name>', 'look for trouble only here').argParser(readText))
      .addOption(new Option('-l, --selector <labels>', 'look for trouble only in pods with these labels').argParser(readText))
      .addOption(
        new Option('--prometheus <url>', 'address of Prometheus; a bearer token for it comes from STANCH_PROMETHEUS_TOKEN').argParser(
          readAddress,
        ),
      )
      .addOption(
        new Option('--since <duration>', 'how far back changes count, such as 30m, 2h, 7d')
          .argParser(readDuration)
          .default(readDuration(usualLookBack), usualLookBack),
      )
      .addOption(
        new Option('--budget <seconds>', 'answer within this time, with what is known by then')
          .argParser(readSeconds)
          .default(usualBudgetSeconds),
      ),
  );
}

function sourceOf(flags: SourceFlags, command: Command): SourceRequest {
  const { alert, recording, kubeconfig, context, namespace, selector, prometheus, since, budget } = flags;
  return {
    ...(alert === undefined ? {} : { alertFrom: alert }),
    ...(recording === undefined ? {} : { recording }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(selector === undefined ? {} : { selector }),
    ...(prometheus === undefined ? {} : { prometheus }),
    ...probingOf(flags, command),
    lookBackMilliseconds: since,
    budgetSeconds: budget,
  };
}
