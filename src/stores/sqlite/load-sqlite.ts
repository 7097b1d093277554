import type sqlite from 'node:sqlite';

/**
 * Node's own SQLite. Older releases of Node 24 say on standard error that it is experimental, each time it is loaded;
 * that one warning is left out, and every other one is told.
 */
export function loadSqlite(): typeof sqlite {
  const tell: unknown = Reflect.get(process, 'emitWarning');
  const tellOthers = (...words: readonly unknown[]): void => {
    if (typeof tell === 'function' && !isAboutSqlite(words)) Reflect.apply(tell, process, words);
  };
  Reflect.set(process, 'emitWarning', tellOthers);
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    Reflect.set(process, 'emitWarning', tell);
  }
}

function isAboutSqlite([warning, kind]: readonly unknown[]): boolean {
  const text = warning instanceof Error ? warning.message : String(warning);
  return kind === 'ExperimentalWarning' && /\bSQLite\b/i.test(text);
}
