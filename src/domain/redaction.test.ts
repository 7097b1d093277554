import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSecretName, redactArguments, redacted, redactEnvironmentValue, redactLines, redactText } from './redaction.ts';

// Put together here, so that no scanner takes this file for a leak and no secret-like text stands in it as a whole.
const word = 'hunter2-Xk9';
const base64 = 'aHVudGVyMjpYazktc2VjcmV0';
const letters = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdef';
const jwt = ['eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'].join(
  '.',
);

/** Each text with the part of it that must be gone. */
const secrets: readonly (readonly [text: string, secret: string])[] = [
  // Addresses and data source names.
  [`postgres://app:${word}@db.shop:5432/cart?sslmode=disable`, word],
  [`dial error: amqp://guest:${word}@rabbit:5672/: connection refused`, word],
  [`redis://:${word}@redis:6379/0`, word],
  [`mongodb+srv://app:${word}@cluster0.example.net/cart`, word],
  [`https://user:p@ss${word}@registry.example/v2/`, word],
  [`mysql://root:pa/ss${word}@db/shop`, word],
  [`cloning https://${letters.slice(0, 24)}@git.example/repo.git`, letters.slice(0, 24)],
  [`app:${word}@tcp(mysql.shop:3306)/cart`, word],
  [`jdbc:oracle:thin:scott/${word}@//ora:1521/XE`, word],
  [`jdbc:postgresql://db/cart?user=app&password=${word}&ssl=true`, word],
  [`host=db port=5432 user=app password=${word} dbname=cart`, word],
  [`host=db password='two words ${word}' dbname=cart`, word],
  [`Server=db;Database=cart;User Id=sa;Password=${word};Encrypt=true`, word],
  [`DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${base64}==;EndpointSuffix=core.windows.net`, base64],
  [`Endpoint=sb://bus.example/;SharedAccessKeyName=Root;SharedAccessKey=${base64}=`, base64],
  [`https://acct.blob.example/c?sv=2022-11-02&sig=${base64}%3D&se=2026`, base64],
  [`GET https://bucket.example/key?X-Amz-Credential=x&X-Amz-Signature=${'ab12'.repeat(16)}`, 'ab12ab12'],
  // Tokens that show what they are.
  [`token is ${jwt}`, jwt],
  [`using ${'AKIA'}IOSFODNN7EXAMPLE for s3`, 'IOSFODNN7'],
  [`aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${word}`, word],
  [`AWS_SESSION_TOKEN=FwoGZXIvYXdzEBY${letters}`, letters],
  [`remote: ${'ghp'}_${letters.slice(0, 36)}`, letters.slice(0, 36)],
  [`${'github'}_pat_${letters}`, letters],
  [`push with ${'glpat'}-${letters.slice(0, 20)}`, letters.slice(0, 20)],
  [`slack ${'xoxb'}-1234567890-${letters.slice(0, 24)}`, letters.slice(0, 24)],
  [`posting to https://hooks.${'slack'}.com/services/T0000/B0000/${letters.slice(0, 24)}`, letters.slice(0, 24)],
  [`maps ${'AIza'}${letters.slice(0, 35)}`, letters.slice(0, 35)],
  [`oauth ${'ya29'}.${letters}`, letters],
  [`stripe ${'sk'}_live_${letters.slice(0, 24)}`, letters.slice(0, 24)],
  [`openai ${'sk'}-proj-${letters}`, letters],
  [`sendgrid ${'SG'}.${letters.slice(0, 22)}.${letters}`, letters.slice(0, 22)],
  [`vault ${'hvs'}.${letters}`, letters],
  [`hub ${'hf'}_${letters.slice(0, 34)}`, letters.slice(0, 34)],
  [`telegram ${'1234567890'}:AA${letters.slice(0, 33)}`, letters.slice(0, 33)],
  [`hash $2b$12$${letters.slice(0, 20)}${letters.slice(0, 33)}`, letters.slice(0, 20)],
  [`signed in with stanch_${letters}_`, letters],
  // Keys.
  [`-----BEGIN RSA PRIVATE KEY-----MIIE${letters}-----END RSA PRIVATE KEY-----`, letters],
  [`-----BEGIN OPENSSH PRIVATE KEY-----\n${letters}${letters}\n${letters}\n-----END OPENSSH PRIVATE KEY-----\nafter`, letters],
  [`"private_key": "-----BEGIN PRIVATE KEY-----\\n${letters}\\n-----END PRIVATE KEY-----\\n"`, letters],
  [`client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVk${base64}`, base64],
  [`tls.key: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t${base64}`, base64],
  // Headers.
  [`Authorization: Basic ${base64}`, base64],
  [`> authorization: Bearer ${letters}`, letters],
  [`Authorization: Token ${word}`, word],
  [`map[Accept:[*/*] Authorization:[Bearer ${letters}] Cookie:[session=${word}]]`, word],
  [`Cookie: theme=dark; session=${word}`, word],
  [`Set-Cookie: sid=${word}; Path=/; HttpOnly`, word],
  [`X-Api-Key: ${word}`, word],
  [`curl -H "X-Auth-Token: ${word}" http://cart`, word],
  [`AWS4-HMAC-SHA256 Credential=x/20260301, SignedHeaders=host, Signature=${'fe98'.repeat(16)}`, 'fe98fe98'],
  // Fields of JSON and YAML, settings.
  [`{"user":"app","password":"${word}","host":"db"}`, word],
  [`{\\"db_password\\":\\"${word}\\",\\"host\\":\\"db\\"}`, word],
  [`{"message":"login {\\"token\\":\\"${word}\\"}"}`, word],
  [`config: {'client_secret': '${word}'}`, word],
  [`password: ${word}`, word],
  [`  dbPassword: "a \\"quoted\\" ${word}"`, word],
  [`- name: x\n  clientSecret: |\n    ${word}\n    more-${word}\n  host: db`, word],
  [`DB_PASS=${word}`, word],
  [`export API_KEY=${word}`, word],
  [`env: REDIS_AUTH=${word} LOG_LEVEL=debug`, word],
  [`SECRET_KEY_BASE=${'0f'.repeat(32)}`, '0f0f0f'],
  [`spring.datasource.password=${word}`, word],
  [`login with password: swordfish`, 'swordfish'],
  [`{:password=>"${word}", :user=>"app"}`, word],
  [`data: {password: ${base64}}`, base64],
  [`.dockerconfigjson: ${base64}${base64}`, base64],
  [`{"auths":{"registry.example":{"auth":"${base64}"}}}`, base64],
  [`//npm.registry.example/:_authToken=${word}`, word],
  [`_password=${base64}`, base64],
  [`machine git.example login bot password ${word}`, word],
  [`token: abcdef.0123456789abcdef`, 'abcdef.0123'],
  [`{"refresh_token":"${word}","refreshInterval":"5m"}`, word],
  [`GET /start?next=%2Fhome%3Ftoken%3D${letters}%26a%3Db`, letters],
  [`DB_PW=${word}`, word],
  [`Kennwort: ${word}`, word],
  [`STATEMENT: ALTER USER app WITH PASSWORD '${word} x'`, word],
  [`create user app identified with mysql_native_password by '${word}'`, word],
  [`<server><password>${word}</password></server>`, word],
  // Command lines.
  [`redis-server --requirepass ${word} --masterauth ${word}`, word],
  [`app --password ${word} --host db`, word],
  [`app --db-password=${word}`, word],
  [`kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef`, 'abcdef.0123'],
  [`mysql -h db -u root -p${word} cart`, word],
  [`sshpass -p ${word} ssh root@node`, word],
  [`docker login -u bot -p ${word} registry.example`, word],
  [`tool -u admin -p ${word} run`, word],
  [`redis-cli -h redis -a ${word} ping`, word],
  [`curl -u admin:${word} http://cart/health`, word],
  [`kubectl create secret generic db --from-literal=password=${word}`, word],
  // Said in prose.
  [`the password is ${word}`, word],
  [`ERROR: password for user app is "${word}", try again`, word],
  [`new passphrase for the vault operator is: ${word}.`, word],
  [`password was reset to ${word} by ada`, word],
  [`password set to 's3cret horse'`, 's3cret'],
  ['the password is swordfish1!', 'swordfish1'],
  ['your password is 12345', '12345'],
  ['the secret is aB3dE6gH9jK2mN5p', 'aB3dE6gH9jK2mN5p'],
  // Names that end in KEY, and values that a machine made.
  [`STRIPE_KEY=${letters.slice(0, 24)}7`, letters.slice(0, 24)],
  [`{"stripeKey":"${letters.slice(0, 24)}7"}`, letters.slice(0, 24)],
  [`datadog.key: ${'0f1e2d3c'.repeat(4)}`, '0f1e2d3c'],
  [`app --maps-key=${letters.slice(0, 20)}42`, letters.slice(0, 20)],
  ['HEROKU_KEY=3f2a9c0d-11e2-47a4-9c81-d2e3a4b5c6d7', '3f2a9c0d'],
  // Short numbers behind the name of a password.
  ['password: 12345', '12345'],
  ['DB_PASSWORD=1234', '1234'],
  ['{"password":"0000","host":"db"}', '0000'],
  ['{"user":"app","dbPass":98765}', '98765'],
  ['login with password: 4711, user app', '4711'],
  ['password:31337', '31337'],
  ['app --password 12345 --port 8080', '12345'],
];

/** What must stay as it is: the words that tell what went wrong, and what only talks about secrets. */
const harmless: readonly string[] = [
  'FATAL: password authentication failed for user "app"',
  "Access denied for user 'app'@'10.0.0.1' (using password: YES)",
  'Error: secret "cart-db" not found',
  'Secret "db" not found',
  "Error: couldn't find key PASSWORD in Secret shop/db",
  'MountVolume.SetUp failed for volume "creds" : secret "cart-db" not found',
  'references non-existent secret key: tls.crt',
  'failed to sync secret cache: timed out waiting for the condition',
  'invalid credentials',
  'token expired',
  'invalid token: expired',
  'failed to fetch token: cannot reach the issuer',
  'error: invalid credentials: user is not known',
  'auth: token is not valid yet',
  'token: malformed',
  'password: must not be empty',
  'valueFrom: {secretKeyRef: {name: cart-db, key: password}}',
  'secretKeyRef name cart-db',
  '"secretName":"cart-db","optional":false',
  'imagePullSecrets: [{name: regcred}]',
  '"imagePullSecrets":[{"name":"regcred"}]',
  'secret="kube-system/coredns-token"',
  'registry.example/token-service:1.4.2',
  'registry.example/secrets-manager:v2',
  'dial tcp: lookup token-service.shop.svc: no such host',
  'connecting to auth-service:8080',
  'image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'registry.example/web@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'failed to pull https://registry.example:5000/v2/web/manifests/1 unauthorized',
  'Unauthorized: authentication required',
  'basic authentication is required',
  'WWW-Authenticate: Bearer realm="https://auth.example/token",service="registry"',
  'bearer token was rejected by the server',
  '--tls-private-key-file=/etc/kubernetes/pki/apiserver.key',
  '--password-file /run/secrets/db',
  '--token-ttl 24h',
  'refresh_interval=30s tokenRefreshSeconds: 60',
  'PASSWORD_FILE=/run/secrets/db-password',
  'automountServiceAccountToken: true',
  'kubernetes.io/service-account-token',
  'serviceaccount "default" has no token',
  'PWD=/app OLDPWD=/',
  'password=$(DB_PASSWORD)',
  'password: ${DB_PASSWORD}',
  'password=',
  'max_tokens=4096 total_tokens: 123456',
  'token_type=access expires_in=3600',
  'access_key_id is missing',
  'key "tls.crt" is not in the map',
  'no such key: user:1234',
  'primary key: id',
  'keepalive: 30s',
  'monkey=banana turkey: roasted',
  'author: Bob <bob@example.com>',
  'the compass=north bypass: true passenger=alice passed: 12 tests',
  'mkdir -p /data/cache',
  'nc -p 5000 -l',
  'docker run -p 8080:80 web',
  'chown -u 1000:1000 /data',
  'x509: certificate signed by unknown authority',
  'http://cart.shop.svc:8080/items?page=2',
  'user@example.com could not be reached',
  '2026-03-01T10:00:00Z level=info msg="reloaded secrets" count=3',
  '-----BEGIN CERTIFICATE-----',
  'session closed: idle timeout',
  'key is missing',
  'password is required',
  'password is incorrect',
  'password is not set',
  'the password is too short',
  'password is case-sensitive',
  'the password for user app is wrong, says the server',
  'password is 90 days old',
  'token is 24h old',
  'password is base64-encoded',
  'password is AES-256 encrypted',
  'password is stored in shop/db',
  'password is $(DB_PASSWORD)',
  'password was changed to expire in 30d',
  'token is a JWT',
  'the secret is cart-db-2',
  'the token is node-worker-3',
  'secret was not found',
  'password: 3 attempts left',
  'password: 100 ms',
  'registry.example/reset-password:1024',
  'using password=1',
  'PASSWORD_MIN_LENGTH=128',
  'PARTITION_KEY=customer1234567890abcdef',
  'CACHE_KEY=linux-npm-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
  'ROUTING_KEY=orders.created.v1',
  'topologyKey: topology.kubernetes.io/zone',
  'node.key: kubernetes.io/hostname',
  'ETCD_KEY=/registry/pods/shop/cart-7d9f8b6c5d-x2x4z',
  'no such key: 9f86d081884c7d659a2feaa0c55ad015',
  'FEATURE_KEY=checkout',
];

test('No secret of the corpus survives', () => {
  expect(secrets.length).toBeGreaterThanOrEqual(60);
  expect(secrets.map(([text]) => redactText(text)).filter((safe, position) => safe.includes(secrets[position]?.[1] ?? ''))).toEqual([]);
});

test('Every mask leaves its mark', () => {
  expect(secrets.filter(([text]) => !redactText(text).includes(redacted))).toEqual([]);
});

test('What only talks about secrets stays as it is', () => {
  expect(harmless.length).toBeGreaterThanOrEqual(30);
  expect(harmless.filter((text) => redactText(text) !== text).map((text) => [text, redactText(text)])).toEqual([]);
});

test('What surrounds a secret stays readable', () => {
  expect(redactText(`postgres://app:${word}@db.shop:5432/cart`)).toBe(`postgres://app:${redacted}@db.shop:5432/cart`);
  expect(redactText(`host=db password=${word} dbname=cart`)).toBe(`host=db password=${redacted} dbname=cart`);
  expect(redactText(`{"password":"${word}","host":"db"}`)).toBe(`{"password":"${redacted}","host":"db"}`);
  expect(redactText(`Authorization: Basic ${base64}`)).toBe(`Authorization: Basic ${redacted}`);
});

test('Redacting twice changes nothing', () => {
  for (const [text] of secrets) expect(redactText(redactText(text))).toBe(redactText(text));
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          'password',
          '=',
          ': ',
          '"',
          word,
          '\n',
          '--token ',
          '://a:',
          '@',
          'Bearer ',
          '\\"',
          '[',
          '{',
          ' ',
          ',',
          ';',
          'Cookie: ',
          '|',
          ' is ',
          'STRIPE_KEY',
          '12345',
          letters,
          '.',
        ),
      ),
      (parts) => {
        const once = redactText(parts.join(''));
        expect(redactText(once)).toBe(once);
      },
    ),
    { numRuns: 2000 },
  );
});

test('A password that holds a digit never survives where it is said, nor an ordinary word is taken for one', () => {
  const names = fc.constantFrom('password', 'Password', 'passphrase', 'pwd', 'the password for user app');
  const verbs = fc.constantFrom('is', 'was', 'is now', 'is:', 'was reset to');
  const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'.split(''));
  const ordinary = fc.string({ unit: letter, minLength: 3, maxLength: 12 });
  fc.assert(
    fc.property(
      names,
      verbs,
      ordinary,
      fc.integer({ min: 10, max: 9999 }),
      fc.constantFrom('', '.', ' for the operator', ', user app'),
      (name, verb, said, digits, after) => {
        const secret = `q${said}${digits}!z`;
        expect(redactText(`${name} ${verb} ${secret}${after}`)).toBe(`${name} ${verb} ${redacted}${after}`);
        const text = `${name} ${verb} ${said}${after}`;
        if (!verb.endsWith(':')) expect(redactText(text)).toBe(text);
      },
    ),
  );
});

test('A variable that ends in KEY keeps its value unless a machine made it', () => {
  const names = fc.constantFrom('STRIPE_KEY', 'stripe_key', 'MAPS_KEY', 'stripeKey');
  const run = fc.string({ unit: fc.constantFrom(...letters.split('')), minLength: 20, maxLength: 60 }).map((text) => `a${text}7`);
  const words = fc
    .array(fc.constantFrom('orders', 'created', 'v1', 'eu-west', 'cart', '2026'), { minLength: 1, maxLength: 5 })
    .map((all) => all.join('.'));
  fc.assert(
    fc.property(names, run, words, (name, made, said) => {
      expect(redactText(`${name}=${made} LOG_LEVEL=debug`)).toBe(`${name}=${redacted} LOG_LEVEL=debug`);
      expect(redactEnvironmentValue(name, made)).toBe(redacted);
      expect(redactEnvironmentValue(name, said)).toBe(said);
      expect(redactArguments(['app', `--${name}`, made])).toEqual(['app', `--${name}`, redacted]);
    }),
  );
});

test('The same text is masked in the same way inside lines, arguments and variables', () => {
  expect(redactLines(['before', '-----BEGIN PRIVATE KEY-----', letters, '-----END PRIVATE KEY-----', 'after'])).toEqual([
    'before',
    redacted,
    redacted,
    redacted,
    'after',
  ]);
  expect(redactLines([`${letters}${letters}`, '-----END PRIVATE KEY-----', 'after'])).toEqual([redacted, redacted, 'after']);
  expect(redactArguments(['app', '--password', word, '--port', '8080', `--token=${word}`, '--secret-name', 'db'])).toEqual([
    'app',
    '--password',
    redacted,
    '--port',
    '8080',
    `--token=${redacted}`,
    '--secret-name',
    'db',
  ]);
  expect(redactArguments(['/usr/bin/mysql', '-p', word])).toEqual(['/usr/bin/mysql', '-p', redacted]);
  expect(redactArguments(['nc', '-p', '5000'])).toEqual(['nc', '-p', '5000']);
  expect(redactEnvironmentValue('DB_PASSWORD', word)).toBe(redacted);
  expect(redactEnvironmentValue('DATABASE_URL', `postgres://app:${word}@db/cart`)).toBe(`postgres://app:${redacted}@db/cart`);
  expect(redactEnvironmentValue('PASSWORD_MIN_LENGTH', '8')).toBe('8');
  expect(redactEnvironmentValue('DB_PASSWORD', '12345')).toBe(redacted);
  expect(redactArguments(['app', '--password', '12345'])).toEqual(['app', '--password', redacted]);
  expect(redactEnvironmentValue('TOKEN_SERVICE_URL', 'http://token-service:8080')).toBe('http://token-service:8080');
});

test('Names are told apart by what they hold', () => {
  const secretNames = [
    'DB_PASSWORD',
    'dbPass',
    'DB_PASS',
    'API_KEY',
    'apiKey',
    'client_secret',
    'AWS_SECRET_ACCESS_KEY',
    'JWT_SIGNING_KEY',
    'COOKIE',
    'SENTRY_DSN',
    'PASSWORD_SALT',
    'SESSION_ID',
    'SLACK_WEBHOOK_URL',
    '.dockerconfigjson',
    'GITHUB_TOKEN',
  ];
  const otherNames = [
    'SECRET_NAME',
    'TOKEN_TTL',
    'PASSWORD_FILE',
    'AWS_ACCESS_KEY_ID',
    'COMPASS',
    'BYPASS_CACHE',
    'KEYSPACE',
    'MONKEY',
    'AUTHOR',
    'AUTH_MODE',
    'TOKENIZER',
    'DATABASE_URL',
    'MAX_TOKENS',
    'TOKEN_SERVICE_HOST',
    'checksum/secret',
  ];
  expect(secretNames.filter((name) => !isSecretName(name))).toEqual([]);
  expect(otherNames.filter(isSecretName)).toEqual([]);
});

test('The cost grows with the length of the text, whatever the text', () => {
  const hostile = [
    'a',
    'password=/etc/',
    '://a:',
    'eyJ-',
    'token: ',
    '-----BEGIN PRIVATE KEY-----',
    'secret: [',
    '"password": "',
    'a.',
    ' -p ',
    'mysql ',
    'basic ',
    'sk-1',
    '\\"key\\":\\"',
    'cookie:',
    'login x password ',
    'LS0tLS1CRUdJTi',
    'a_key: ',
    'a_key="',
    'password for a a a is ',
    'password is ',
  ];
  for (const piece of hostile) {
    const text = `password ${piece.repeat(200_000 / piece.length)}`;
    const began = process.threadCpuUsage();
    redactText(text);
    const { user, system } = process.threadCpuUsage(began);
    // A quadratic rule needs minutes for this; a linear one some milliseconds. The limit leaves room for a busy machine.
    expect([piece, (user + system) / 1000 < 1500]).toEqual([piece, true]);
  }
});

test('Ordinary short texts cost next to nothing', () => {
  const texts = Array.from({ length: 100_000 }, (_, number) => `Successfully assigned shop/web-${number} to worker-${number % 100}`);
  const began = process.threadCpuUsage();
  for (const text of texts) redactText(text);
  const { user, system } = process.threadCpuUsage(began);
  expect((user + system) / 1000).toBeLessThan(1000);
});
