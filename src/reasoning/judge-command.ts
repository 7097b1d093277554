import { type CommandCheck, commandCheckSchema } from '../domain/command-check.ts';
import { commandToChange } from '../domain/kubectl-commands.ts';
import type { Deed, DeedKind, GuardRail } from '../domain/guard-rail.ts';
import { isBlocked, type MitigationPlan } from '../domain/mitigation.ts';
import type { Assessment } from './assess.ts';
import { guardedSituation, warningsAbout, type Warning } from './guard-deeds.ts';
import { findAllDeeds } from './read-command/find-deeds.ts';
import { type CommandReading, readCommand } from './read-command/read-command.ts';

/** Where kubectl looks when neither the command nor the question names a namespace, and the kubeconfig does not either. */
const usualNamespace = 'default';

export interface Judging {
  readonly command: string;
  readonly assessment: Assessment;
  readonly plans: readonly MitigationPlan[];
  readonly guardRails: readonly GuardRail[];
}

/** What the guard rails say about a command in this situation. What none of them judges is not fine: it is not known. */
export function judgeCommand({ command, assessment, plans, guardRails }: Judging): CommandCheck {
  const reading = readCommand(command);
  const { source, name } = assessment.snapshot.cluster;
  const base = { schema: commandCheckSchema, command, cluster: { source, name }, warnings: [], doubts: [] } as const;
  if (reading.state === 'harmless') return { ...base, verdict: 'no-objection', harmlessBecause: reading.because };
  if (reading.state !== 'understood') return { ...base, verdict: 'cannot-tell', doubts: [doubtAbout(reading)] };
  const namespace = reading.namespace ?? assessment.question.namespace ?? usualNamespace;
  const found = findAllDeeds(reading.asked, namespace, assessment.facts);
  const situation = guardedSituation(assessment, { hypotheses: [], plans });
  const told = found.deeds.flatMap((deed) => warningsAbout(guardRails, { deed, isEvidenceSaved: false }, situation));
  const doubts = [
    ...found.doubts,
    ...unjudged(found.deeds, guardRails),
    ...unseenParts(found.deeds, assessment),
    ...elsewhere(reading.otherCluster, assessment),
  ];
  const warnings = published(told);
  const instead = warnings.length === 0 ? undefined : plans.find((plan) => !isBlocked(plan));
  return {
    ...base,
    verdict: warnings.length > 0 ? 'warning' : doubts.length > 0 ? 'cannot-tell' : 'no-objection',
    warnings,
    doubts: [...new Set(doubts)],
    ...(instead === undefined
      ? {}
      : {
          instead: {
            mitigation: instead.id,
            subject: instead.subject,
            commands: [...instead.saveFirst, ...instead.changes.map(commandToChange)],
          },
        }),
  };
}

function doubtAbout({ state, because }: Extract<CommandReading, { readonly state: 'no-rule' | 'unclear' }>): string {
  return state === 'no-rule' ? `Stanch knows no rule for this command: ${because}.` : `What the command does is not clear: ${because}.`;
}

function published(told: readonly Warning[]): CommandCheck['warnings'] {
  return [...new Map(told.map((each) => [`${each.guardRail.id} ${each.says}`, each])).values()].map(({ guardRail, says }) => ({
    guardRail: guardRail.id,
    title: guardRail.title,
    says,
    seniorDoes: guardRail.explanation.seniorDoes,
    why: guardRail.explanation.why,
  }));
}

const spokenKinds: { readonly [Kind in DeedKind]?: string } = {
  scale: 'changing the number of replicas',
  'pause-rollout': 'pausing a rollout',
  'resume-rollout': 'resuming a rollout',
  'relabel-pod': 'changing the labels of a pod',
  'set-memory-limit': 'changing a memory limit',
};

/** Deeds that no guard rail has an opinion about. */
function unjudged(deeds: readonly Deed[], guardRails: readonly GuardRail[]): readonly string[] {
  const judged = new Set(guardRails.flatMap((rail) => rail.judges));
  const open = new Set(deeds.map((deed) => deed.kind).filter((kind) => !judged.has(kind)));
  return [...open].map((kind) => `Stanch knows no rule for ${spokenKinds[kind] ?? kind}.`);
}

/** Guard rails are silent about what they cannot see; silence must not look like consent. */
function unseenParts(deeds: readonly Deed[], { facts }: Assessment): readonly string[] {
  if (deeds.length === 0) return [];
  const pods = facts.get('pods');
  if (pods === undefined) return ['Pods could not be read, so who fails is not known.'];
  const isAboutRoom = deeds.some(({ kind }) => kind === 'cordon' || kind === 'drain');
  if (isAboutRoom && facts.get('nodes') === undefined) return ['Nodes could not be read, so whether there is room elsewhere is not known.'];
  return pods.isComplete(undefined) ? [] : ['Not all pods could be read, so who fails and where is known only in part.'];
}

/** A command for another cluster is judged by what that one is like. */
function elsewhere(flags: readonly string[], { snapshot }: Assessment): readonly string[] {
  const { source, name } = snapshot.cluster;
  return flags
    .filter((flag) => flag !== `--context ${name}`)
    .map((flag) => `The command is for ${flag}, and what was looked at is ${source === 'live' ? 'cluster' : 'a recording of'} ${name}.`);
}
