/**
 * The arrows of the house: kernel ← {json-text, relevance, tokens, access, usage} ← {ccr, learning} ←
 * {compression, context-window, memory} ← {shared-context, conversation} ← chat ← apps.
 * Adapters see the libs' ports, platform sees the kernel, only apps see adapters.
 */
const layers = [
  ['kernel'],
  ['json-text', 'relevance', 'tokens', 'access', 'usage'],
  ['ccr', 'learning'],
  ['compression', 'context-window', 'memory'],
  ['shared-context', 'conversation'],
  ['chat'],
];
const pure = layers.flat();
const any = (names) => `^libs/(${names.join('|')})/`;

const upwards = layers.map((names, level) => ({
  name: `arrows-of-${names.join('-and-')}`,
  comment: 'A lib imports only from the layers below it; siblings never import each other.',
  severity: 'error',
  from: { path: any(names) },
  to: {
    path: '^(libs|apps)/',
    pathNot: [any(layers.slice(0, level).flat().concat('∅')), ...names.map((name) => `^libs/${name}/`)],
  },
}));
const siblings = layers
  .filter((names) => names.length > 1)
  .flatMap((names) =>
    names.map((name) => ({
      name: `${name}-knows-no-sibling`,
      severity: 'error',
      from: { path: `^libs/${name}/` },
      to: { path: any(names.filter((other) => other !== name)) },
    })),
  );

module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    ...upwards,
    ...siblings,
    {
      name: 'pure-libs-stay-pure',
      comment: 'No framework, store, file or network in a pure lib; what it needs comes in through a port.',
      severity: 'error',
      from: { path: any(pure), pathNot: '\\.test\\.ts$' },
      to: {
        path: [
          'node_modules/(@nestjs|typeorm|fastify|pino|undici|pg|better-sqlite3|piscina|bullmq)/',
          '^(node:)?(fs|fs/promises|net|http|https|http2|dgram|dns|child_process|worker_threads|os|process)$',
        ],
      },
    },
    {
      name: 'platform-sees-the-kernel',
      severity: 'error',
      from: { path: '^libs/platform/' },
      to: { path: '^(libs|apps)/', pathNot: '^libs/(platform|kernel)/' },
    },
    {
      name: 'adapters-see-libs',
      severity: 'error',
      from: { path: '^libs/adapters/' },
      to: { path: '^(libs/platform|apps)/' },
    },
    {
      name: 'only-apps-see-adapters',
      severity: 'error',
      from: { path: '^libs/', pathNot: '^libs/adapters/' },
      to: { path: '^libs/adapters/' },
    },
    {
      name: 'one-way-in',
      comment: 'A lib is entered through its src/index.ts alone.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'one-way-in-from-apps',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'acceptance-imports-no-app-code',
      severity: 'error',
      from: { path: '^test/acceptance/' },
      to: { path: '^(apps|libs)/' },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
