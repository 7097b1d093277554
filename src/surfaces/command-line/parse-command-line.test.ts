import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from './parse-command-line.ts';

const parse = (...given: readonly string[]) => parseCommandLine({ arguments: given, version: '1.2.3', columns: 100 });
const usual = { lookBackMilliseconds: 86_400_000, budgetSeconds: 60 };

describe('a command line asks for', () => {
  test.each([
    [['investigate'], { command: 'investigate', source: usual, output: 'text', colour: 'auto' }],
    [
      [
        'investigate',
        '-a',
        '-',
        '-n',
        'payments',
        '-l',
        'app=x',
        '--since',
        '1h30m',
        '--budget',
        '20s',
        '-o',
        'json',
        '--color',
        'never',
        '--record',
        'x.tar.gz',
      ],
      {
        command: 'investigate',
        source: { alertFrom: '-', namespace: 'payments', selector: 'app=x', lookBackMilliseconds: 5_400_000, budgetSeconds: 20 },
        output: 'json',
        colour: 'never',
        record: 'x.tar.gz',
      },
    ],
    [
      ['investigate', '--kubeconfig', 'k', '--context', 'c', '--prometheus', 'http://prometheus:9090/'],
      {
        command: 'investigate',
        source: { ...usual, kubeconfig: 'k', context: 'c', prometheus: 'http://prometheus:9090' },
        output: 'text',
        colour: 'auto',
      },
    ],
    [
      ['investigate', '--recording=bundle', '--output=markdown'],
      { command: 'investigate', source: { ...usual, recording: 'bundle' }, output: 'markdown', colour: 'auto' },
    ],
    [
      ['investigate', '--node-access', 'ssh', '--ssh-config', 'c', '--ssh-user', 'oncall', '--allow-exec'],
      {
        command: 'investigate',
        source: { ...usual, nodeAccess: { kind: 'ssh', configPath: 'c', user: 'oncall' }, canExec: true },
        output: 'text',
        colour: 'auto',
      },
    ],
    [
      ['record', '--node-access', 'debug-pod', '--debug-image', 'busybox:1', '--to', 'out'],
      { command: 'record', source: { ...usual, nodeAccess: { kind: 'debug-pod', image: 'busybox:1' } }, to: 'out' },
    ],
    [['investigate', '--node-access', 'none'], { command: 'investigate', source: usual, output: 'text', colour: 'auto' }],
    [['record', '--to', 'out'], { command: 'record', source: usual, to: 'out' }],
    [['demo'], { command: 'demo', output: 'text', colour: 'auto' }],
    [
      ['check', 'kubectl cordon node-1', '-o', 'json'],
      { command: 'check', checked: 'kubectl cordon node-1', source: usual, output: 'json', colour: 'auto' },
    ],
    [['permissions'], { command: 'permissions', wish: { abilities: ['read', 'secret-names', 'act', 'exec', 'debug-pods'] } }],
    [
      ['permissions', '--only', 'act,read,act', '--mitigations', 'cordon-node, scale-out'],
      { command: 'permissions', wish: { abilities: ['act', 'read'], mitigations: ['cordon-node', 'scale-out'] } },
    ],
    [['explain'], { command: 'explain', wanted: { kind: 'all' }, colour: 'auto' }],
    [['explain', 'node-not-ready'], { command: 'explain', wanted: { kind: 'mode', id: 'node-not-ready' }, colour: 'auto' }],
    [['explain', '--search', 'out of memory'], { command: 'explain', wanted: { kind: 'search', words: 'out of memory' }, colour: 'auto' }],
    [['completion', 'zsh'], { command: 'completion', shell: 'zsh' }],
  ])('%j', (given, request) => {
    expect(parse(...given)).toEqual({ state: 'asked', request });
  });
});

describe('a mistake is told in its three parts', () => {
  test.each([
    [['investigate', '--foo'], "unknown option '--foo'", 'See stanch investigate --help.'],
    [['investigat'], "unknown command 'investigat' (Did you mean investigate?)", 'See stanch --help.'],
    [
      ['investigate', 'extra'],
      "too many arguments for 'investigate'. Expected 0 arguments but got 1: extra.",
      'See stanch investigate --help.',
    ],
    [
      ['investigate', '--since', 'yesterday'],
      "option '--since <duration>' argument 'yesterday' is invalid. Write it as 90s, 10m, 1h30m or 7d, at most 90d.",
      'See stanch investigate --help.',
    ],
    [
      ['investigate', '--budget', '0'],
      "option '--budget <seconds>' argument '0' is invalid. Write a number of seconds, at most 3600.",
      'See stanch investigate --help.',
    ],
    [
      ['investigate', '--prometheus', 'prometheus:9090'],
      "option '--prometheus <url>' argument 'prometheus:9090' is invalid. Write an address such as http://prometheus:9090.",
      'See stanch investigate --help.',
    ],
    [
      ['mcp', '--server', 'stanch.example.com', '--token-file', 'token'],
      "option '--server <address>' argument 'stanch.example.com' is invalid. Write an address such as https://stanch.example.com.",
      'See stanch mcp --help.',
    ],
    [
      ['investigate', '--recording', ''],
      "option '-r, --recording <path>' argument '' is invalid. It is empty.",
      'See stanch investigate --help.',
    ],
    [
      ['investigate', '--output', 'xml'],
      "option '-o, --output <format>' argument 'xml' is invalid. Allowed choices are text, json, markdown.",
      'See stanch investigate --help.',
    ],
    [
      ['investigate', '--recording', 'x', '--context', 'y'],
      "option '-r, --recording <path>' cannot be used with option '--context <name>'",
      'See stanch investigate --help.',
    ],
    [
      ['investigate', '--recording', 'x', '--allow-exec'],
      "option '-r, --recording <path>' cannot be used with option '--allow-exec'",
      'See stanch investigate --help.',
    ],
    [['investigate', '--ssh-user', 'x'], '--ssh-user needs --node-access ssh', 'See stanch investigate --help.'],
    [
      ['record', '--to', 'x', '--node-access', 'debug-pod', '--ssh-config', 'x'],
      '--ssh-config needs --node-access ssh',
      'See stanch record --help.',
    ],
    [
      ['investigate', '--node-access', 'ssh', '--debug-image', 'x'],
      '--debug-image needs --node-access debug-pod',
      'See stanch investigate --help.',
    ],
    [
      ['investigate', '--node-access', 'telnet'],
      "option '--node-access <way>' argument 'telnet' is invalid. Allowed choices are none, ssh, debug-pod.",
      'See stanch investigate --help.',
    ],
    [['explain', 'x', '--search', 'y'], 'give a failure mode or --search, not both', 'See stanch explain --help.'],
    [['record'], "required option '--to <path>' not specified", 'See stanch record --help.'],
    [['investigate', '--alert'], "option '-a, --alert <file>' argument missing", 'See stanch investigate --help.'],
  ])('%j', (given, happened, whatToDo) => {
    expect(parse(...given)).toEqual({ state: 'failed', attempted: 'reading the command line', happened, whatToDo });
  });
});

describe('help', () => {
  test.each(['investigate', 'record', 'demo', 'permissions', 'explain', 'completion'])(
    'of %s shows examples that can be typed',
    (command) => {
      const help = parse(command, '--help');
      const text = help.state === 'print' ? help.text : '';
      const examples = text
        .slice(text.indexOf('Examples:'))
        .split('\n')
        .filter((line) => line.includes('stanch '));

      expect(help.state).toBe('print');
      expect(examples.length).toBeGreaterThan(0);
    },
  );

  test('comes without a command, with --help, with help, and for a command', () => {
    const overview = parse('--help');

    expect(overview).toMatchObject({ state: 'print', text: expect.stringContaining('Exit status:') });
    expect(parse()).toEqual(overview);
    expect(parse('--')).toEqual(overview);
    expect(parse('help')).toEqual(overview);
    expect(parse('help', 'demo')).toEqual(parse('demo', '--help'));
  });

  test.each([
    ['help', 'investgate'],
    ['investgate', '--help'],
    ['-h', 'investgate'],
  ])('is refused of what is no command: %s %s', (...given) => {
    expect(parse(...given)).toMatchObject({
      state: 'failed',
      happened: "unknown command 'investgate' (Did you mean investigate?)",
      whatToDo: 'See stanch --help.',
    });
  });

  test('keeps to the width of the page', () => {
    const help = parseCommandLine({ arguments: ['investigate', '--help'], version: '1.2.3', columns: 80 });
    const options = help.state === 'print' ? (help.text.split('Examples:')[0] ?? '') : '';

    expect(options.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

test('the version is one line', () => {
  expect(parse('--version')).toEqual({ state: 'print', text: '1.2.3\n' });
  expect(parse('-V')).toEqual({ state: 'print', text: '1.2.3\n' });
});

test('nothing that is typed makes it throw', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('investigate', 'explain', 'demo', '--', '-', '--alert', '--output', 'json', '--help', '-o', '--since=1d', '__proto__'),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (given) => {
      expect(['asked', 'print', 'failed']).toContain(parse(...given).state);
    }),
  );
});

test.each([
  ['serve', '--database', 'postgress://ada:hunter2@db/stanch'],
  ['serve', '--database', 'Postgres://ada:hunter2@db/stanch'],
  ['investigate', '--prometheus', 'ada:hunter2@prometheus:9090'],
])('a password in a value that is refused is not repeated: %j', (...given) => {
  const parsed = parse(...given);

  expect(parsed).toMatchObject({ state: 'failed', happened: expect.stringContaining(`is invalid. Write`) });
  expect(JSON.stringify(parsed)).not.toContain('hunter2');
});
