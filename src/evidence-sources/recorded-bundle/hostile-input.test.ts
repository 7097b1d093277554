import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openRecording } from './open-recording.ts';
import { defaultReadingLimits } from './reading-limits.ts';
import { archiveOf, ask, directoryOf, fileOf, linesOf, namesOf, open, removeBundles, type TestEntry } from './testing.ts';

afterAll(removeBundles);

const manifest = JSON.stringify({ formatVersion: 1, collectedAt: '2026-03-01T10:00:00Z' });
const pod = (name: string, namespace = 'shop'): string => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } });

/** What happened, and what to do: the one line that the person sees. */
async function failureOf(path: string, limits = defaultReadingLimits): Promise<readonly [happened: string, whatToDo: string]> {
  const opened = await openRecording(path, limits);
  return opened.state === 'failed' ? [opened.happened, opened.whatToDo] : ['it was opened', ''];
}

test('A path that leads nowhere is told so', async () => {
  expect(await failureOf('/no/such/recording')).toEqual(['there is no such file or directory', 'check the path']);
  expect((await failureOf('/dev/null'))[0]).toBe('it is neither a file nor a directory');
});

test('An empty directory, an empty file and files without objects are told apart', async () => {
  expect((await failureOf(directoryOf({})))[0]).toBe('it holds no files');
  expect((await failureOf(fileOf('pods.json', '')))[0]).toBe('the file is empty');
  expect((await failureOf(directoryOf({ 'README.md': 'hello', 'package.json': '{"name":"x"}' })))[0]).toBe(
    'it holds 2 files but no object of Kubernetes',
  );
  expect((await failureOf(await archiveOf({ 'a.txt': 'hello' })))[0]).toBe('it holds 1 file but no object of Kubernetes');
});

test('An archive of another kind is named', async () => {
  expect(await failureOf(fileOf('bundle.zip', 'PK\u0003\u0004rest'))).toEqual([
    'it is a zip file, which Stanch does not unpack',
    'unpack it and give the directory',
  ]);
});

test('A truncated archive is refused, wherever it was cut', async () => {
  const whole = readFileSync(
    await archiveOf({
      'recording.json': manifest,
      'objects/pod.json': pod('web'),
      'logs/shop/web/app.log': `${'x'.repeat(50)}\n`.repeat(2000),
    }),
  );
  for (const share of [0.2, 0.5, 0.9]) {
    expect(await failureOf(fileOf('cut.tar.gz', whole.subarray(0, Math.floor(whole.length * share))))).toEqual([
      'the compressed file ends too early: it is truncated',
      'copy or record it again',
    ]);
  }
  const tarCut = Buffer.concat([Buffer.from(pod('web')), Buffer.alloc(600)]).subarray(0, 700);
  expect((await failureOf(fileOf('cut.tar', tarCut)))[0]).toBe('it is no tar archive, or a damaged one');
});

test('An archive that stops between two files is read, and what may be missing is told', async () => {
  const tar = gunzipSync(readFileSync(await archiveOf({ 'objects/pods/a.json': pod('a'), 'objects/pods/b.json': pod('b') })));
  // A header, and a block for what is in the file.
  const first = tar.subarray(0, 1024);

  expect((await open(fileOf('whole.tar', tar))).gaps).toEqual([]);
  for (const cut of [fileOf('cut.tar', first), fileOf('cut.tar.gz', gzipSync(first))])
    expect((await open(cut)).gaps.map((gap) => gap.what)).toEqual(['the end of the archive']);
});

test('A file that only looks compressed, or is damaged inside, is refused', async () => {
  expect((await failureOf(fileOf('a.tar.gz', 'not gzip at all, not tar either'.padEnd(600)))).at(0)).toBe(
    'it is no tar archive, or a damaged one',
  );
  const damaged = readFileSync(await archiveOf({ 'recording.json': manifest, 'objects/pod.json': pod('web') }));
  damaged.fill(0x55, 30, 90);
  expect((await failureOf(fileOf('damaged.tar.gz', damaged)))[0]).toBe('its compressed data is damaged');
});

test('Names that lead out of the archive, links and devices are not read, but counted and told', async () => {
  const entries: readonly TestEntry[] = [
    { name: 'recording.json', content: manifest },
    { name: 'objects/pod.json', content: pod('web') },
    { name: '../../escape.json', content: pod('escaped') },
    { name: 'objects/../../other.json', content: pod('escaped-too') },
    { name: '/etc/absolute.json', content: pod('absolute') },
    { name: 'objects/link.json', type: 'symlink', linkname: '/etc/passwd' },
    { name: 'objects/hard.json', type: 'link', linkname: 'objects/pod.json' },
    { name: 'objects/null', type: 'character-device' },
    { name: 'objects/pipe', type: 'fifo' },
  ];
  const recording = await open(await archiveOf(entries));
  expect(await namesOf(recording, 'pods')).toEqual(['shop/web']);
  expect(recording.gaps.map((gap) => gap.what)).toEqual(['2 linked files', '2 special files', '3 files with an unsafe name']);
});

test('Links in a directory are not followed, even into a loop', async () => {
  const directory = directoryOf({ 'recording.json': manifest, 'objects/pod.json': pod('web') });
  symlinkSync('/', join(directory, 'root'));
  symlinkSync(directory, join(directory, 'objects', 'loop'));
  const recording = await open(directory);
  expect([await namesOf(recording, 'pods'), recording.gaps.map((gap) => gap.what)]).toEqual([['shop/web'], ['2 linked files']]);
});

test('A directory tree of absurd depth is refused', async () => {
  const directory = directoryOf({});
  const deep = join(directory, ...Array.from({ length: 60 }, () => 'd'));
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, 'pod.json'), pod('web'));
  expect((await failureOf(directory))[0]).toBe('directories are nested more than 40 deep');
});

test('A decompression bomb is stopped early, as an archive and as a single file', async () => {
  const limits = { ...defaultReadingLimits, ratioFromBytes: 1024 * 1024 };
  const zeros = Buffer.alloc(8 * 1024 * 1024);
  const expected = [
    'it expands like a decompression bomb, far beyond what real bundles do',
    'unpack it yourself if you trust it, and give the directory',
  ];
  expect(await failureOf(await archiveOf({ 'logs/shop/web/app.log': zeros }), limits)).toEqual(expected);
  expect(await failureOf(fileOf('pods.json.gz', gzipSync(zeros)), limits)).toEqual(expected);
});

test('Too many bytes, files or objects are refused with the figure', async () => {
  const path = await archiveOf({ 'a.json': pod('a'), 'b.json': pod('b'), 'c.json': pod('c') });
  expect((await failureOf(path, { ...defaultReadingLimits, totalBytes: 2000 }))[0]).toBe('it holds more than 2000 bytes');
  expect((await failureOf(path, { ...defaultReadingLimits, entries: 2 }))[0]).toBe('it holds more than 2 entries');
  expect((await failureOf(path, { ...defaultReadingLimits, objects: 2 }))[0]).toBe('it holds more than 2 objects');
});

test('One malformed file among many is named, and the rest is read', async () => {
  const recording = await open(
    directoryOf({
      'recording.json': manifest,
      'objects/pods.json': pod('web'),
      'objects/services.json': '{"kind":"ServiceList","items":[{"kind":"Service",',
      'objects/nodes.yaml': 'kind: Node\n  bad: [indent',
      'metrics/errors.json': 'oops {',
    }),
  );
  expect(await namesOf(recording, 'pods')).toEqual(['shop/web']);
  expect(await namesOf(recording, 'services')).toBe('malformed: the file objects/services.json: it ends in the middle of a value');
  expect(await namesOf(recording, 'nodes')).toMatch(/^malformed: the file objects\/nodes\.yaml: .*line 2/);
  expect(await ask(recording, 'metrics')).toMatchObject({
    value: [],
    gaps: [{ what: 'the file metrics/errors.json', because: 'malformed' }],
  });
  expect(recording.gaps.map((gap) => gap.what)).toEqual(['the file objects/nodes.yaml', 'the file objects/services.json']);
});

test('A list that is cut off keeps what was read of it, and is not complete', async () => {
  const bundle = await open(fileOf('pods.json', `{"kind":"PodList","apiVersion":"v1","items":[${pod('one')},${pod('two')},{"kind":"Po`));
  expect(await ask(bundle, 'pods')).toMatchObject({
    value: [{ metadata: { name: 'one' } }, { metadata: { name: 'two' } }],
    gaps: [
      { because: 'not-recorded', namespaces: ['shop'] },
      { because: 'malformed', detail: 'it ends in the middle of a value' },
    ],
  });
});

test('Where the only file cannot be understood, it says which and why', async () => {
  expect(await failureOf(directoryOf({ 'pods.json': '{"kind": "Pod", "metadata": {' }))).toEqual([
    'it holds no object of Kubernetes that can be read; the file pods.json: it ends in the middle of a value',
    'give a recording (see docs/recording-format.md), a support bundle, a must-gather, or files of kubectl get -o json',
  ]);
});

test('An unknown format version is refused, and so is a manifest that is none', async () => {
  const files = { 'objects/pod.json': pod('web') };
  expect(await failureOf(directoryOf({ ...files, 'recording.json': '{"formatVersion": 2}' }))).toEqual([
    'recording.json has format version 2; this program reads version 1',
    'use the version of Stanch that wrote it, or see docs/recording-format.md',
  ]);
  expect((await failureOf(directoryOf({ ...files, 'recording.json': '[]' })))[0]).toBe('recording.json holds no JSON object');
  expect((await failureOf(directoryOf({ ...files, 'recording.json': '{"formatVersion": ' })))[0]).toMatch(
    /^recording\.json cannot be read: /,
  );
});

test('A folder of several recordings is not read as one cluster', async () => {
  const recordings = ['d', 'b', 'a', 'c'].flatMap((name) => [
    [`${name}/recording.json`, manifest],
    [`${name}/objects/pod.json`, pod(name)],
  ]);
  expect(await failureOf(await archiveOf(Object.fromEntries(recordings)))).toEqual([
    'it holds 4 recordings: a, b, c and 1 more',
    'name one of them',
  ]);
  expect(await failureOf(directoryOf({ 'recording.json': manifest, 'older/recording.json': manifest }))).toEqual([
    'it holds 2 recordings: its top, older',
    'name one of them',
  ]);
});

test('YAML whose aliases expand beyond measure is left out', async () => {
  const levels = Array.from({ length: 12 }, (_, level) =>
    level === 0
      ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
      : `a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`,
  );
  const bomb = `kind: Pod\nmetadata: {name: bomb, namespace: shop}\n${levels.join('\n')}\nspec: {containers: *a11}\n`;
  const recording = await open(directoryOf({ 'recording.json': manifest, 'objects/bomb.yaml': bomb, 'objects/pod.json': pod('web') }));
  expect(await namesOf(recording, 'pods')).toEqual(['shop/web']);
  expect(recording.gaps).toEqual([
    { what: 'the file objects/bomb.yaml', because: 'malformed', detail: 'its aliases expand beyond measure' },
  ]);
});

test('Ordinary anchors and merge keys of hand-written YAML are read', async () => {
  const yaml = 'x-labels: &labels {app: web}\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {<<: *labels, tier: front}}\n';
  const bundle = await open(fileOf('pod.yaml', yaml));
  expect(await ask(bundle, 'pods')).toMatchObject({ value: [{ metadata: { labels: { app: 'web', tier: 'front' } } }] });
});

test('Absurd nesting is left out, in JSON and in YAML', async () => {
  const json = `{"kind":"Pod","metadata":{"name":"deep"},"spec":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const recording = await open(
    directoryOf({
      'recording.json': manifest,
      'objects/deep.json': json,
      'objects/deep.yaml': `a: ${'['.repeat(5000)}`,
      'objects/pod.json': pod('web'),
    }),
  );
  expect(await namesOf(recording, 'pods')).toEqual(['shop/web']);
  expect(recording.gaps.map((gap) => gap.detail)).toEqual([
    'it is nested more than 200 levels deep',
    expect.stringContaining('nesting exceeded'),
  ]);
});

test('Bytes that are no text, and keys that occur twice, do not stop the reading', async () => {
  const bytes = Buffer.concat([
    Buffer.from('{"kind":"Pod","kind":"Pod","metadata":{"name":"old","name":"web","namespace":"shop","labels":{"a":"'),
    Buffer.from([0xc3, 0x28, 0xff]),
    Buffer.from('"}}}'),
  ]);
  const recording = await open(
    directoryOf({
      'recording.json': manifest,
      'objects/a.json': bytes,
      'objects/b.yaml': 'kind: Node\nkind: Node\nmetadata: {name: n, name: worker-1}\n',
    }),
  );
  expect(await ask(recording, 'pods')).toMatchObject({ value: [{ metadata: { name: 'web', labels: { a: '\ufffd(\ufffd' } } }] });
  expect(await namesOf(recording, 'nodes')).toEqual(['worker-1']);
});

test('Escape sequences in logs never come out, and long logs keep their ends', async () => {
  const noisy = '\u001b[31mred\u001b[0m \u001b]0;title\u0007text\u0000\r\n\u202egnp.exe\n';
  const long = Array.from({ length: 50_000 }, (_, line) => `line ${line} ${'.'.repeat(80)}`).join('\n');
  for (const path of [
    directoryOf({
      'recording.json': manifest,
      'objects/p.json': pod('web'),
      'logs/shop/web/app.log': noisy,
      'logs/shop/web/long.log': long,
    }),
    await archiveOf({
      'recording.json': manifest,
      'objects/p.json': pod('web'),
      'logs/shop/web/app.log': noisy,
      'logs/shop/web/long.log': long,
    }),
  ]) {
    const recording = await open(path);
    expect(await linesOf(recording, { namespace: 'shop', pod: 'web', container: 'app', isPrevious: false })).toEqual([
      'red text',
      'gnp.exe',
    ]);
    const lines = await linesOf(recording, { namespace: 'shop', pod: 'web', container: 'long', isPrevious: false });
    expect([lines.length, (lines.at(-1) ?? '').slice(0, 10)]).toEqual([1000, 'line 49999']);
  }
});

test('Logs beyond the memory for them are read again when asked for', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, number) => [`logs/shop/web-${number}/app.log`, `log of ${number}\n`.repeat(100)]),
  );
  const recording = await open(await archiveOf({ ...files, 'recording.json': manifest, 'objects/p.json': pod('web') }), {
    ...defaultReadingLimits,
    logMemoryBytes: 3000,
  });
  for (const number of [0, 1, 19])
    expect((await linesOf(recording, { namespace: 'shop', pod: `web-${number}`, container: 'app', isPrevious: false }))[0]).toBe(
      `log of ${number}`,
    );
});

test('No bytes whatever make opening throw', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 800 }),
      fc.constantFrom('a.json', 'a.yaml', 'a.tar', 'a.tar.gz', 'recording.json'),
      async (bytes, name) => {
        const opened = await openRecording(fileOf(name, Buffer.from(bytes)));
        expect(['opened', 'failed']).toContain(opened.state);
      },
    ),
    { numRuns: 100 },
  );
});
