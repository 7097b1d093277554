import { type Dialect, sayings, sayingsOfPeers } from '../dialect.ts';

/**
 * PostgreSQL, MySQL, SQL Server and the C library translate what they say by the locale of the server or the image; codes stay.
 * German, French, Spanish, Portuguese, Italian, Japanese, Chinese and Russian, as their catalogues of messages have it.
 */
export const languageDialects: readonly Dialect[] = [
  ...sayingsOfPeers('authentication-failed', [
    /SQLSTATE:?[ [(]{0,2}28(?:P01|000)|\[1045\]|\b1045 \(28000\)|"code":\s?"28P01"|code: '28P01'/,
    /Authentifizierung für Benutzer .{1,80} fehlgeschlagen|authentification .{0,40}échouée|autent(?:if)?icación .{0,40}falló|autenticação .{0,40}falhou|autenticazione .{0,40}fallita|認証に失敗しました|认证失败|не прош[её]л проверку подлинности/i,
    /kein pg_hba\.conf-Eintrag|aucune entrée dans pg_hba\.conf|no hay (?:una línea|ninguna entrada) en pg_hba\.conf|nenhuma entrada (?:no|em|para) .{0,40}pg_hba\.conf|nessuna voce in pg_hba\.conf|pg_hba\.conf ?に|pg_hba\.conf 记录|в pg_hba\.conf нет/i,
    /Rolle [»"].{1,80}[«"] existiert nicht|le rôle « .{1,80} » n'existe pas|no existe el rol |(?:função|role) ".{1,80}" não existe|il ruolo ".{1,80}" non esiste|ロール"?.{1,80}は存在しません|角色 ?".{1,80}" ?不存在|роль ".{1,80}" не существует/i,
    /Zugriff verweigert für Benutzer|hat keine Zugriffsberechtigung|Accès refusé pour l'utilisateur|Acceso (?:negado|denegado) (?:para|al) .{0,10}usuario|Acesso negado para o usuário|Accesso non consentito per l'utente|を拒絶します|Доступ закрыт для пользователя/i,
    /Fehler bei der Anmeldung für den Benutzer|Échec de (?:l'ouverture de session|la connexion) de l'utilisateur|Error (?:al iniciar sesión|de inicio de sesión) (?:de|del) usuario|Falha (?:no|de) logon do usuário|Accesso non riuscito per l'utente/i,
    /keine Berechtigung für (?:Tabelle|Schema|Datenbank)|droit refusé pour (?:la table|le schéma)|permiso denegado a la (?:tabla|base)|permissão negada para (?:tabela|esquema)|permesso negato per (?:la tabella|lo schema)|へのアクセスが拒否されました|对.{1,60}权限不够|нет доступа к (?:таблице|схеме)/i,
  ]),
  ...sayingsOfPeers('too-many-connections', [
    /SQLSTATE:?[ [(]{0,2}53300|\[1040\]|"code":\s?"53300"|code: '53300'/,
    /schon zu viele Verbindungen|trop de clients sont déjà connectés|ya tenemos demasiados clientes|muitos clientes conectados|troppi client già connessi|クライアント数が多すぎます|已经有太多的客户|уже слишком много клиентов/i,
    /Zu viele Verbindungen|Trop de connexions|Demasiadas conexiones|Excesso de conexões|Troppe connessioni|接続が多すぎます|Слишком много соединений/i,
  ]),
  ...sayingsOfPeers('read-only', [
    /SQLSTATE:?[ [(]{0,2}25006|"code":\s?"25006"|code: '25006'/,
    /in einer (?:Read-Only|schreibgeschützten)-?\s?Transaktion|dans une transaction en lecture seule|en una transacción de s[oó]lo lectura|em uma transação somente leitura|in una transazione (?:di|in) sola lettura|リードオンリーのトランザクション|只读(?:模式的)?事务|в транзакции в режиме "только чтение"/i,
  ]),
  ...sayingsOfPeers('connection-refused', [
    /SQLSTATE:?[ [(]{0,2}57P03/,
    /Verbindungsaufbau abgelehnt|Zielcomputer die Verbindung verweigerte|Connexion refusée|Conexión (?:rehusada|rechazada|denegada)|Conexão recusada|Connessione rifiutata|接続を拒否されました|拒绝连接|连接被拒绝|В соединении отказано/i,
    /das Datenbanksystem startet|le système de bases? de données (?:se lance|s'arrête)|sistema de base de datos est[áa] inici|sistema de banco de dados est[áa] inici|il database si sta avviando|データベースシステムは起動|数据库系统(?:启动中|正在启动)|система баз данных запускается/i,
  ]),
  ...sayingsOfPeers('name-not-resolved', [
    /Name oder (?:der )?Dienst (?:ist )?nicht bekannt|Nom ou service inconnu|Nombre o servicio desconocido|Nome ou serviço desconhecido|Nome o servizio sconosciuto|名前またはサービスが不明|未知的名称或服务|Имя или служба не известны/i,
    /Fehler (?:bei|in) der Namensauflösung|Échec temporaire dans la résolution du nom|Fallo temporal en la resolución del nombre|Falha temporária na resolução de nome|Errore temporaneo nella risoluzione del nome|Временный сбой в разрешении имен|域名解析暂时失败/i,
  ]),
  ...sayingsOfPeers('connection-timed-out', [
    /Wartezeit für die Verbindung ist abgelaufen|Connexion terminée par expiration du délai|Expiró el tiempo de conexión|Tempo esgotado para conexão|Connessione scaduta|接続がタイムアウトしました|连接超时|Время ожидания соединения истекло/i,
  ]),
  ...sayings('schema-mismatch', [
    /SQLSTATE:?[ [(]{0,2}(?:42P01|42703|3D000|42S02)/,
    /(?:Relation|Datenbank|Schema|Spalte) [»"](?<name>[^«"]{1,100})[«"] existiert nicht|la (?:relation|base de données|colonne) « (?<name2>[^»]{1,100}) » n'existe pas|no existe la (?:relación|base de datos|columna) [«"]?(?<name3>[^»"\s]{1,100})|(?:relação|banco de dados|coluna) "(?<name4>[^"]{1,100})" não existe/i,
    /(?:la relazione|il database|la colonna) "(?<name>[^"]{1,100})" non esiste|(?:リレーション|データベース|列)"?(?<name2>[^"は]{1,100})"?は存在しません|(?:关系|数据库|字段) ?"(?<name3>[^"]{1,100})" ?不存在|(?:отношение|база данных|столбец) "(?<name4>[^"]{1,100})" не существует/i,
  ]),
  ...sayings('no-space-left', [
    /kein Speicherplatz mehr verfügbar|Aucun espace disponible sur le périphérique|No queda espacio en el dispositivo|Não há espaço disponível no dispositivo|Spazio esaurito sul dev|デバイスに空き領域がありません|设备上没有空间|На устройстве не осталось свободного места/i,
  ]),
  ...sayings('missing-file', [
    /(?<name>\/[\w./@+-]{1,300})["'»]?: (?:Datei oder Verzeichnis nicht gefunden|Aucun fichier ou dossier de ce (?:type|nom)|No existe el (?:fichero|archivo) o el directorio|Arquivo ou diretório inexistente|File o directory non esistente|そのようなファイルやディレクトリはありません|没有那个文件或目录|Нет такого файла или каталога)/i,
  ]),
  ...sayings('permission-denied', [
    /(?<name>\/[\w./@+-]{1,300})["'»]?: (?:Keine Berechtigung|Permission non accordée|Permiso denegado|Permissão negada|Permesso negato|許可がありません|权限不够|Отказано в доступе)/i,
  ]),
];
