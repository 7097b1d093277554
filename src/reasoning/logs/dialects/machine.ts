import { type Dialect, sayings, sayingsOfPeers } from '../dialect.ts';

const path = '(?<name>/[^\\s\'":,)]{1,300})';

const sharedMemory = '(?:shared memory segment|/dev/shm)';

/** What the container, the kernel or the program itself ran out of or was not allowed. */
export const machineDialects: readonly Dialect[] = [
  ...sayings('port-in-use', [
    /address already in use|EADDRINUSE|Port \d+ (?:was|is) already (?:in use|allocated)|Only one usage of each socket address|could not bind to any address/i,
  ]),
  ...sayings('port-not-permitted', [
    /\blisten (?:tcp|udp)[46]? \S{0,60}:\d{1,5}: bind: permission denied|bind\(\) to \S{1,60}:\d{1,5} failed \(13: |listen EACCES: permission denied|EACCES: permission denied,? (?:listen|bind)\b/i,
    /\(13\)Permission denied: .{0,40}could not bind to address|cannot bind (?:\w+ )?(?:socket|to port|to address|port).{0,20}\(Permission denied\)|BindException: Permission denied|SocketException: Permission denied.{0,20}bind/i,
  ]),
  // The kernel says "no space left" of its list of watched files as well, and a Unix program of memory that processes share.
  ...sayings('too-many-open-files', [
    /too many open files|EMFILE|ENFILE|(?:inotify|fsnotify|file ?watch).{0,200}(?:no space left on device|ENOSPC)|(?:no space left on device|ENOSPC).{0,80}(?:inotify|\bwatch )|System limit for number of file watchers reached/i,
  ]),
  ...sayings('no-space-left', [
    new RegExp(`^(?!.*${sharedMemory}).*?(?<![\\w.-])${path}['"]?:? .{0,40}(?:no space left on device|ENOSPC)`, 'i'),
    new RegExp(
      `^(?!.*${sharedMemory}).*(?:no space left on device|ENOSPC|disk quota exceeded|not enough space on the disk|disk is full|database or disk is full|could not extend file)`,
      'i',
    ),
    /disk resource limit alarm set on node|Free disk space is insufficient\. Free bytes/,
  ]),
  ...sayings('child-killed', [
    /was sent SIGKILL|(?:exited|died|terminated|killed)[\w ,:(]{0,40}(?:signal:? ?9\b|\(?SIGKILL)|WorkerLostError.{0,80}signal 9|Killed signal terminated program|^(?:\S+: line \d+: +\d+ )?Killed\b/,
  ]),
  ...sayings('out-of-memory', [
    /java\.lang\.OutOfMemoryError|heap out of memory|Allocation failed - |(?:^|\W)MemoryError\b|runtime: out of memory|cannot allocate memory|ENOMEM|OutOfMemoryException|std::bad_alloc/i,
    /Allowed memory size of \d+ bytes exhausted|memory allocation of \d+ bytes failed|failed to allocate memory|Out of memory: Kill|oom-kill:|Cannot reserve \S+ memory/i,
  ]),
  ...sayings('read-only', [
    new RegExp(`(?:Read-only file system|EROFS)[^/]{0,80}${path}`, 'i'),
    new RegExp(`${path}['"]?:? .{0,40}Read-only file system`, 'i'),
    /Read-only file system|EROFS/i,
  ]),
  ...sayings('permission-denied', [
    new RegExp(
      `(?:open|mkdir|create|chown|chmod|unlink|rename|stat|touch|write|read|exec|access) '?${path}'?: (?:permission denied|operation not permitted)`,
      'i',
    ),
    new RegExp(
      `(?:EACCES|EPERM)[^/]{0,80}${path}|(?:Permission|Operation) (?:denied|not permitted):? ['"]${path.replace('name', 'name2')}|AccessDeniedException: ${path.replace('name', 'name3')}|Access to the path '${path.replace('name', 'name4')}`,
    ),
    new RegExp(
      `['"(]?${path}['")]*:? ?(?:failed |\\()?[\\d ():]{0,8}(?:permission denied|operation not permitted|is not writable|has (?:wrong ownership|invalid permissions|group or world access))`,
      'i',
    ),
    /bind: permission denied|bind\(\).{0,60}Permission denied|listen EACCES|permission denied|EACCES|PermissionError|operation not permitted|could not (?:create|write|open) .{0,80}denied|is not writable|has (?:wrong ownership|invalid permissions|group or world access)/i,
  ]),
];

/** The last resort: something broke, and nothing of the above says what. */
export const panicDialects: readonly Dialect[] = [
  ...sayingsOfPeers('panic', [
    /^(?:panic|fatal error): (?<name>.{1,80})|thread '[^']{1,60}' (?:\(\d+\) )?panicked at|goroutine \d+ \[running\]|SIGSEGV|Segmentation fault|segfault|terminate called after throwing|core dumped/i,
    /Exception in thread "[^"]{1,80}" (?<name>[\w.$]{1,120})|Unhandled exception(?:\. |: )?(?<name2>[\w.$]{0,120})|APPLICATION FAILED TO START|Application run failed|BeanCreationException|Uncaught (?<name3>\w{0,60}(?:Error|Exception))/,
    /Traceback \(most recent call last\)|UnhandledPromiseRejection|triggerUncaughtException|PHP Fatal error|AssertionError|assertion failed|^(?<name>[\w.]{1,80}(?:Error|Exception)): |StackOverflowError|stack overflow/i,
  ]),
];
