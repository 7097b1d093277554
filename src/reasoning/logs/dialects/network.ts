import { type Dialect, sayingsOfPeers } from '../dialect.ts';

/**
 * Trouble with somebody else. Names come before time-outs, because a resolver that gets no answer prints both, and the
 * wish "try again" of a resolver before everything that a later attempt prints.
 */
export const networkDialects: readonly Dialect[] = [
  ...sayingsOfPeers('name-not-resolved', [
    /no such host|server misbehaving|\blookup \S+(?: on \S+)?: .*(?:i\/o timeout|connection refused|Temporary failure|Try again)/,
    /\b(?:ENOTFOUND|EAI_AGAIN|EAI_NONAME|NXDOMAIN|SERVFAIL)\b/,
    /name or service not known|temporary failure in name resolution|name does not resolve|nodename nor servname|no address associated with hostname/i,
    /UnknownHost(?:Exception|Error)|Unknown host\b|Unknown MySQL server host|php_network_getaddresses|NameResolutionError|gaierror|dns error:/,
    /could not (?:resolve|translate) (?:host|address)|(?:failed|unable|can't|cannot|couldn't) (?:to )?resolve (?:host|address|name|'|")|Host resolution failure|Failed to resolve '/i,
    /host not found in upstream|bad address '|getaddrinfo\S* (?:failed|for)|failed to lookup address|resolution failure|Host not found|DNS resolution failed|Could not contact DNS servers/i,
    // .NET prints the resolver's EAI_AGAIN in the words of errno 11, followed by the peer.
    /Resource temporarily unavailable \([A-Za-z][\w.-]*:\d+\)/,
  ]),
  ...sayingsOfPeers('certificate-invalid', [
    /x509: |tls: (?:failed to verify certificate|bad certificate|unknown certificate|expired certificate)|certificate has expired|certificate is not yet valid/i,
    // Kafka's clients call a failed TLS handshake an authentication.
    /SslAuthenticationException|failed authentication due to: SSL handshake failed/,
    /CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSL certificate problem|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)\w*|unable to (?:get local issuer|verify the first) certificate/i,
    /self[- ]signed certificate|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_HAS_EXPIRED|ERR_TLS_CERT_ALTNAME_INVALID|PKIX path (?:building|validation) failed|CertificateExpiredException/i,
    /remote certificate (?:is|was) (?:invalid|rejected)|invalid peer certificate|SSLHandshakeException|CertificateException|certificate is valid for .{1,200}, not /i,
  ]),
  ...sayingsOfPeers('too-many-connections', [
    /too many (?:clients|connections)|remaining connection slots are reserved|max(?:imum)? number of (?:clients|connections) reached|Too many connections/i,
    /QueuePool limit of size|connection pool (?:is )?timed out|(?:connection|client|session|database|db|jdbc|sql|redis|mongo) ?pool (?:is )?exhausted|Connection is not available, request timed out after \d+ms \(total=\d+, active=[1-9]\d*, idle=0/i,
    /Timeout acquiring a connection\. The pool is probably full|ResourceRequest timed out|max_user_connections|no more connections allowed|The connection pool has been exhausted/i,
    // Oracle: the database's own sessions and processes, and the listener's handlers for them.
    /ORA-(?:00018|00020|12516|12518|12519|12520|12537.{0,60}maximum)|maximum number of (?:processes|sessions) .{0,20}exceeded|could not find available handler/i,
    /JedisExhaustedPoolException|WaitQueueTimeoutError|Timed out while checking out a connection from connection pool|response flags?:? ?"?UO\b|reset reason: overflow/i,
    /Could not get a resource from the pool|Timeout waiting for connection from pool|max pool size was reached|connection limit (?:exceeded|reached)/i,
  ]),
  ...sayingsOfPeers('authentication-failed', [
    /(?:password|peer|md5|ident|scram)[\w-]* authentication failed|authentication failed|auth(?:entication)? (?:error|failure)\b|AuthenticationFailed|Authentication unsuccessful|AuthenticationException/i,
    /no pg_hba\.conf entry|FATAL:\s+role ".{1,100}" does not exist|Access denied for user|Login failed for user|requested by the login|NOT_ALLOWED - (?:vhost|access to vhost)|(?:Topic|Group|Cluster|TransactionalId)AuthorizationException|Not authorized to access (?:topics|group)|is not allowed to access the server|is not allowed to connect to this (?:MySQL|MariaDB) server|ER_ACCESS_DENIED_ERROR|ORA-01017|ORA-2800[01]|ORA-01045/i,
    /NOAUTH Authentication required|WRONGPASS|ERR invalid password|NOPERM\b|ACCESS_REFUSED|Login was refused|SASL authentication|SASL.{0,40}(?:fail|invalid)|bad (?:username or )?password/i,
    // LDAP result 49, Kerberos, MongoDB, Active Directory.
    /LDAP: error code 49|LDAP Result Code 49|ldap_bind: Invalid credentials|KRB5?KDC_[A-Z]{3}_\w+|KRB_AP_[A-Z]{3}_\w+|Pre-?authentication (?:information was invalid|failed)|kinit: |GSSException|Client not found in Kerberos database|GSSAPI.{0,60}fail/i,
    /(?:error occurred \(|api error |Code: ?|<Code>)AccessDenied|UnrecognizedClientException|is not authorized to perform: |AuthorizationFailed|invalid_grant|reason: UNAUTHENTICATED|googleapi: (?:got HTTP response code |Error )40[13]\b(?!.{0,200}(?:quota|rateLimit))/,
    /invalid (?:username or password|credentials|api key|access key|client secret|login)|incorrect (?:username|password)|(?:credentials|token) (?:are|is|has|have) (?:invalid|expired|been revoked)/i,
    /\b403 Forbidden\b(?!.{0,200}(?:quota|rate ?limit))|\bCode: 40[13]\. Errors/i,
    /\b401 Unauthorized|status(?:[ _]?code)?[=:]? ?401\b|code = Unauthenticated|StatusCode\.UNAUTHENTICATED|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|security_exception/,
    // The API server no longer takes the token or certificate, as client-go tells it.
    /the server has asked for the client to provide credentials|(?:failed to (?:list|watch) \*?[\w.]{1,80}|error retrieving resource lock [^\s:]{1,200}): Unauthorized/,
    /permission denied for (?:table|relation|schema|database|sequence|view|function)|(?:SELECT|INSERT|UPDATE|DELETE|CREATE) command denied to user|not authorized on \S+ to execute command|code = PermissionDenied/i,
  ]),
  // A store that is full or locked answers with 429 as well: the reason comes before the status.
  ...sayingsOfPeers('read-only', [
    /cannot execute \w[\w ]{0,40} in a read-only transaction|READONLY You can't write|(?:read|super)[-_]read[-_]only option|--read-only option|database is (?:locked in )?read-?only|attempt to write a readonly database/i,
    /NotWritablePrimary|not (?:master|primary)\b.{0,40}(?:code|error|node)|index read-only|read[-_]only[-_]allow[-_]delete|cluster_block_exception|in standby mode|is running in read-only mode|ORA-16000|because the database is read-only|MISCONF Redis is configured/i,
  ]),
  ...sayingsOfPeers('rate-limited', [
    /\b429 Too Many Requests|(?:\bHTTP(?:\/[\d.]{1,3})?|\b(?:status|error|response)(?:[ _-]?code)?|\bcode)["']?[=:]? {0,2}\(?429\b|TooManyRequests|toomanyrequests|too many requests|rate[- ]limit(?:ed|ing)? (?:exceeded|reached|hit)|rate exceeded|Throttling(?:Exception|Error)?:|ThrottlingException|ThrottledException|ProvisionedThroughputExceeded|rateLimitExceeded|userRateLimitExceeded|quota exceeded for/i,
    /EsRejectedExecutionException|es_rejected_execution_exception/,
    /code = ResourceExhausted|RESOURCE_EXHAUSTED(?!.*(?:memory|message larger))|\bSlowDown\b|reduce your request rate|exceeded your current quota|RequestLimitExceeded/,
  ]),
  ...sayingsOfPeers('connection-refused', [
    // Oracle: nothing listens, or what listens does not know the service; SQL Server: error 40 and what follows it.
    /ORA-12541|ORA-12514|ORA-12505|ORA-12528|TNS:no listener|No listener at host|does not currently know of (?:service|SID)|LOADING Redis is loading|CLUSTERDOWN|master_not_discovered_exception|no_shard_available_action|LEADER_NOT_AVAILABLE|no reachable servers\b/i,
    /error: (?:26|40) - (?:Could not open a connection|Error Locating Server)|network-related or instance-specific error|NoHostAvailable(?:Exception)?\b|All host\(s\) tried for query failed/i,
    /connection refused|ECONNREFUSED|Connection to \S+ refused|actively refused|refused the connection|connect call failed|\(111\)|ConnectException(?!.*timed out)/i,
    /Can't connect to (?:local )?(?:MySQL )?server.{0,120}\(111|could not be established\. (?:Broker|Node) may not be available|- no response$|rejecting connections|the database system is (?:starting up|shutting down|in recovery)/,
    // Envoy, and what stands in front of whatever its callers see of it.
    /reset reason: (?:remote )?connection failure|delayed connect error: 111|no healthy upstream|AllNodesFailedException|Could not reach any contact point/i,
    /Couldn't connect to server|NoBrokersAvailable|no live upstreams|all brokers down|Communications link failure|is not accepting connections|AMQPConnectionError|NoNodeAvailable|No nodes? available|No host available/i,
  ]),
  ...sayingsOfPeers('no-route', [
    /no route to host|EHOSTUNREACH|ENETUNREACH|network is unreachable|host is unreachable|NoRouteToHostException/i,
  ]),
  ...sayingsOfPeers('connection-timed-out', [
    /ORA-12170|ORA-12535|ORA-12606|ORA-12609|TNS:(?:Connect timeout occurred|operation timed out)/i,
    /i\/o timeout|connection timed out|connect(?:ion)?(?: attempt)? timed? ?out|ETIMEDOUT|ESOCKETTIMEDOUT|ECONNABORTED|ConnectTimeout(?:Error|Exception)?|TimeoutException|operation timed out/i,
    /context deadline exceeded|DeadlineExceeded|DEADLINE_EXCEEDED|ReadTimeout(?:Error|Exception)?|Read timed out|SocketTimeoutException|upstream timed out|request timed out|timeout (?:exceeded|expired)\b|unable to return a response in the time allotted/i,
    /upstream request timeout|TimeoutRejectedException|configured HttpClient\.Timeout of|\btimeout of \d+ ?ms exceeded|network timeout at:|Net::OpenTimeout|execution expired|OperationTimedOut|maximum statement execution time exceeded/i,
    // As a client prints it. PostgreSQL's own log says the same of its clients.
    /(?:Exception|Error|Canceled|\bpq|\berror): .{0,20}canceling statement due to \w+ timeout|canceling statement due to \w+ timeout \(SQLSTATE/,
    /\btime(?:d )?-?out (?:connecting|while connecting|reading) (?:to|from) |connect(?:ing)? to \S+ timed? ?out|ServerSelectionTimeoutError|MongoServerSelectionError|MongoNetworkTimeoutError|timed out (?:after|waiting|while|trying)|timeout waiting for (?:publisher )?(?:confirm|ack)|timeout occurred after waiting|Can't connect to MySQL server.{0,120}\(110|dial timeout|net\/http: request canceled/i,
  ]),
  ...sayingsOfPeers('connection-reset', [
    /connection reset|ECONNRESET|broken pipe|EPIPE|socket hang up|server closed the connection unexpectedly|Lost connection to MySQL|MySQL server has gone away|terminating connection due to/i,
    /upstream prematurely closed|Connection closed by (?:remote|peer|server)|RemoteDisconnected|unexpected EOF|PrematureCloseException|ClosedChannelException|transport is closing|Bootstrap broker \S+ .{0,40}disconnected/i,
    /code = Unavailable|StatusCode\.UNAVAILABLE|Server disconnected|Connection terminated unexpectedly|connection error: desc|\b50[234] (?:Bad Gateway|Service Unavailable|Gateway Time-?out)/i,
    // A caller that has given up for a while tells of its callee what the calls before told it.
    /CallNotPermittedException|CircuitBreaker '[^']{1,100}' is OPEN|BrokenCircuitException|CircuitBreakerOpen(?:Exception|Error)?\b|circuit ?breaker is open|Opossum.{0,20}Breaker is open|EOPENBREAKER|StatusRuntimeException: UNAVAILABLE/i,
  ]),
];
