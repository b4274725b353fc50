const common = {
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.tsx?$': [
      '<rootDir>/test/transform.js',
      {
        jsc: { parser: { syntax: 'typescript', tsx: false }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testEnvironment: 'node',
  setupFilesAfterEnv: ['<rootDir>/test/equal-at-once.js'],
  modulePathIgnorePatterns: ['<rootDir>/dist'],
};

export default {
  testSequencer: '<rootDir>/test/longest-first.js',
  // No test depends on how fast the machine is: on a busy one a process starts in seconds.
  testTimeout: 60_000,
  // Modules of ended tests stay in memory: a worker with many of them collects garbage above all.
  workerIdleMemoryLimit: '500MB',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/**/*.test.ts'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/dist',
        '<rootDir>/test/integration/',
        '<rootDir>/test/long/',
        '<rootDir>/test/containers/',
      ],
    },
    {
      ...common,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.test.ts'],
      globalSetup: '<rootDir>/test/integration/global-setup.mjs',
      globalTeardown: '<rootDir>/test/integration/global-teardown.mjs',
    },
    // Of the images, which are there with STACK=containers.
    {
      ...common,
      displayName: 'containers',
      testMatch: ['<rootDir>/test/containers/**/*.test.ts'],
      globalSetup: '<rootDir>/test/integration/global-setup.mjs',
      globalTeardown: '<rootDir>/test/integration/global-teardown.mjs',
    },
    // On real servers too, each by a command of its own and on servers of its own.
    {
      ...common,
      displayName: 'long',
      testMatch: ['<rootDir>/test/long/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/long/programs.test.ts'],
    },
    {
      ...common,
      displayName: 'programs',
      testMatch: ['<rootDir>/test/long/programs.test.ts'],
      globalSetup: '<rootDir>/test/integration/global-setup.mjs',
      globalTeardown: '<rootDir>/test/integration/global-teardown.mjs',
    },
  ],
};
