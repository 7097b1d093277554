import { type Dialect, sayings } from '../dialect.ts';

const quoted = `["'\`«“]?`;
const key = '[A-Za-z_][\\w.\\-/]{1,80}';
/** Environment variables are written in capitals; asking for them keeps prose such as "this is required" out. */
const variable = '[A-Z][A-Z0-9_]{2,80}';

/** A word that only a setting can be: capitals, or parts joined by dots, dashes or underscores. */
const distinct = `(?:${variable}|[a-z][A-Za-z0-9]{0,40}[._-][\\w.-]{1,80})`;
const thing =
  '(?:environment variables?|env(?:ironment)? vars?|env(?:ironment)?|variables?|settings?|config(?:uration)?(?: key| value| property| option)?|keys?|propert(?:y|ies)|options?|flags?|parameters?|arguments?|secrets?)';

/** What the program was told, or was not told, by those who deployed it. */
export const configurationDialects: readonly Dialect[] = [
  ...sayings('exec-format', [/exec format error|cannot execute binary file|ENOEXEC|Bad CPU type in executable/i]),
  // runc, crun, and the init processes tini and dumb-init: what they say stands at the beginning of the line, for no program ran yet.
  ...sayings('cannot-exec', [
    /^exec (?<name>\/\S{1,300}): (?:no such file or directory|permission denied)\s*$|^standard_init_linux\.go:\d+: exec user process caused:? "?(?:no such file or directory|permission denied)/,
    /exec container process (?:\(missing dynamic library\?\) )?`(?<name>[^`]{1,300})`: (?:No such file or directory|Permission denied)/,
    /^\[FATAL tini \(\d+\)\] exec (?<name>\S{1,300}) failed: |^\[dumb-init\] (?<name2>\S{1,300}): (?:No such file or directory|Permission denied)/,
  ]),
  ...sayings('forbidden-by-api', [/User "[^"]{1,200}" cannot \w+ resource|is forbidden: User "|User "[^"]{1,200}" cannot \w+ path/]),
  ...sayings('missing-module', [
    new RegExp(
      `ModuleNotFoundError: No module named '(?<name>${key})'|ImportError: cannot import name '(?<name2>${key})'|ImportError: No module named (?<name3>${key})`,
    ),
    /Cannot find (?:module|package) '(?<name>[^']{1,200})'|ERR_MODULE_NOT_FOUND|cannot load such file -- (?<name2>\S{1,200})/,
    /(?:ClassNotFoundException|NoClassDefFoundError): (?<name>[\w.$/]{1,200})|Could not find or load main class (?<name2>\S{1,200})|Unable to access jarfile (?<name3>\S{1,200})/,
    /could not find driver|(?:GemNotFound|MissingSpecError): Could not find '?(?<name>[\w.-]{1,100})|Cannot find package "(?<name2>[^"]{1,100})"|(?:cannot|can't) load (?:plugin|extension|library) ["']?(?<name3>[^\s"']{1,100})/i,
    /error while loading shared libraries: (?<name>[^:\s]{1,200})|Class ["'](?<name2>[\w\\]{1,200})["'] not found|Could not load file or assembly '(?<name3>[^',]{1,200})|no main manifest attribute/,
  ]),
  ...sayings('missing-setting', [
    new RegExp(
      `(?:environment variable|env(?:ironment)? var(?:iable)?|env|setting|secret|config(?:uration)?(?: key| value| property)?|variable|parameter|property|option|flag)s? ${quoted}(?<name>${key})['"\`»”]?,? (?:is |was |has )?(?:not (?:been )?(?:set|provided|found|defined|specified|configured|present)|required|missing|undefined|empty|unset|must be (?:set|provided|specified))`,
      'i',
    ),
    new RegExp(
      `(?:^|[^\\w])${quoted}(?<name>${variable})['"\`»”]? (?:environment variable |env(?:ironment)? var(?:iable)? |variable )?(?:(?:is|was|has) )?(?:not (?:been )?(?:set|provided|found|defined|specified|configured)|required|missing|undefined|empty|unset|must (?:be|not be) (?:set|provided|specified|defined|empty|blank)|needs to be set|cannot be (?:empty|blank|null))`,
    ),
    new RegExp(
      `\\b(?:[Mm]issing|MISSING|[Nn]o|[Rr]equired?|REQUIRED|[Uu]ndefined|[Uu]nset|must (?:set|specify|provide|define)|need to (?:specify|set)|[Pp]lease (?:set|specify|provide|define)|one of the following|[Cc]ould not find|[Ee]xpected|[Ll]acks?)\\b[\\w ]{0,30} ${thing}\\(?s?\\)?(?::[ -]{0,4}${quoted}(?<name>${key})|,? ["'\`](?<name2>${key})["'\`]|(?: for| in| named| called)? (?<name3>${distinct}))`,
    ),
    new RegExp(
      `(?:must (?:set|specify|provide)|please (?:set|specify|provide)|missing|requires?|need to specify(?: one of)?)(?: the| a| an)?:? ${quoted}(?<name>${variable})`,
    ),
    new RegExp(
      `KeyError: '(?<name>${variable})'|key not found: "(?<name2>${variable})"|required key (?<name3>${key}) missing value|[Ee]nvironment variable not found(?::? "?(?<name4>${variable}))?|\\bErr\\W{1,2}(?:value: )?NotPresent\\b`,
    ),
    new RegExp(
      `Could not resolve placeholder '(?<name>${key})'|(?<name2>${key}): (?:unbound variable|parameter (?:null or )?not set)|Config validation error: "(?<name3>${key})" is required|Missing required (?:value|configuration) (?<name4>${key})`,
    ),
    /Missing [`'"](?<name>\w[\w.]{1,80})['"`]|Value cannot be null\. \(Parameter '(?<name2>\w{1,80})'\)|(?<name3>ConnectionString) property has not been initialized/,
    /database is uninitialized and (?:superuser )?password|ImproperlyConfigured: (?:(?:The|Set the) )?(?<name>[A-Z_]{4,80}) |No application encryption key has been specified|No (?:configuration|config) (?:file )?(?:was )?(?:found|provided|specified)|undefined method .{0,40}ENV|Missing (?:required )?config(?:uration)?\b/i,
  ]),
  ...sayings('missing-setting', [
    // .NET options and zod: what was validated is named, and beside it the member or the path that is required.
    /OptionsValidationException: .{0,300}The (?<name>\w{1,80}) field is required/,
    new RegExp(`"?path"?: \\[ ?["'](?<name>${variable})["'] ?\\].{0,80}\\b[Rr]equired\\b`),
  ]),
  ...sayings('invalid-setting', [
    /OptionsValidationException: /,
    /unknown (?:directive|keyword) ["'](?<name>[^"']{1,80})/i,
    /\[emerg\].{0,120}?(?:directive|invalid|unexpected|unknown|duplicate|not allowed|terminated by)(?: value)? ?["']?(?<name>[^"'\s]{0,80})/,
    new RegExp(
      `(?:invalid|illegal|bad|malformed|unsupported|unknown|unrecogni[sz]ed|unexpected|incorrect|wrong) (?:value |format |type )?(?:for |of |in )?(?:the )?(?:environment variables?|env(?:ironment)? vars?|config(?:uration)?(?: (?:file|key|option|value|property|parameter|variable))?|settings?|options?|flags?|arguments?|parameters?|directives?|command[- ]line option|log[ -]?level|port|duration|dsn|connection string|url|uri|database url)\\b:? ?${quoted}(?<name>[^\\s"'\`,;]{1,80})?`,
      'i',
    ),
    new RegExp(
      `(?:^|[^\\w])${quoted}(?<name>${variable})['"\`]? (?:is|must be|should be|has|contains) (?:an? )?(?:invalid|not (?:a )?valid|not an? |malformed|an? (?:integer|number|valid|boolean|positive)|one of)`,
    ),
    new RegExp(`(?:invalid|bad|illegal) (?:value )?(?:for )?${quoted}(?<name>${variable})['"\`]?[:=, ]`),
    /(?:failed|unable|could not|couldn't|cannot|can't|error|errors)(?: to)? (?:pars(?:e|ing)|load(?:ing)?|read(?:ing)?|decod(?:e|ing)|validat(?:e|ing)|unmarshal(?:ing)?|process(?:ing)?|initiali[sz](?:e|ing)|bind(?:ing)?) (?:the )?(?:\w+ )?(?:config|configuration|settings|properties(?! of (?:undefined|null)\b)|env|environment|options|flags)\b/i,
    /(?:config|configuration|settings?)(?: file)? (?:is |was )?(?:invalid|error|validation (?:failed|error))|ConfigurationException|ConfigException|ConfigError|InvalidConfiguration|ImproperlyConfigured|FATAL CONFIG FILE ERROR|Syntax error on line \d+ of|Bad directive/i,
    /yaml: (?:line \d+|unmarshal errors|mapping values)|yaml\.(?:scanner|parser)\.\w+Error|YAMLException|(?<![\w.])toml: |TomlDecodeError/,
    new RegExp(
      `Failed to bind properties under '(?<name>${key})'|ConfigurationPropertiesBindException|unrecognized configuration parameter "(?<name2>${key})"|unknown variable '(?<name3>[^'=]{1,80})|flag provided but not defined: (?<name4>\\S{1,80})`,
    ),
    /(?:unrecogni[sz]ed|unknown|invalid|unexpected|illegal) (?:arguments?|options?|flags?|commands?|subcommands?|shorthand flag)(?: found)?:? ["'‘`]?(?<name>[^\s"'’`]{1,80})/i,
    /time: (?:invalid|unknown|missing) (?:duration|unit)|invalid DSN/,
    /Could not create the Java Virtual Machine|Unrecognized VM option '?(?<name>[^\s']{1,80})|Invalid (?:maximum|initial) heap size: (?<name2>\S{1,40})|vm\.max_map_count \[\d+\] is too low|bootstrap checks? fail|Inconsistent(?:ClusterId|BrokerId|Topology)Exception|doesn't match stored (?:clusterId|brokerId|cluster id)|plugin\/loop: Loop/i,
    /Failed to configure a DataSource|No suitable driver found|Unsupported URL scheme|validation errors? for \w*(?:Settings|Config)\b|invalid connection (?:string|url)|Invalid URL|ERR_INVALID_URL|URI malformed/,
  ]),
  // Numbers and documents are read from settings and from data alike; a line that speaks of rows or messages means data.
  ...sayings('invalid-value', [
    /^(?!.*\b(?:row|record|csv|column|cell|message|payload|offset|body|response|request|field)\b).*(?:NumberFormatException(?:: For input string: "(?<name>[^"]{1,80})")?|invalid literal for int\(\) with base \d+: '(?<name2>[^']{1,80})'|could not convert string to float: '(?<name3>[^']{1,80})'|strconv\.\w+: parsing "(?<name4>[^"]{1,80})"|ArgumentError: invalid value for \w+\(\): "(?<name5>[^"]{1,80})"|ParseIntError|invalid digit found in string)/,
    /^(?!.*\b(?:row|record|csv|cell|message|payload|offset|body|response|request|field)\b).*(?:JSONDecodeError|invalid character .{1,8} looking for|json: cannot unmarshal|Unexpected token .{0,40}(?:in|is not valid) JSON)/,
  ]),
  // serde reads settings and messages alike.
  ...sayings('invalid-value', [
    /^(?!.*\b(?:row|record|csv|cell|message|payload|offset|body|response|request)\b).*missing field `(?<name>\w{1,80})`/,
  ]),
  ...sayings('schema-mismatch', [
    /(?:relation|column|type|schema|database) "(?<name>[^"]{1,100})" does not exist|Unknown (?:column|database|table) '(?<name2>[^']{1,100})'|Table '(?<name3>[^']{1,100})' doesn't exist|no such (?:table|column): (?<name4>\S{1,100})|Invalid (?:object|column) name '|NoDatabaseError|could not find your database|database files are incompatible with server/i,
    /pending migrations?|PendingMigrationError|Schema-validation: |Migration .{0,80}(?:failed|checksum mismatch)|(?:dirty database version|schema version mismatch)|Validate failed: Migrations have failed validation/i,
  ]),
  ...sayings('missing-file', [
    // OpenSSL, as nginx, HAProxy and others wrap it.
    /(?:cannot load|unable to load|failed to load) (?:SSL )?(?:certificate|private key|certificate key|CA)\w*(?: from file)? ['"](?<name>\/[^'"]{1,300})['"].{0,200}No such file or directory/i,
    /(?:open|stat|read|exec|chdir|lstat|readlink|mkdir) (?<name>[^\s:"']{1,300}): no such file or directory|ENOENT: no such file or directory, \w+ '(?<name2>[^']{1,300})'|No such file or directory: '(?<name3>[^']{1,300})'/,
    /(?:FileNotFoundException|NoSuchFileException): (?<name>[^\s(]{1,300})(?!.{0,300}\((?:Read-only|Permission|No space|Too many))|Could not find (?:file|a part of the path) '(?<name2>[^']{1,300})'|(?:can't|cannot|could not) open (?:file )?['"]?(?<name3>\/[^\s'":]{1,300})(?!.{0,200}(?:read-only file system|permission denied|no space left|too many open files))|Config file '?(?<name4>[^\s']{1,300})'? (?:not found|does not exist)/i,
    /open\(\) "(?<name>[^"]{1,300})" failed \(2:|(?:config(?:uration)?|settings) file ["']?(?<name2>[^'"\s]{1,300})["']? (?:was |is |could )?not (?:be )?found|Config File "(?<name3>[^"]{1,200})" Not Found/i,
    /(?:^|[\s:"'])(?<name>\/[\w./@+-]{1,300})["']?: (?:No such file or directory|not found|cannot open)|(?:file|path) ["']?(?<name2>\/[\w./@+-]{1,300})["']? (?:does not exist|not found|doesn't exist)|(?:no such file|file not found|No such file or directory|ENOENT|FileNotFoundError)/i,
  ]),
];
