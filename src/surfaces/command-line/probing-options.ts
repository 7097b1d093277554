import { type Command, Option } from 'commander';
import type { SourceOptions } from './looking.ts';
import { readText } from './option-values.ts';

const nodeAccesses = ['none', 'ssh', 'debug-pod'] as const;

export interface ProbingFlags {
  readonly nodeAccess: (typeof nodeAccesses)[number];
  readonly sshConfig?: string;
  readonly sshUser?: string;
  readonly debugImage?: string;
  readonly allowExec?: boolean;
}

/** Names of the flags as commander keeps them: none of them makes sense on a recording. */
export const probingFlags = ['nodeAccess', 'sshConfig', 'sshUser', 'debugImage', 'allowExec'];

/** What may be run on nodes and in pods. Everything is off until it is asked for. */
export function addProbingOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--node-access <way>',
        'run read-only commands on a bad and a good node: over ssh, or from debug pods, which are created and deleted again',
      )
        .choices(nodeAccesses)
        .default('none'),
    )
    .addOption(new Option('--ssh-config <file>', 'ssh configuration for --node-access ssh (default: as ssh)').argParser(readText))
    .addOption(new Option('--ssh-user <name>', 'user to log in as, for --node-access ssh').argParser(readText))
    .addOption(
      new Option('--debug-image <image>', 'image for --node-access debug-pod, with sh, sleep and chroot (default: busybox)').argParser(
        readText,
      ),
    )
    .addOption(
      new Option('--allow-exec', 'try failing connections again from inside pods: a healthy one, the failing one, and debug pods'),
    );
}

/** A flag that would have no effect is a misunderstanding, which is better told than ignored. */
export function probingOf(flags: ProbingFlags, command: Command): Pick<SourceOptions, 'nodeAccess' | 'canExec'> {
  const { nodeAccess, sshConfig, sshUser, debugImage, allowExec } = flags;
  if (nodeAccess !== 'ssh' && (sshConfig !== undefined || sshUser !== undefined)) {
    command.error(`error: ${sshConfig === undefined ? '--ssh-user' : '--ssh-config'} needs --node-access ssh`);
  }
  if (nodeAccess !== 'debug-pod' && debugImage !== undefined) command.error('error: --debug-image needs --node-access debug-pod');
  return { ...nodeAccessOf(flags), ...(allowExec === true ? { canExec: true } : {}) };
}

function nodeAccessOf({ nodeAccess, sshConfig, sshUser, debugImage }: ProbingFlags): Pick<SourceOptions, 'nodeAccess'> {
  switch (nodeAccess) {
    case 'none':
      return {};
    case 'ssh':
      return {
        nodeAccess: {
          kind: 'ssh',
          ...(sshConfig === undefined ? {} : { configPath: sshConfig }),
          ...(sshUser === undefined ? {} : { user: sshUser }),
        },
      };
    case 'debug-pod':
      return { nodeAccess: { kind: 'debug-pod', ...(debugImage === undefined ? {} : { image: debugImage }) } };
  }
}
