import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClueKind } from '../../domain/log-clue.ts';
import { recogniseLine } from './recognise-line.ts';

const dialects: { readonly [Kind in ClueKind]: readonly string[] } = {
  'name-not-resolved': [
    'could not connect: Der Name oder der Dienst ist nicht bekannt',
    'dial tcp: lookup db on 10.96.0.10:53: no such host',
    'dial tcp: lookup db on 10.96.0.10:53: read udp 10.244.1.5:4001->10.96.0.10:53: i/o timeout',
    'Error: getaddrinfo EAI_AGAIN redis',
    'Caused by: java.net.UnknownHostException: db.shop.svc',
    'socket.gaierror: [Errno -2] Name or service not known',
    'curl: (6) Could not resolve host: api',
    "wget: bad address 'api:8080'",
    "nslookup: can't resolve 'db'",
    "** server can't find db.shop.svc.cluster.local: NXDOMAIN",
    'SQLSTATE[HY000] [2002] php_network_getaddresses: getaddrinfo failed: Name or service not known',
    'failed to lookup address information: Name does not resolve',
    'System.Net.Sockets.SocketException: Resource temporarily unavailable (cart:8080)',
    'could not translate host name "db" to address: Temporary failure in name resolution',
  ],
  'certificate-invalid': [
    'x509: certificate signed by unknown authority',
    'Connection to node -1 (kafka.example/10.3.0.9:9094) failed authentication due to: SSL handshake failed',
    'ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired',
    'Error: unable to get local issuer certificate',
    'sun.security.validator.ValidatorException: PKIX path building failed',
    'curl: (60) SSL certificate problem: certificate has expired',
    'The remote certificate is invalid according to the validation procedure',
    'Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match',
  ],
  'too-many-connections': [
    'redis.clients.jedis.exceptions.JedisExhaustedPoolException: Could not get a resource since the pool is exhausted',
    'MongoWaitQueueTimeoutError: Timed out while checking out a connection from connection pool',
    'FATAL:  tut mir leid, schon zu viele Verbindungen',
    'FATAL:  désolé, trop de clients sont déjà connectés',
    'ERROR 1040 (08004): Demasiadas conexiones',
    'ORA-00020: maximum number of processes (300) exceeded',
    'ORA-12516: TNS:listener could not find available handler with matching protocol stack',
    'FATAL:  sorry, too many clients already',
    'FATAL: remaining connection slots are reserved for non-replication superuser connections',
    'ERROR 1040 (HY000): Too many connections',
    'ERR max number of clients reached',
    'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=10, active=10, idle=0, waiting=31)',
    'sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out',
  ],
  'authentication-failed': [
    'ORA-28001: the password has expired',
    'error getting server version: the server has asked for the client to provide credentials',
    'error retrieving resource lock argocd/controller: Unauthorized',
    'could not connect: googleapi: Error 403: boss::NOT_AUTHORIZED: Not authorized to access resource., forbidden',
    "SqlException: Cannot open server 'claims-sql' requested by the login. Client with IP address '192.0.2.9' is not allowed to access the server.",
    'pika.exceptions.ProbableAccessDeniedError: ConnectionClosedByBroker: (530) "NOT_ALLOWED - vhost events not found"',
    'org.apache.kafka.common.errors.TopicAuthorizationException: Not authorized to access topics: [payments]',
    'vault: Code: 403. Errors: * permission denied',
    "ERROR 1130 (HY000): Host '10.0.1.21' is not allowed to connect to this MySQL server",
    'FATAL:  Passwort-Authentifizierung für Benutzer »shop« fehlgeschlagen',
    "FATAL:  authentification par mot de passe échouée pour l'utilisateur « shop »",
    'FATAL:  la autentificación password falló para el usuario «shop»',
    'FATAL:  autenticação do tipo senha falhou para o usuário "shop"',
    'FATALE:  autenticazione con password fallita per l\'utente "shop"',
    'FATAL:  ユーザー"shop"のパスワード認証に失敗しました',
    '致命错误:  用户 "shop" Password 认证失败',
    'ВАЖНО:  пользователь "shop" не прошёл проверку подлинности (по паролю)',
    'failed to connect: server error (SQLSTATE 28P01)',
    'SQLSTATE[HY000] [1045]',
    'ORA-01017: invalid username/password; logon denied',
    'javax.naming.AuthenticationException: [LDAP: error code 49 - 80090308: LdapErr]',
    'KrbException: KDC_ERR_PREAUTH_FAILED (24) Pre-authentication information was invalid',
    'An error occurred (AccessDenied) when calling the PutObject operation: Access Denied',
    'FATAL:  password authentication failed for user "app"',
    "Access denied for user 'app'@'10.244.1.5' (using password: YES)",
    'NOAUTH Authentication required.',
    'WRONGPASS invalid username-password pair or user is disabled.',
    'MongoServerError: Authentication failed.',
    "Login failed for user 'sa'.",
    'ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN',
    'rpc error: code = Unauthenticated desc = token expired',
    'request failed with status code 401',
    'FATAL: role "app" does not exist',
    'ERROR: permission denied for table orders',
  ],
  'rate-limited': [
    'EsRejectedExecutionException: rejected execution of coordinating operation',
    'ThrottlingException: Rate exceeded',
    'googleapi: Error 403: Quota used up, rateLimitExceeded',
    'upstream answered 429 Too Many Requests',
    'rpc error: code = ResourceExhausted desc = quota',
    'Rate limit exceeded, retry in 5s',
    "openai.RateLimitError: Error code: 429 - {'error': {'type': 'insufficient_quota'}}",
    'upload failed: server answered HTTP 429, giving up',
    'AmazonS3Exception: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)',
  ],
  'read-only': [
    "Could not open file '/var/lib/mysql/binlog.index' for error logging: Read-only file system",
    'java.io.FileNotFoundException: /data/journal.log (Read-only file system)',
    'FEHLER:  kann INSERT nicht in einer Read-Only-Transaktion ausführen',
    'ERROR:  no se puede ejecutar INSERT en una transacción de sólo lectura',
    'ClusterBlockException[blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];]',
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
    'ERROR: cannot execute INSERT in a read-only transaction',
    "READONLY You can't write against a read only replica.",
    'open /data/x: Read-only file system',
    "Error: EROFS: read-only file system, mkdir '/app/cache'",
    'The MySQL server is running with the --read-only option so it cannot execute this statement',
  ],
  'connection-refused': [
    'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: delayed connect error: 111',
    'no healthy upstream',
    '[Consumer clientId=c] Connection to node -1 (kafka/10.96.1.1:9092) could not be established. Node may not be available.',
    'com.datastax.oss.driver.api.core.AllNodesFailedException: Could not reach any contact point',
    'connection to server at "db" (10.0.0.1), port 5432 failed: Verbindungsaufbau abgelehnt',
    'connect to 10.0.0.1 port 5432: Connexion refusée',
    'ORA-12541: TNS:no listener',
    'ORA-12514: TNS:listener does not currently know of service requested in connect descriptor',
    'A network-related or instance-specific error occurred while establishing a connection to SQL Server. (provider: TCP Provider, error: 40 - Could not open a connection to SQL Server)',
    'com.datastax.driver.core.exceptions.NoHostAvailableException: All host(s) tried for query failed',
    'FATAL: database connection refused: ECONNREFUSED 10.96.45.12:5432',
    'redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.',
    'org.postgresql.util.PSQLException: Connection to db:5432 refused.',
    "Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)",
    'System.Net.Sockets.SocketException (111): Connection refused',
    'Error: Connection refused (os error 111)',
    'connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: , request: "GET / HTTP/1.1", upstream: "http://10.0.0.2:80/"',
    'Connection to node 1 (kafka/10.0.0.1:9092) could not be established. Broker may not be available.',
    'db:5432 - no response',
    'SQLSTATE[HY000] [2002] Connection refused',
    '{"level":"error","msg":"dial tcp 10.0.0.1:5432: connect: connection refused"}',
    'FATAL: the database system is starting up',
    'panic: dial tcp 10.0.0.1:5432: connect: connection refused',
  ],
  'no-route': [
    'connect: no route to host',
    'Error: connect EHOSTUNREACH 10.0.0.1:5432',
    'java.net.NoRouteToHostException: No route to host',
  ],
  'connection-timed-out': [
    'publish to mq:5672 failed: timeout waiting for confirm after 10000ms',
    'upstream request timeout',
    'System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.',
    'AxiosError: timeout of 5000ms exceeded',
    'FetchError: network timeout at: http://catalog/items',
    'PG::QueryCanceled: ERROR:  canceling statement due to statement timeout',
    "cassandra.OperationTimedOut: errors={'10.0.0.5': 'Client request timeout'}",
    'connection to server at "db" (10.0.0.1), port 5432 failed: Expiró el tiempo de conexión',
    'ORA-12170: TNS:Connect timeout occurred',
    'dial tcp 10.0.0.1:5432: i/o timeout',
    'Error: connect ETIMEDOUT 10.0.0.1:5432',
    'psycopg2.OperationalError: connection to server at "db" (10.0.0.1), port 5432 failed: Connection timed out',
    'rpc error: code = DeadlineExceeded desc = context deadline exceeded',
    'java.net.SocketTimeoutException: Read timed out',
    'upstream timed out (110: Connection timed out) while connecting to upstream',
    'wait-for-it.sh: timeout occurred after waiting 15 seconds for db:5432',
    'curl: (28) Connection timed out after 5000 ms',
    'redis.exceptions.TimeoutError: Timeout connecting to server',
  ],
  'connection-reset': [
    "io.github.resilience4j.circuitbreaker.CallNotPermittedException: CircuitBreaker 'inventory' is OPEN and does not permit further calls",
    'Polly.CircuitBreaker.BrokenCircuitException: The circuit is now open and is not allowing calls.',
    'MySQL server has gone away',
    'io.grpc.StatusRuntimeException: UNAVAILABLE: io exception',
    'read tcp 10.0.0.1:4000->10.0.0.2:80: read: connection reset by peer',
    'Error: socket hang up',
    'server closed the connection unexpectedly',
    'ERROR 2006: MySQL server has gone away',
  ],
  'exec-format': ['exec /usr/local/bin/app: exec format error', 'standard_init_linux.go:228: exec user process caused: exec format error'],
  'forbidden-by-api': [
    'pods is forbidden: User "system:serviceaccount:shop:cart" cannot list resource "pods" in API group "" in the namespace "shop"',
  ],
  'missing-module': [
    'PDOException: could not find driver',
    'Bundler::GemNotFound: Could not find rack-2.2.3 in any of the sources',
    "ModuleNotFoundError: No module named 'flask'",
    "Error: Cannot find module '/app/server.js'",
    'java.lang.ClassNotFoundException: com.shop.Main',
    'error while loading shared libraries: libssl.so.3: cannot open shared object file',
  ],
  'missing-setting': [
    'org.apache.kafka.common.config.ConfigException: Missing required configuration "bootstrap.servers" which has no default value.',
    "ArgumentError: Missing `secret_key_base` for 'production' environment",
    "System.ArgumentNullException: Value cannot be null. (Parameter 'connectionString')",
    'Error: API_KEY is not defined',
    'Error: environment variable DATABASE_URL is not set',
    'FATAL: DATABASE_URL must be set',
    'missing required environment variable: API_KEY',
    "KeyError: 'DATABASE_URL'",
    "Could not resolve placeholder 'spring.datasource.url' in value",
    '/entrypoint.sh: line 3: DB_HOST: unbound variable',
    'Error: Config validation error: "PORT" is required',
    'required key DB_HOST missing value',
    'Error: Database is uninitialized and superuser password is not specified.',
    'missing config key: REDIS_ADDR',
    'ERROR: REQUIRED_TOKEN environment variable required',
    'You need to specify one of the following as an environment variable: - MYSQL_ROOT_PASSWORD',
  ],
  'invalid-setting': [
    "kafka.common.InconsistentClusterIdException: The Cluster ID kVby doesn't match stored clusterId Some(zZ2J) in meta.properties.",
    "Corefile:5 - Error during parsing: Unknown directive 'forwrd'",
    "error initializing configuration '/etc/envoy/envoy.yaml': Unable to parse JSON",
    'Error: Could not create the Java Virtual Machine.',
    'Invalid maximum heap size: -Xmx4096gb',
    "Failed to configure a DataSource: 'url' attribute is not specified",
    'pydantic_core._pydantic_core.ValidationError: 1 validation error for AppSettings',
    'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
    'nginx: [emerg] unknown directive "prox_pass" in /etc/nginx/nginx.conf:3',
    'Error: invalid configuration: log level "loud"',
    'flag provided but not defined: -listen',
    'yaml: line 3: mapping values are not allowed in this context',
    'failed to parse config: unexpected end',
    'unrecognized configuration parameter "max_conections"',
    'FATAL: could not load config file /etc/app/config.yaml: bad indentation',
  ],
  'invalid-value': [
    'java.lang.NumberFormatException: For input string: "abc"',
    "ValueError: invalid literal for int() with base 10: 'abc'",
    'strconv.Atoi: parsing "abc": invalid syntax',
    'json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)',
  ],
  'child-killed': [
    '[2026-03-01 10:18:11 +0000] [1] [ERROR] Worker (pid:218) was sent SIGKILL! Perhaps out of memory?',
    'WARNING: [pool www] child 31 exited on signal 9 (SIGKILL) after 12.3 seconds from start',
    'LOG:  server process (PID 4711) was terminated by signal 9: Killed',
    'billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 12.',
    'DAMN ! worker 1 (pid: 12) died, killed by signal 9 :( trying respawn ...',
    '/app/run.sh: line 4:    17 Killed                  python convert.py',
  ],
  'schema-mismatch': [
    'ActiveRecord::NoDatabaseError: We could not find your database: shop',
    'FATAL:  database files are incompatible with server',
    'ERROR: relation "orders" does not exist',
    "ERROR 1146 (42S02): Table 'shop.orders' doesn't exist",
    'sqlite3.OperationalError: no such table: orders',
  ],
  'cannot-exec': [
    'exec /usr/local/bin/docker-entrypoint.sh: no such file or directory',
    'exec /app/run.sh: permission denied',
    'standard_init_linux.go:228: exec user process caused: no such file or directory',
    '{"msg":"exec container process `/app/server`: No such file or directory","level":"error","time":"2026-03-01T09:58:00Z"}',
    '[FATAL tini (7)] exec /app/server failed: No such file or directory',
    '[dumb-init] /app/server: No such file or directory',
  ],
  'missing-file': [
    'Config File "config" Not Found in "[/etc/app]"',
    'nginx: [emerg] open() "/etc/nginx/conf.d/tls.conf" failed (2: No such file or directory) in /etc/nginx/nginx.conf:12',
    "System.IO.FileNotFoundException: The configuration file 'appsettings.json' was not found and is not optional.",
    "Fatal error, can't open config file '/etc/redis/redis.conf': No such file or directory",
    'open /etc/app/config.yaml: no such file or directory',
    "Error: ENOENT: no such file or directory, open '/app/config.json'",
    "FileNotFoundError: [Errno 2] No such file or directory: '/etc/app.ini'",
    'cat: /etc/app/ca.crt: No such file or directory',
  ],
  'port-in-use': [
    'listen tcp :8080: bind: address already in use',
    'Error: listen EADDRINUSE: address already in use :::8080',
    'Web server failed to start. Port 8080 was already in use.',
  ],
  'port-not-permitted': [
    'listen tcp :80: bind: permission denied',
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)',
    'Error: listen EACCES: permission denied 0.0.0.0:443',
    '(13)Permission denied: AH00072: make_sock: could not bind to address [::]:80',
    'java.net.BindException: Permission denied',
  ],
  'no-space-left': [
    'write /data/wal: no space left on device',
    'Error: ENOSPC: no space left on device, write',
    "[warning] <0.497.0> disk resource limit alarm set on node 'rabbit@mq-0'.",
  ],
  'too-many-open-files': [
    'accept tcp [::]:8080: accept4: too many open files',
    'failed to create fsnotify watcher: no space left on device',
    "Error: ENOSPC: System limit for number of file watchers reached, watch '/app/src'",
  ],
  'out-of-memory': [
    'java.lang.OutOfMemoryError: Java heap space',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    'fatal error: runtime: out of memory',
    'MemoryError',
  ],
  'permission-denied': [
    'java.io.FileNotFoundException: /data/journal.log (Permission denied)',
    'FATAL:  data directory "/var/lib/postgresql/data" has invalid permissions',
    "mkdir: can't create directory '/data/x': Permission denied",
    'open /data/db.sqlite: permission denied',
    "Error: EACCES: permission denied, mkdir '/app/logs'",
    "PermissionError: [Errno 13] Permission denied: '/var/lib/app'",
    'initdb: error: could not change permissions of directory "/var/lib/postgresql/data": Operation not permitted',
  ],
  panic: [
    'panic: runtime error: index out of range [3] with length 2',
    'Traceback (most recent call last):',
    'Exception in thread "main" java.lang.IllegalStateException: no',
    "thread 'main' panicked at src/main.rs:3:5:",
    'Segmentation fault (core dumped)',
  ],
};

describe('what a line of a log says', () => {
  it.each(Object.entries(dialects).flatMap(([kind, lines]) => lines.map((line) => [line, kind] as const)))('%s: %s', (line, kind) => {
    expect(recogniseLine(line)?.kind).toBe(kind);
  });

  it.each([
    'Listening on port 8080',
    'WARN telemetry: dial tcp 10.0.0.1:4317: connect: connection refused, continuing without telemetry',
    'statsd: could not resolve host metrics, metrics disabled',
    'feature flags: 401 Unauthorized, falling back to defaults',
    'dial tcp 10.0.0.1:6379: connection refused (ignored)',
    'Le serveur est démarré',
    'サーバーを起動しました',
    '10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET /missing HTTP/1.1" 404 12',
    '10.0.0.1 "GET / HTTP/1.1" 502 0',
    'connected to database db:5432 with 0 errors',
    '{"level":"debug","msg":"connection refused, will retry"}',
    'INFO configuration loaded from /etc/app/config.yaml',
    'Server started, waiting for connections',
    'connection pool ready: total=10 idle=10',
    'GET /healthz 200',
    'migration 12 applied',
    'INFO  Accepted password for app',
    'reading settings from environment',
    'INFO token refreshed',
    'listening without tls',
    'LOG:  database system is ready to accept connections',
    'checking required environment variables',
    'config file /etc/nginx/nginx.conf test is successful',
    'loaded 3 required plugins',
  ])('nothing wrong: %s', (line) => {
    expect(recogniseLine(line)).toBeUndefined();
  });

  it.each([
    ['Error: environment variable DATABASE_URL is not set', 'DATABASE_URL'],
    ['FATAL: DATABASE_URL must be set', 'DATABASE_URL'],
    ['missing required environment variable: API_KEY', 'API_KEY'],
    ["KeyError: 'DATABASE_URL'", 'DATABASE_URL'],
    ['open /etc/app/config.yaml: no such file or directory', '/etc/app/config.yaml'],
    ["Error: Cannot find module '/app/server.js'", '/app/server.js'],
    ["Could not resolve placeholder 'spring.datasource.url' in value", 'spring.datasource.url'],
    ['nginx: [emerg] unknown directive "prox_pass" in /etc/nginx/nginx.conf:3', 'prox_pass'],
    ["Error: EACCES: permission denied, mkdir '/app/logs'", '/app/logs'],
    ["PermissionError: [Errno 13] Permission denied: '/var/lib/app'", '/var/lib/app'],
    ['open /data/db.sqlite: permission denied', '/data/db.sqlite'],
    ['/entrypoint.sh: line 3: DB_HOST: unbound variable', 'DB_HOST'],
    ['ERROR: relation "orders" does not exist', 'orders'],
  ])('names what is concerned: %s', (line, name) => {
    expect(recogniseLine(line)?.name).toBe(name);
  });

  it('names the port that is taken', () => {
    expect(recogniseLine('2026-03-01 10:00:00 listen tcp :8080: bind: address already in use')?.port).toBe(8080);
    expect(recogniseLine('Error: listen EADDRINUSE: address already in use :::3000')?.port).toBe(3000);
  });

  it('comes to an end on lines made to defeat it, because no pattern repeats inside a repetition', () => {
    const hostile = [
      'a.'.repeat(3000),
      'missing '.repeat(600),
      '"'.repeat(4000),
      'could not connect to '.repeat(200),
      'invalid value for '.repeat(250),
      '/a'.repeat(2000),
      'A_'.repeat(2000),
      ' required'.repeat(500),
    ];
    expect(hostile.map((line) => recogniseLine(line.repeat(20)))).toHaveLength(hostile.length);
  });

  it('takes any text without failing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), (line) => {
        recogniseLine(line);
      }),
    );
  });
});

it('reads a command line that a program does not understand as an invalid setting', () => {
  const lines = ['Error: unknown command "server-junk" for "velero"', 'error: unknown flag: --lisen', "unrecognized option '--prot'"];
  expect(lines.map((line) => [recogniseLine(line)?.kind, recogniseLine(line)?.name])).toEqual([
    ['invalid-setting', 'server-junk'],
    ['invalid-setting', '--lisen'],
    ['invalid-setting', '--prot'],
  ]);
});

it('takes a value that a program does not have for a fault of the program, and unreadable properties for a setting', () => {
  expect(recogniseLine("TypeError: Cannot read properties of undefined (reading 'cursor')")?.kind).toBe('panic');
  expect(recogniseLine("TypeError: Cannot read properties of null (reading 'id')")?.kind).toBe('panic');
  expect(recogniseLine('Error: cannot read properties from /etc/app/app.properties')?.kind).toBe('invalid-setting');
});
