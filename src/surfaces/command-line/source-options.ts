import { type Command, Option } from 'commander';
import { colourChoices } from './colours.ts';
import { outputFormats, type SourceRequest } from './command-request.ts';
import { addressLike, readDuration, readSeconds, readText } from './option-values.ts';
import { addProbingOptions, type ProbingFlags, probingFlags, probingOf } from './probing-options.ts';

export interface SourceFlags extends PlaceFlags {
  readonly alert?: string;
}

/** Where to look, whoever was paged. */
export interface PlaceFlags extends ProbingFlags {
  readonly recording?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly selector?: string;
  readonly prometheus?: string;
  readonly since: number;
  readonly budget: number;
}
/** A day covers last night's deploy for who is paged in the evening; what works over weeks is found by its failure mode. */
const usualLookBack = '24h';

/** Thirty seconds of patience, and as much again for a slow API server. */
const usualBudgetSeconds = 60;

export function addSourceOptions(command: Command): Command {
  return addPlaceOptions(
    command.addOption(
      new Option('-a, --alert <file>', 'the page: an Alertmanager or PagerDuty payload, or plain words; - reads standard input').argParser(
        readText,
      ),
    ),
  );
}

export function addPlaceOptions(command: Command): Command {
  const conflicts = ['kubeconfig', 'context', ...probingFlags];
  return addProbingOptions(
    command
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
          addressLike('http://prometheus:9090'),
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

export function sourceOf(flags: SourceFlags, command: Command): SourceRequest {
  const { alert } = flags;
  return { ...(alert === undefined ? {} : { alertFrom: alert }), ...placeOf(flags, command) };
}

export function placeOf(flags: PlaceFlags, command: Command): Omit<SourceRequest, 'alertFrom'> {
  const { recording, kubeconfig, context, namespace, selector, prometheus, since, budget } = flags;
  return {
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

export function outputOption(): Option {
  return new Option('-o, --output <format>', 'how to write the answer').choices(outputFormats).default('text');
}

export function colourOption(): Option {
  return new Option('--color <when>', 'when to use colours').choices(colourChoices).default('auto');
}

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}
