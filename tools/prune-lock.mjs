// Makes package-lock.json installable anywhere: drops entries for foreign platforms that the registry could not deliver
// (npm ci stops at "Missing: … from lock file"), and every address, so that the lock says what to install and not from where.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;

for (const [path, entry] of Object.entries(packages)) {
  if (path !== '' && entry.version === undefined && entry.link === undefined) delete packages[path];
}
for (const [path, entry] of Object.entries(packages)) {
  delete entry.resolved;
  delete entry.funding;
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!isInstalledFor(path, name)) delete entry.optionalDependencies[name];
  }
}
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);

const address = /https?:\/\/[^"]*/.exec(JSON.stringify(lock));
if (address !== null) throw new Error(`package-lock.json still names an address: ${address[0]}`);

/** Follows Node's way of finding a package: in the nearest node_modules, then outwards to the root. */
function isInstalledFor(path, name) {
  const folders = path.split('/node_modules/').map((_part, index, parts) => parts.slice(0, index + 1).join('/node_modules/'));
  const places = [`node_modules/${name}`, ...folders.filter((folder) => folder !== '').map((folder) => `${folder}/node_modules/${name}`)];
  return places.some((place) => packages[place] !== undefined);
}
