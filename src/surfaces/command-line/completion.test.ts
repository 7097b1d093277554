import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { writeCompletion } from './completion.ts';

const modes = ['kube-proxy-rules-incomplete', 'node-not-ready'];

/** What bash offers at the end of these words. */
function offered(...words: readonly string[]): readonly string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `${writeCompletion('bash', modes)}\ncompopt() { :; }\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _stanch; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '--noprofile', '-c', script], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('bash completes', () => {
  test.each([
    ['commands', ['stanch', 'e'], ['explain']],
    [
      'all commands',
      ['stanch', ''],
      [
        'investigate',
        'mitigate',
        'undo',
        'restore',
        'abort',
        'incidents',
        'serve',
        'check',
        'policy',
        'mcp',
        'record',
        'demo',
        'permissions',
        'explain',
        'completion',
        'help',
        '--help',
        '--version',
      ],
    ],
    ['flags', ['stanch', 'investigate', '--re'], ['--recording', '--record']],
    ['choices', ['stanch', 'demo', '--output', ''], ['text', 'json', 'markdown']],
    ['ways to nodes', ['stanch', 'record', '--node-access', ''], ['none', 'ssh', 'debug-pod']],
    ['a flag without a value', ['stanch', 'investigate', '--allow'], ['--allow-exec']],
    ['choices of a short flag', ['stanch', 'demo', '-o', 'm'], ['markdown']],
    ['failure modes', ['stanch', 'explain', 'node'], ['node-not-ready']],
    ['files', ['stanch', 'investigate', '--alert', 'completion.t'], ['completion.test.ts', 'completion.ts']],
    ['files of a command', ['stanch', 'policy', 'completion.t'], ['completion.test.ts', 'completion.ts']],
    ['nothing for an incident', ['stanch', 'undo', 'node'], []],
    ['nothing where only a person knows', ['stanch', 'investigate', '--namespace', ''], []],
    ['what is separated by commas', ['stanch', 'permissions', '--only', ''], ['read', 'secret-names', 'act', 'exec', 'debug-pods']],
    ['the rest of it', ['stanch', 'permissions', '--only', 'read,a'], ['read,act']],
    ['shells', ['stanch', 'completion', 'f'], ['fish']],
    ['the command that help is wanted for', ['stanch', 'help', 'd'], ['demo']],
  ])('%s', (_what, words, candidates) => {
    expect(offered(...words)).toEqual(candidates);
  });
});

test.each(['bash', 'zsh', 'fish'] as const)('%s knows every command, every flag and every failure mode', (shell) => {
  const script = writeCompletion(shell, modes);

  for (const word of [
    'investigate',
    'record',
    'demo',
    'permissions',
    'explain',
    'completion',
    'prometheus',
    'selector',
    'ssh-config',
    'debug-image',
    'allow-exec',
    'markdown',
    ...modes,
  ])
    expect(script).toContain(word);
});
