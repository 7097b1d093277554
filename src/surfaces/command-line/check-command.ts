import { Argument, Command, Option } from 'commander';
import type { CommandCheck } from '../../domain/command-check.ts';
import { writeCommandCheck } from '../../writing/text/command-check.ts';
import type { CommandRun } from './command-run.ts';
import type { ColourChoice } from './colours.ts';
import type { CommandRequest } from './command-request.ts';
import type { Failure } from './looking.ts';
import { layoutFor } from './layout-for.ts';
import { readText } from './option-values.ts';
import { readSource } from './read-source.ts';
import { safeJson } from './safe-json.ts';
import type { Screen } from './screen.ts';
import { addSourceOptions, colourOption, examples, type SourceFlags, sourceOf } from './source-options.ts';

const checkFormats = ['text', 'json'] as const;

type CheckRequest = Extract<CommandRequest, { readonly command: 'check' }>;

interface CheckFlags extends SourceFlags {
  readonly output: CheckRequest['output'];
  readonly color: ColourChoice;
}

export function checkCommand(onRequest: (request: CommandRequest) => void): Command {
  return addSourceOptions(new Command('check'))
    .description('Ask what a senior would say about a kubectl command before you run it. The command itself is never run.')
    .addArgument(new Argument('<command>', 'the command, in quotation marks').argParser(readText))
    .addOption(new Option('-o, --output <format>', 'how to write the answer').choices(checkFormats).default('text'))
    .addOption(colourOption())
    .addHelpText(
      'after',
      examples(
        "stanch check 'kubectl delete pod -n payments payment-service-7f8b9c4d5-x2k9m'",
        "stanch check 'kubectl drain node-worker-3 --ignore-daemonsets' --recording incident-0247.tar.gz",
        "stanch check 'kubectl rollout undo -n payments deployment/payment-service' --alert alert.json",
        "stanch check 'kubectl uncordon node-worker-3' --output json | jq .verdict",
      ) + exitStatuses,
    )
    .action((checked: string, options: CheckFlags, command: Command) =>
      onRequest({ command: 'check', checked, source: sourceOf(options, command), output: options.output, colour: options.color }),
    );
}

const exitStatuses = `
Exit status:
  0  no guard rail has an objection
  1  a guard rail warns
  2  it cannot be told: the command, or what it is about, is not known well enough
  3  the check itself failed; one line on standard error says why
`;

const statusOf: { readonly [Verdict in CommandCheck['verdict']]: number } = { 'no-objection': 0, warning: 1, 'cannot-tell': 2 };

/** Carries the check out and returns its exit status. */
export async function answerCheck(
  request: CheckRequest,
  { screen, run }: { readonly screen: Screen; readonly run: CommandRun },
  signal: AbortSignal,
): Promise<number | Failure> {
  const { terminal } = run;
  const source = await readSource(request.source, { screen, terminal });
  if ('state' in source) return source;
  const { runCheck } = await run.compose();
  const result = await runCheck(source, request.checked, screen, signal);
  if (result.state === 'failed') return result;
  screen.clear();
  const { check } = result;
  terminal.writeOut(
    request.output === 'json' ? safeJson(check) : `${writeCommandCheck(check, layoutFor(terminal, request.colour)).join('\n')}\n`,
  );
  return statusOf[check.verdict];
}
