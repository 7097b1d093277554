// Which layer may import which, run by dependency-cruiser. Tests are exempt: a test may import anything.
const mayImport = {
  domain: [],
  catalogue: ['domain'],
  mitigations: ['domain'],
  'guard-rails': ['domain'],
  reasoning: ['domain'],
  workflow: ['domain', 'reasoning'],
  // How evidence looks when it is saved, and how findings are put into words. Both are pure.
  'recording-format': ['domain'],
  writing: ['domain'],
  // How a page arrives: parsed at the edge, with packages, into the domain's alert.
  'alert-payloads': ['domain', 'recording-format'],
  // Files that people write: every word of them is understood, or they are refused.
  'strict-yaml': ['domain'],
  // What an operator allows: read from a file at the edge, with packages, into the domain's policy.
  'policy-files': ['domain', 'strict-yaml'],
  // How a server is set up: the same for its settings.
  'server-settings': ['domain', 'strict-yaml'],
  ports: ['domain'],
  'evidence-sources': ['domain', 'ports', 'recording-format'],
  actuators: ['domain', 'ports'],
  // Whom a server tells: each kind of the settings is one, and they share how to ask over HTTP.
  'delivery-targets': ['domain', 'ports'],
  // Who tells a server who somebody is.
  'identity-providers': ['domain', 'ports'],
  stores: ['domain', 'ports', 'recording-format'],
  engine: ['domain', 'ports', 'reasoning', 'workflow', 'recording-format', 'writing'],
  surfaces: ['domain', 'ports', 'engine', 'writing', 'alert-payloads'],
};
const everyLayer = Object.keys(mayImport).join('|');
const isTest = '([.](test|contract)|/testing-[^/]+)[.]ts$';
const mayCompose = '^src/surfaces/[^/]+/main[.]ts$';

const layers = Object.entries(mayImport).map(([layer, others]) => ({
  name: `${layer}-imports-only-what-it-may`,
  severity: 'error',
  from: { path: `^src/${layer}/`, pathNot: [isTest, mayCompose] },
  to: { path: '^src/', pathNot: [layer, ...others].map((name) => `^src/${name}/`) },
}));

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'main-imports-only-its-surface-and-compose',
      severity: 'error',
      comment: 'The program starts in main.ts: it joins its surface with what compose.ts put together.',
      from: { path: mayCompose },
      to: { path: '^src/', pathNot: ['^src/(surfaces|engine|domain|writing)/', '^src/compose/compose[.]ts$'] },
    },
    {
      name: 'every-file-belongs-to-a-layer',
      severity: 'error',
      comment: 'A new folder under src needs its place in mayImport first.',
      from: { path: '^src/', pathNot: [`^src/(${everyLayer})/`, '^src/compose/'] },
      to: {},
    },
    {
      name: 'pure-layers-touch-nothing-outside',
      severity: 'error',
      comment: 'No files, network, clock or packages in the core.',
      from: { path: '^src/(domain|catalogue|mitigations|guard-rails|reasoning|workflow|recording-format|writing|ports)/', pathNot: isTest },
      to: { pathNot: '^src/', couldNotResolve: false },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      comment: 'One adapter never imports another, nor a file beside them: what they share is a port.',
      from: { path: '^src/(evidence-sources|actuators|stores)/([^/]+)/', pathNot: isTest },
      to: { path: '^src/(evidence-sources|actuators|stores)/', pathNot: '^src/$1/$2/' },
    },
    {
      name: 'delivery-targets-are-strangers',
      severity: 'error',
      comment: 'One delivery target never imports another: what they share is a file beside them.',
      from: { path: '^src/delivery-targets/([^/]+)/', pathNot: isTest },
      to: { path: '^src/delivery-targets/[^/]+/', pathNot: '^src/delivery-targets/$1/' },
    },
    {
      name: 'what-delivery-targets-share-knows-none-of-them',
      severity: 'error',
      from: { path: '^src/delivery-targets/[^/]+[.]ts$', pathNot: isTest },
      to: { path: '^src/delivery-targets/[^/]+/' },
    },
    {
      name: 'failure-modes-are-strangers',
      severity: 'error',
      comment: 'One failure mode never imports another: what they share belongs to the domain.',
      from: { path: '^src/catalogue/', pathNot: ['[.]generated[.]ts$', isTest] },
      to: { path: '^src/catalogue/' },
    },
    {
      name: 'mitigations-and-guard-rails-are-strangers',
      severity: 'error',
      comment: 'One mitigation never imports another, nor one guard rail another.',
      from: { path: '^src/(mitigations|guard-rails)/', pathNot: ['[.]generated[.]ts$', isTest] },
      to: { path: '^src/$1/' },
    },
    {
      name: 'operations-are-strangers',
      severity: 'error',
      comment: 'One operation never imports another: what they share is a view.',
      from: { path: '^src/engine/operations/', pathNot: ['[.]generated[.]ts$', isTest] },
      to: { path: '^src/engine/operations/' },
    },
    {
      name: 'web-sees-only-the-contract',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', pathNot: '^src/surfaces/http/contract[.]ts$' },
    },
    {
      name: 'nothing-imports-the-workshop',
      severity: 'error',
      comment: 'The product must not need what it is built and measured with.',
      from: { path: '^(src|web)/', pathNot: isTest },
      to: { path: '^(lab|benchmarks|tools)/' },
    },
    {
      name: 'no-development-packages-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: isTest },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'no-broken-imports', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    // TypeScript 7 has no compiler API; without this parser dependency-cruiser would silently see no module at all.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.cjs', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
