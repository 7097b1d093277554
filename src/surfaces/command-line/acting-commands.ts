import { Argument, Command, Option } from 'commander';
import type { ActSettings } from './acting-composition.ts';
import type { ColourChoice } from './colours.ts';
import type { CommandRequest, OutputFormat, Presentation } from './command-request.ts';
import { readCount, readDatabase, readDuration, readText, readTimeZone } from './option-values.ts';
import { addProbingOptions, type ProbingFlags, probingOf } from './probing-options.ts';
import { addSourceOptions, colourOption, examples, outputOption, type SourceFlags, sourceOf } from './source-options.ts';

type OnRequest = (request: CommandRequest) => void;

const exitStatuses = `
Exit status:
  0  mitigated and confirmed, put back, or nothing to do
  1  no plan helped, or somebody said no: a human has to think of something
  2  it waits for an approval or a proof, or whether it helped cannot be told
  3  the work itself failed; one line on standard error says why
`;

/** Commands that change a cluster, and those that look at what was changed. */
export const actingCommands: readonly ((onRequest: OnRequest) => Command)[] = [
  mitigateCommand,
  undoCommand,
  restoreCommand,
  abortCommand,
  incidentsCommand,
];

/** How long is watched, and whose morning is the next one. */
export interface ActTimes {
  readonly soak: number;
  readonly within: number;
  readonly timeZone?: string;
}

interface ActFlags extends ActTimes {
  readonly policy?: string;
  readonly database?: string;
  readonly approve?: readonly string[];
  readonly withoutEvidence?: boolean;
  readonly output: OutputFormat;
  readonly color: ColourChoice;
}

interface MitigateFlags extends ActFlags, SourceFlags {
  readonly incident?: string;
  readonly followThrough?: boolean;
  readonly dryRun?: boolean;
}

/** Error rates are averaged over a minute or so; it has to hold for longer than that. */
const usualSoak = '60s';
/** Pods that move are Ready within a minute, and the rate behind an alert follows within another. */
const usualWithin = '3m';

function addActOptions(command: Command): Command {
  return addTimeOptions(
    command
      .addOption(new Option('--policy <file>', 'what may run without asking, where and how often').argParser(readText))
      .addOption(
        new Option(
          '--approve <mitigation>',
          'agree beforehand to the first plan of this mitigation, by its id; may be given again, for one more plan',
        ).argParser(addText),
      )
      .addOption(new Option('--without-evidence', 'what is agreed to beforehand may also destroy logs that could not be saved')),
  )
    .addOption(databaseOption())
    .addOption(outputOption())
    .addOption(colourOption());
}

export function addTimeOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--soak <duration>', 'it has to stay well for so long')
        .argParser(readDuration)
        .default(readDuration(usualSoak), usualSoak),
    )
    .addOption(
      new Option('--within <duration>', 'without being well after so long, it is put back')
        .argParser(readDuration)
        .default(readDuration(usualWithin), usualWithin),
    )
    .addOption(
      new Option('--time-zone <name>', 'your own, for reminders, such as Europe/Berlin (default: this machine’s)').argParser(readTimeZone),
    );
}

export function databaseOption(): Option {
  return new Option(
    '--database <place>',
    'where incidents are kept: sqlite:FILE or postgres://… (default: STANCH_DATABASE, or sqlite: in your state directory)',
  ).argParser(readDatabase);
}

function addText(written: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), readText(written)];
}

function mitigateCommand(onRequest: OnRequest): Command {
  return addActOptions(addSourceOptions(new Command('mitigate')))
    .description('Stop the bleeding: choose a plan, show it, ask, carry it out, and watch until it holds. What does not help is put back.')
    .addOption(
      new Option('--incident <id>', 'take this incident up again where it was left')
        .argParser(readText)
        .conflicts(['alert', 'recording', 'dryRun']),
    )
    .addOption(
      new Option('--follow-through', 'go on: find the cause, repair what may be repaired, prove it, put everything back, write it up'),
    )
    .addOption(new Option('--dry-run', 'show the plan and the server’s own dry run, and change nothing'))
    .addHelpText(
      'after',
      examples(
        'stanch mitigate --alert alert.json --prometheus http://localhost:9090',
        'stanch mitigate --alert alert.json --dry-run',
        'stanch mitigate --alert alert.json --approve cordon-node',
        'stanch mitigate --alert alert.json --policy policy.yaml --follow-through --node-access ssh --allow-exec',
        'stanch mitigate --incident 2026-03-01-0247-payment-errors-k3f9',
      ) + exitStatuses,
    )
    .action((flags: MitigateFlags, command: Command) => {
      const { incident, followThrough: isFollowedThrough = false, dryRun: isDryRun = false } = flags;
      const shared = { ...presentationOf(flags), settings: settingsOf(flags), isFollowedThrough };
      onRequest(
        incident === undefined
          ? { command: 'mitigate', ...shared, source: sourceOf(flags, command), isDryRun }
          : { command: 'resume', ...shared, incident, probing: probingOf(flags, command) },
      );
    });
}

function undoCommand(onRequest: OnRequest): Command {
  return addActOptions(new Command('undo'))
    .description('Put back what an incident changed and what is still in force.')
    .addArgument(incidentArgument())
    .addOption(new Option('--attempt <number>', 'only this attempt').argParser(readCount))
    .addHelpText(
      'after',
      examples('stanch undo 2026-03-01-0247-payment-errors-k3f9', 'stanch undo 2026-03-01-0247-payment-errors-k3f9 --attempt 2'),
    )
    .action((incident: string, flags: ActFlags & { readonly attempt?: number }) => {
      const { attempt } = flags;
      onRequest({
        command: 'undo',
        ...presentationOf(flags),
        settings: settingsOf(flags),
        incident,
        ...(attempt === undefined ? {} : { attempt }),
      });
    });
}

function restoreCommand(onRequest: OnRequest): Command {
  return addActOptions(addProbingOptions(new Command('restore')))
    .description('Put back what was only there for the time being, once the repair is proven, and close the incident.')
    .addArgument(incidentArgument())
    .addHelpText('after', examples('stanch restore 2026-03-01-0247-payment-errors-k3f9') + exitStatuses)
    .action((incident: string, flags: ActFlags & ProbingFlags, command: Command) =>
      onRequest({
        command: 'restore',
        ...presentationOf(flags),
        settings: settingsOf(flags),
        incident,
        probing: probingOf(flags, command),
      }),
    );
}

function abortCommand(onRequest: OnRequest): Command {
  return addActOptions(new Command('abort'))
    .description('Stop whoever works an incident after the change that is under way. What was done stays, until you undo it.')
    .addArgument(incidentArgument())
    .addHelpText('after', examples('stanch abort 2026-03-01-0247-payment-errors-k3f9'))
    .action((incident: string, flags: ActFlags) =>
      onRequest({ command: 'abort', ...presentationOf(flags), settings: settingsOf(flags), incident }),
    );
}

function incidentsCommand(onRequest: OnRequest): Command {
  return new Command('incidents')
    .description('List incidents, or write the notes of one.')
    .addArgument(new Argument('[incident]', 'id of an incident').argParser(readText))
    .addOption(databaseOption())
    .addOption(outputOption())
    .addOption(colourOption())
    .addHelpText('after', examples('stanch incidents', 'stanch incidents 2026-03-01-0247-payment-errors-k3f9 --output markdown > notes.md'))
    .action((incident: string | undefined, flags: Pick<ActFlags, 'database' | 'output' | 'color'>) => {
      const { database } = flags;
      onRequest({
        command: 'incidents',
        ...presentationOf(flags),
        place: database === undefined ? {} : { database },
        ...(incident === undefined ? {} : { incident }),
      });
    });
}

function incidentArgument(): Argument {
  return new Argument('<incident>', 'id of an incident, as stanch incidents lists them').argParser(readText);
}

function presentationOf({
  output,
  color,
  approve = [],
  withoutEvidence = false,
}: Pick<ActFlags, 'output' | 'color' | 'approve' | 'withoutEvidence'>): Presentation {
  return { output, colour: color, approved: approve, isWithoutEvidence: withoutEvidence };
}

export function settingsOf({ policy, database, soak, within, timeZone }: ActTimes & Pick<ActFlags, 'policy' | 'database'>): ActSettings {
  return {
    ...(policy === undefined ? {} : { policy }),
    ...(database === undefined ? {} : { database }),
    ...(timeZone === undefined ? {} : { timeZone }),
    soakMilliseconds: soak,
    withinMilliseconds: within,
  };
}
